"""A recording of any program replays: random programs of all mechanisms, and what they found once."""

from __future__ import annotations

import pickle
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from ipcreel.replay.launch import replay
from ipcreel.replay.plan import How, replayable
from ipcreel.replay.sent import _without_addresses
from tests.trace.conftest import Record
from tests.trace.replay.conftest import DEADLINE_S
from tests.trace.replay.conftest import replay as replay_command
from tests.trace.replay.outside import seen_outside, traced
from tests.trace.replay.programs import program

MANY = 1000

FOLLOWED = """
    import signal
    def late(number, frame):
        global ticks
        ticks += 1
    def count():
        global ticks
        ticks, rounds, kept = 0, 0, ["kept"]
        signal.signal(signal.SIGALRM, late)
        signal.setitimer(signal.ITIMER_REAL, 0.005)
        while not ticks: rounds += 1
        print(rounds, kept)
    count()
"""
INTERRUPTED_HANDLER = """
    import signal, time
    calls = []
    def tick(number, frame):
        calls.append(number)
        rounds = 0
        while len(calls) < 3: rounds += 1
        times.append(time.monotonic())
    times = []
    signal.signal(signal.SIGALRM, tick)
    signal.setitimer(signal.ITIMER_REAL, 0.005, 0.005)
    rounds = 0
    while len(times) < 3: rounds += 1
    signal.setitimer(signal.ITIMER_REAL, 0)
    print(calls[:3], times)
"""
RAISING_HANDLER = """
    import signal, time
    def main():
        class Late(Exception): pass
        def late(number, frame):
            print("late")
            raise Late(number)
        signal.signal(signal.SIGALRM, late)
        try:
            signal.setitimer(signal.ITIMER_REAL, {after_s})
            try: time.sleep(30)
            except Late as error: print(repr(error), repr(error.__context__))
        except Late as error: print("before the sleep", repr(error.__context__))
    main()
"""
RAISED_AT = [RAISING_HANDLER.format(after_s=seconds) for seconds in (0.00003, 0.00006, 0.0001, 0.005)]
NAMES = """
    import multiprocessing, tempfile
    barrier = multiprocessing.Barrier(2)
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second: print(first, second)
"""
FAILED_CALL = """
    import socket
    from concurrent.futures import ThreadPoolExecutor
    class Wrong(Exception): pass
    def fail(): raise Wrong("as meant")
    def main():
        pair = socket.socketpair()  # the exception keeps this frame, and so what it holds, to the end
        with ThreadPoolExecutor(3) as pool:
            futures = [pool.submit(fail) for _ in range(3)]
        for future in futures:
            try: future.result()
            except Wrong as error: print(error, error is future.exception())
    main()
"""
MANAGED = """
    import multiprocessing
    def child(lock, queue, names):
        for number in range(8):
            with lock: names[number] = queue.qsize()
            queue.put(number)
    if __name__ == "__main__":
        context = multiprocessing.get_context("fork")
        with context.Manager() as manager:
            given = manager.Lock(), manager.Queue(), manager.dict()
            children = [context.Process(target=child, args=given) for _ in range(2)]
            for each in children: each.start()
            child(*given)
            for each in children: each.join()
            print([given[1].get() for _ in range(24)], dict(given[2]))
"""
LET_GO_AT_THE_END = """
    import multiprocessing, socket
    held = {end for _ in range(9) for end in (*multiprocessing.Pipe(), *socket.socketpair())}  # in no order to count on
    print("in hand")
"""
LET_GO_TOGETHER = """
    import multiprocessing, os
    def main():
        held = {end for _ in range(9) for end in multiprocessing.Pipe(duplex=False)}
        print(len(held))
    main()
    print(os.getpid())
"""
POOL_THAT_IS_GARBAGE = """
    from concurrent.futures import ThreadPoolExecutor
    def main():
        pool = ThreadPoolExecutor(1)
        print(pool.submit(len, "four").result())
        pool.shutdown()
        pool.itself = pool
    main()
    for _ in range(5000): cycle = []; cycle.append(cycle)  # the collector runs
"""
YOUNG_GARBAGE = """
    import gc, multiprocessing, os
    def main():
        old = multiprocessing.Pipe()
        old[0].itself = old
        gc.collect()
        del old
        young = multiprocessing.Pipe()
        young[0].itself = young
        del young
        for _ in range(5000): cycle = []; cycle.append(cycle)  # the collector runs, and looks at what is young
        print(os.getpid())
        gc.collect({})
        print(os.getpid())
    main()
"""
GARBAGE_BEFORE_A_LINE = """
    import multiprocessing
    def main():
        pipe = multiprocessing.Pipe()
        pipe[0].itself = pipe
    main()
    for _ in range(5000): cycle = []; cycle.append(cycle)  # the collector runs
    print("behind it", flush=True)
"""
ENDED_BY_A_NEW_THREAD = """
    import os, threading
    def end():
        print("ends", flush=True)
        os._exit(3)
    thread = threading.Thread(target=end)
    thread.start()
    thread.join()
"""
SIGNAL_WITHIN_A_FORK = """
    import os, signal, threading
    thread = threading.Thread(target=os.getpid)
    thread.start()
    thread.join()
    handled = []
    signal.signal(signal.SIGCHLD, lambda *_: handled.append(1))
    def wait_until_handled():
        while not handled: pass
    os.register_at_fork(after_in_parent=wait_until_handled)
    if os.fork() == 0: os._exit(0)
    os.wait()
    print("parent")
"""
HOOKS_OF_A_FORK = """
    import os, signal, socket, threading, time
    lock, handled, ends = threading.Lock(), [], socket.socketpair()
    def before():
        lock.acquire()
        ends[0].send(b"before")
    def parent():
        while not handled: pass
        print(ends[1].recv(9), flush=True)
        lock.release()
    def child():
        print(os.getpid(), flush=True)
        lock.release()
    def work():
        for _ in range(20):
            with lock: time.sleep(0.002)
    os.register_at_fork(before=before, after_in_parent=parent, after_in_child=child)
    signal.signal(signal.SIGCHLD, lambda *_: handled.append(1))
    thread = threading.Thread(target=work)
    thread.start()
    for number in range(2):
        handled.clear()
        if os.fork() == 0:
            with lock: os._exit(number)
        print(os.wait()[1], flush=True)
    thread.join()
"""
NOT_OF_THE_TAPE = """
    import pickle, socket, threading, time
    ends, ident = socket.socketpair(), threading.get_ident()
    print([ends[0].send(each) for each in (pickle.dumps(ident, 1), pickle.dumps(ident), b"%d" % ident)])
    with socket.create_server(("127.0.0.1", 0)) as server: print(server.getsockname())
    print(time.localtime(5.0).tm_year, time.localtime().tm_year, [end.close() for end in ends])
"""
ADDRESSES = """
    class Thing: pass
    print(Thing(), flush=True)
    print([object() for _ in range(3)])
"""
TOLD_TO_STOP = """
    import socket, socketserver, threading
    class Echo(socketserver.BaseRequestHandler):
        def handle(self): self.request.sendall(self.request.recv(100).upper())
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        for number in range(3):
            with socket.create_connection(server.server_address) as client:
                client.sendall(b"hello %d" % number)
                print(client.recv(100))
        server.shutdown()
        thread.join()
"""
REPLACED_HANDLER = """
    import signal, sys
    sys.unraisablehook = lambda _: None  # Python complains of a signal that is ignored when its turn has come
    rung = []
    def ring(number, frame): rung.append(number)
    for after in range(150):
        signal.signal(signal.SIGALRM, ring)
        signal.setitimer(signal.ITIMER_REAL, 0.00001 + after % 30 * 0.000004)
        signal.signal(signal.SIGALRM, signal.SIG_IGN)
        signal.setitimer(signal.ITIMER_REAL, 0)
    print(len(rung))
"""
PRINTED_BY_THE_OTHER_FIRST = """
    import threading
    lock = threading.Lock()
    def tell(name, rounds):
        for _ in range(rounds): pass
        print(name, flush=True)
    def wait():
        with lock: pass
        tell("first", 10)
    lock.acquire()
    thread = threading.Thread(target=wait)
    thread.start()
    lock.release()
    tell("second", 1_000_000)
    thread.join()
"""
BROKEN_CONSOLE = """
    import os, subprocess, sys
    try: subprocess.run(["/nowhere/no program"])
    except OSError as error: print(error, error.filename)
    reading, writing = os.pipe()
    os.close(reading)
    os.dup2(writing, 1)
    try: print("to nobody", flush=True)
    except BrokenPipeError as error: sys.stderr.write(f"{error!r}\\n")
    os._exit(0)
"""
FULL_CONSOLE = """
    import os, signal, sys
    class Rung(Exception): pass
    def make_room(*_): sys.stderr.write(f"room for {len(os.read(reading, 1 << 20))}\\n")
    def give_up(*_): raise Rung
    reading, writing = os.pipe()
    os.dup2(writing, 1)
    signal.signal(signal.SIGALRM, make_room)
    print("x" * 65536, end="", flush=True)
    signal.setitimer(signal.ITIMER_REAL, 0.02)
    print("y" * 60000, flush=True)
    signal.signal(signal.SIGALRM, give_up)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.02)
        print("z" * 60000, flush=True)
    except Rung as rung: sys.stderr.write(f"{rung!r}\\n")
    os._exit(5)
"""
PROXIES_IN_A_QUEUE = """
    import multiprocessing, threading
    def child(queue, names):
        thread = threading.Thread(target=names.append, args=("first",))
        thread.start()
        thread.join()
        for _ in range(2): queue.get().append("got")
    if __name__ == "__main__":
        context = multiprocessing.get_context("fork")
        with context.Manager() as manager:
            names, queue = manager.list(), context.Queue()
            process = context.Process(target=child, args=(queue, names))
            process.start()
            for _ in range(2): queue.put(names)
            process.join()
            print(list(names))
"""
FORKED_BY_A_THREAD = """
    import multiprocessing, socket, threading
    def work(): print("works", flush=True)
    def serve(address):
        process = multiprocessing.get_context("fork").Process(target=work)
        process.start()
        process.join()
        socket.create_connection(address).close()
    if __name__ == "__main__":
        with socket.create_server(("127.0.0.1", 0)) as listener:
            threading.Thread(target=serve, args=(listener.getsockname(),)).start()
            listener.accept()[0].close()
            print("came")
"""
ON_A_TERMINAL = """
    import os, pty
    child, terminal = pty.fork()
    if child == 0:
        os.write(1, b"on a terminal: %d" % os.isatty(0))
        os._exit(0)
    print(os.read(terminal, 100), os.waitpid(child, 0)[1])
"""
CALLED_BACK = """
    import asyncio, os
    from concurrent.futures import Future, ThreadPoolExecutor
    reading, writing = os.pipe()
    def called(future): os.write(writing, b"%d," % future.result())
    def both(pool):
        for number in range(150):
            future = pool.submit(int, number)
            for _ in range(number % 5 * 40): pass  # now it is done, now it is not
            future.add_done_callback(called)
        mine = Future()
        pool.submit(mine.set_result, 150)
        mine.add_done_callback(called)
    async def ask(): return [await asyncio.to_thread(int, number) for number in range(30)]
    with ThreadPoolExecutor(2) as pool: both(pool)
    print(sorted(map(int, os.read(reading, 9999).split(b",")[:-1])) == list(range(151)), sum(asyncio.run(ask())))
"""
TRACKER_PASSED_ON = """
    import multiprocessing, os
    from multiprocessing import resource_tracker
    lock = multiprocessing.get_context("spawn").Lock()
    descriptor = resource_tracker.getfd()
    os.set_inheritable(descriptor, True)
    print(descriptor, os.get_inheritable(descriptor), open(os.devnull).fileno())
"""
SPAWNED = """
    import multiprocessing, os
    def child(queue, value, end):
        queue.put((value.value, end.recv(), os.getpid()))
    if __name__ == "__main__":
        context = multiprocessing.get_context("spawn")
        queue, value, (end, other) = context.JoinableQueue(), context.Value("i", 7), context.Pipe(duplex=False)
        process = context.Process(target=child, args=(queue, value, end))
        process.start()
        other.send("sent")
        print(queue.get(), process.join(), process.exitcode)
"""

