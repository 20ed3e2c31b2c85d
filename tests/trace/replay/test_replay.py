"""A recorded process runs again, alone, from its tape."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.trace.conftest import Record
from tests.trace.replay.conftest import DEADLINE_S, DEADLOCK, replay

THREADS = """
    import queue, random, threading, time
    from concurrent.futures import ThreadPoolExecutor
    work, lock, total = queue.Queue(3), threading.Lock(), 0
    def worker(number):
        global total
        while (item := work.get()) is not None:
            time.sleep(random.random() * 0.001)
            with lock:
                total += item * number
                print(number, item, total)
    threads = [threading.Thread(target=worker, args=(number,)) for number in (1, 2, 3)]
    for thread in threads: thread.start()
    for item in range(20): work.put(item)
    for thread in threads: work.put(None)
    for thread in threads: thread.join()
    barrier = threading.Barrier(3)
    with ThreadPoolExecutor(3) as pool:
        print(list(pool.map(lambda _: barrier.wait(), range(3))))
"""
CHILDREN = """
    import multiprocessing, os, random, sys
    def child(queue, value, lock, number):
        with lock:
            value.value += number
        queue.put((number, os.getpid(), random.random(), value.value))
    if __name__ == "__main__":
        multiprocessing.set_start_method(sys.argv[1])
        queue, value, lock = multiprocessing.Queue(), multiprocessing.Value("d", 0), multiprocessing.Lock()
        children = [multiprocessing.Process(target=child, args=(queue, value, lock, number)) for number in range(2)]
        for each in children: each.start()
        for each in children: print(queue.get())
        for each in children: each.join()
        print(value.value, [each.exitcode for each in children])
"""
FILES = """
    import pathlib, time
    print(time.time(), open("/proc/uptime").read())
    pathlib.Path("left").write_text("behind")
    print(pathlib.Path("left").read_text())
"""


def test_threads_and_a_pool_replay_in_their_taped_order(recorded: Record) -> None:
    ran = recorded(THREADS)
    again = replay(ran.path, "--process", ran.program.name)
    assert (again.stdout, again.stderr, again.returncode) == (ran.stdout, "", 0)


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_a_program_and_its_children_replay_without_a_divergence(recorded: Record, method: str) -> None:
    ran = recorded(CHILDREN, method)
    again = replay(ran.path, "--process", ran.program.name)
    assert (again.stdout, again.returncode) == (ran.stdout, 0)
    every = replay(ran.path, "--all")
    assert every.returncode == 0, every.stdout
    assert every.stdout.endswith("3 processes, 0 of them diverged\n")


def test_threads_stand_where_they_hung_though_the_traceback_of_an_interrupted_join_is_shorter(recorded: Record) -> None:
    ran = recorded("""
        import os, signal, threading, time
        signal.signal(signal.SIGINT, signal.default_int_handler)
        lock, is_held = threading.Lock(), threading.Event()
        def work():
            with lock:
                is_held.set()
                lock.acquire()
        def interrupt_and_kill():
            is_held.wait()
            for number in signal.SIGINT, signal.SIGKILL:
                time.sleep(0.2)
                os.kill(os.getpid(), number)
        threads = [threading.Thread(target=work, name="hung"), threading.Thread(target=interrupt_and_kill)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
    """)
    again = replay(ran.path)
    assert "diverged" not in again.stderr
    assert f"{ran.program.name}/hung stands" in again.stderr
    assert "KeyboardInterrupt" in again.stderr


def test_deadlocked_threads_replay_up_to_the_waits_they_never_left(recorded: Record) -> None:
    ran = recorded(DEADLOCK, options=("--duration", "2"))
    again = replay(ran.path, "--process", ran.program.name)
    assert again.returncode == 0
    assert "left stands: event" in again.stderr
    assert "right stands: event" in again.stderr
    assert again.stderr.count("threads.lock.acquire") == 2


def test_a_replay_finds_the_environment_of_the_recording(
    recorded: Record, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    library = tmp_path / "library"
    library.mkdir()
    (library / "greeting.py").write_text("import os\nword = os.environ['GREETING']\n")
    monkeypatch.setenv("GREETING", "hello\nyou")
    monkeypatch.setenv("PYTHONPATH", f"{library}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    ran = recorded("import greeting; print(greeting.word)")
    silent = recorded("import greeting; print(greeting.word)", options=("--no-payloads",))
    monkeypatch.undo()
    again = replay(ran.path, "--process", ran.program.name)
    assert (again.stdout, again.returncode) == ("hello\nyou\n", 0)
    assert "environment" not in silent.reel.processes[0]["facts"]


def test_what_a_replay_writes_stays_in_its_scratch_directory(recorded: Record) -> None:
    ran = recorded(FILES)
    left = ran.program.with_name("left")
    left.unlink()
    again = replay(ran.path, "--process", ran.program.name)
    assert (again.stdout, again.returncode) == (ran.stdout, 0)
    assert not left.exists()


def test_a_changed_program_diverges_and_the_replay_says_where(recorded: Record) -> None:
    ran = recorded("import os, time\nprint(time.time())\n")
    ran.program.write_text("import os, time\nprint(os.getpid())\n")
    again = replay(ran.path, "--process", ran.program.name)
    assert again.returncode == 1
    assert "the tape has; the program did process.pid.read" in again.stderr


def test_what_the_tape_does_not_have_is_not_done(recorded: Record) -> None:
    ran = recorded("import time\ntime.time()\n")
    ran.program.write_text("import subprocess, time\ntime.time()\nsubprocess.run(['touch', 'made'])\n")
    again = replay(ran.path, "--process", ran.program.name)
    assert again.returncode in (0, 1)
    assert not ran.program.with_name("made").exists()


def test_the_debugger_stands_in_the_program_with_its_variables(recorded: Record) -> None:
    ran = recorded("import time\nanswer = 42\ntime.time()\nprint(answer)\n")
    event = next(
        row for row in range(len(ran.reel)) if ran.reel.operations[ran.reel.op[row]]["name"] == "clock.time.read"
    )
    again = replay(ran.path, "--to", str(event), "--pdb", text="p answer + 1\nn\nn\nc\n")
    assert "(replay) 43" in again.stdout
    assert f"{ran.program}(3)<module>()" in again.stdout
    assert again.returncode == 0


@pytest.mark.strace
def test_a_replay_calls_nothing_in_the_kernel_that_others_see(recorded: Record, tmp_path: Path) -> None:
    ran = recorded(CHILDREN, "fork")
    report = tmp_path / "strace"
    calls = "connect,bind,sendto,sendmsg,kill,tkill,msgget,msgsnd,msgrcv,semget,semop,shmget,mq_open,fork"
    command = ["strace", "-f", "--seccomp-bpf", "-qq", "-o", str(report), "-e", f"trace={calls}", "-e", "signal=none"]
    replaying = [sys.executable, "-m", "ipcreel", "replay", str(ran.path), "--process", "Process-1"]
    subprocess.run([*command, *replaying], check=True, capture_output=True, timeout=DEADLINE_S)
    assert report.read_text() == ""


TWO_SIGNALS_IN_ONE_WAIT = """
    import multiprocessing, os, signal, threading
    def handler(number, frame):
        print("signal", number)
    def child():
        os.kill(os.getppid(), signal.SIGUSR1)
    if __name__ == "__main__":
        for number in (signal.SIGUSR1, signal.SIGCHLD):
            signal.signal(number, handler)
        thread = threading.Thread(target=print, args=("a process with two threads",))
        thread.start()
        thread.join()
        child = multiprocessing.get_context("fork").Process(target=child)
        child.start()
        child.join()
"""


def test_a_signal_that_came_behind_another_ones_handler_in_the_same_wait_is_not_delivered_inside_it(
    recorded: Record,
) -> None:
    ran = recorded(TWO_SIGNALS_IN_ONE_WAIT)
    again = replay(ran.path, "--process", ran.program.name)
    assert (again.stdout, again.stderr, again.returncode) == (ran.stdout, "", 0)


def test_another_interpreter_than_the_one_that_ran_is_said_before_anything_diverges(recorded: Record) -> None:
    ran = recorded("import time\nprint(time.time())\n")
    own = sys.version.encode()
    other = own.replace(b"3.", b"2.", 1)
    ran.path.write_bytes(ran.path.read_bytes().replace(own, other))
    again = replay(ran.path)
    assert again.stdout == ran.stdout
    short = sys.version.partition(" ")[0]
    assert f"it ran on Python {short.replace('3.', '2.', 1)}, and is replayed on {short}" in again.stderr


def test_a_divergence_names_the_file_that_changed_since(recorded: Record) -> None:
    ran = recorded("import os, time\nprint(time.time())\n")
    ran.program.write_text("import os, time\nprint(os.getpid())\n")
    assert f"Changed since it was recorded: {ran.program}." in replay(ran.path).stderr


SENDS = """
    import sysv_ipc
    one, other = (sysv_ipc.MessageQueue(None, sysv_ipc.IPC_CREX) for _ in range(2))
    one.send(b"a bid", type=1)
    other.send(b"an offer", type=1)
    print(one.receive(), other.receive())
    one.remove()
    other.remove()
"""


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (
            "a bid",
            "an ask",
            "the program sends something else there.\n    the tape has  a bid\n    it now sends  an ask",
        ),
        ("print(one.receive(), other", "print(other.receive(), one", "the program did it on another object at"),
    ],
)
def test_what_is_sent_and_on_which_object_is_compared(recorded: Record, before: str, after: str, said: str) -> None:
    ran = recorded(SENDS)
    text = ran.program.read_text()
    assert text.count(before) == 1
    ran.program.write_text(text.replace(before, after))
    again = replay(ran.path)
    assert again.returncode == 1
    assert said in again.stderr


BECOMES_ANOTHER = """
    import os, sys
    print("program", len(sys.argv), flush=True)
    if len(sys.argv) < 3: os.execv(sys.executable, [sys.executable, *sys.argv, "again"])
"""


def test_processes_that_became_one_another_are_told_apart_by_their_place(recorded: Record) -> None:
    ran = recorded(BECOMES_ANOTHER)
    pid, name = ran.reel.processes[0]["pid"], ran.program.name
    open_which = replay(ran.path, "--process", name)
    assert (open_which.stdout, open_which.returncode) == ("", 2)
    assert f"3 processes are called {name}. Say which: --process {name}#1 (pid {pid}, from 0.000 s), {name}#2" in (
        open_which.stderr
    )
    again = [replay(ran.path, "--process", wanted).stdout for wanted in (f"{name}#1", f"{pid}#3")]
    assert again == ["program 1\n", "program 3\n"]
    assert f"there is no process {name}#4" in replay(ran.path, "--process", f"{name}#4").stderr


def test_what_cannot_be_replayed_is_said_and_keeps_nobody_else_from_it(recorded: Record) -> None:
    ran = recorded("""
        import subprocess, sys
        for arguments in (["-"], ["-c", "print('given')"]):
            subprocess.run([sys.executable, *arguments], input=b"print('read')", check=True)
    """)
    every = replay(ran.path, "--all")
    assert every.returncode == 2
    assert "read its program from its standard input, which is not on the tape" in every.stdout
    assert every.stdout.endswith("3 processes, 0 of them diverged, 1 not replayed\n")