EACH = """
    import os, pathlib, sys
    from ipcreel.reel import open_reel
    from ipcreel.replay.launch import replay
    from ipcreel.replay.plan import How, replayable
    reel = open_reel(pathlib.Path(sys.argv[1]))
    own = os.dup(1)
    for process in replayable(reel, None):
        with open(os.path.join(sys.argv[2], str(reel.processes[process]["pid"])), "wb") as output:
            os.dup2(output.fileno(), 1)
            ending = replay(reel, process)
            os.dup2(own, 1)
        if ending.divergence or ending.differs: print(reel.process_name(process), ending.divergence, ending.differs)
"""
"""Replays each process of a reel, its output in a file called after its pid, and prints what diverges."""

DIVERGED_ONCE = (
    FOLLOWED,
    INTERRUPTED_HANDLER,
    REPLACED_HANDLER,
    NAMES,
    FAILED_CALL,
    LET_GO_AT_THE_END,
    LET_GO_TOGETHER,
    POOL_THAT_IS_GARBAGE,
    YOUNG_GARBAGE.format(0),
    YOUNG_GARBAGE.format(2),
    GARBAGE_BEFORE_A_LINE,
    ENDED_BY_A_NEW_THREAD,
    NOT_OF_THE_TAPE,
    TOLD_TO_STOP,
    PRINTED_BY_THE_OTHER_FIRST,
    CALLED_BACK,
    TRACKER_PASSED_ON,
)
STANDS = re.compile(
    r"ipcreel: (\S.* stands: )?(event .* never returned|the tape ends here(: the process was killed .*)?)\."
)


@pytest.mark.soak
@pytest.mark.strace
@pytest.mark.parametrize("seed", range(MANY))
def test_every_process_of_a_random_program_replays_to_the_letter_and_touches_nothing(seed: int, tmp_path: Path) -> None:
    check(seed, tmp_path)


def test_a_program_is_the_same_text_for_the_same_seed() -> None:
    assert program(1) == program(1)
    assert program(1) != program(2)


def test_random_programs_are_programs() -> None:
    for seed in range(MANY // 10):
        compile(program(seed), f"program {seed}", "exec")


@pytest.mark.parametrize(("source", "processes"), [(SIGNAL_WITHIN_A_FORK, 2), (HOOKS_OF_A_FORK, 3)])
def test_hooks_and_signals_around_a_fork_come_in_the_process_that_they_came_in(
    recorded: Record, source: str, processes: int
) -> None:
    ran = recorded(source)
    again = replay_command(ran.path, "--all")
    assert (again.stdout.splitlines()[-1], again.returncode) == (f"{processes} processes, 0 of them diverged", 0)


@pytest.mark.parametrize(("taped", "now"), [(0x7EFFC4BC9B80, 0x7F13A63BDB80), (0x7FFE00000000, 0x7F0000000000)])
def test_the_ident_of_a_thread_is_no_difference_wherever_the_kernel_put_it(taped: int, now: int) -> None:
    assert _without_addresses(pickle.dumps(taped)) == _without_addresses(pickle.dumps(now))


@pytest.mark.parametrize("source", [*DIVERGED_ONCE, *RAISED_AT])
def test_what_diverged_once_replays(recorded: Record, source: str) -> None:
    ran = recorded(source)
    again = replay_command(ran.path, "--process", ran.program.name)
    # A thread that waited when another one ended the process says so.
    said = [line for line in again.stderr.splitlines() if not STANDS.fullmatch(line)]
    assert (again.stdout, said, again.returncode) == (ran.stdout, [], ran.exit)


@pytest.mark.parametrize("source", [BROKEN_CONSOLE, FULL_CONSOLE])
def test_a_write_to_the_console_that_failed_or_waited_replays(recorded: Record, source: str) -> None:
    ran = recorded(source)
    ending = replay(ran.reel, replayable(ran.reel, None)[0], how=How(quiet=True))
    assert (ending.divergence, ending.differs, ending.code) == ("", "", ran.exit)


def test_an_address_in_the_output_is_another_one_and_no_difference(recorded: Record) -> None:
    ran = recorded(ADDRESSES)
    again = replay_command(ran.path, "--all")
    assert (again.stdout.splitlines()[-1], again.returncode) == ("1 process, 0 of them diverged", 0)


@pytest.mark.parametrize("source", [SPAWNED, MANAGED, PROXIES_IN_A_QUEUE, FORKED_BY_A_THREAD, ON_A_TERMINAL])
def test_what_processes_call_things_by_is_what_they_called_them_by(recorded: Record, source: str) -> None:
    ran = recorded(source)
    for process in replayable(ran.reel, None):
        ending = replay(ran.reel, process)
        assert (ending.divergence, ending.differs, ending.code) == ("", "", 0)


def check(seed: int, folder: Path) -> None:
    """Record a program, replay each of its processes, and compare line by line, and what is seen of it from outside."""
    file, reel, home = folder / "program.py", folder / "run.reel", folder / "home"
    file.write_text(program(seed))
    home.mkdir()
    command = [sys.executable, "-m", "ipcreel", "record", "--quiet", "-o", str(reel), "--", sys.executable, str(file)]
    ran = subprocess.run(command, cwd=home, capture_output=True, text=True, timeout=DEADLINE_S, check=False)
    assert (ran.returncode, ran.stderr) == (0, ""), seed
    taped: dict[str, list[str]] = {}
    for line in ran.stdout.splitlines():
        taped.setdefault(line.partition(" ")[0], []).append(line)
    outputs, report = folder / "outputs", folder / "strace"
    outputs.mkdir()
    replaying = [sys.executable, "-c", textwrap.dedent(EACH), str(reel), str(outputs)]
    again = subprocess.run(
        [*traced(report), *replaying], capture_output=True, text=True, timeout=10 * DEADLINE_S, check=False
    )
    # A worker that was ended by another process says where it stands; nobody wrote anything to the standard error.
    said = [line for line in again.stderr.splitlines() if not STANDS.fullmatch(line)]
    assert (again.stdout, said, again.returncode) == ("", [], 0), f"seed {seed}"
    replayed = {output.name: output.read_text().splitlines() for output in outputs.iterdir()}
    assert replayed == {pid: taped.get(pid, []) for pid in replayed}, f"seed {seed}"
    assert set(taped) <= set(replayed), f"seed {seed}"
    assert seen_outside(report) == [], f"seed {seed}"
    assert not list(home.iterdir()), seed
