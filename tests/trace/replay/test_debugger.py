"""In the debugger of a replay a person goes on, and back."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.trace.conftest import Record
from tests.trace.replay.conftest import DEADLINE_S, GET_LINE, LEDGER, events_of, replay

COUNTS = """
    import pathlib, time
    log = open("log", "w")
    for number in range(6):
        time.time()
        log.write(f"{number}\\n")
        log.flush()
        print(pathlib.Path("log").read_text().split(), flush=True)
"""
HANDLES_CHILDREN = """
    import multiprocessing, signal, time
    def count():
        for number in range(5): time.time()
    if __name__ == "__main__":
        signal.signal(signal.SIGCHLD, lambda *_: print("heard", flush=True))
        child = multiprocessing.get_context("fork").Process(target=count, name="counts")
        child.start()
        child.join()
"""
THREADS = """
    import threading, time
    lock, done = threading.Lock(), []
    def work(name):
        for number in range(3):
            with lock:
                done.append((name, number))
    threads = [threading.Thread(target=work, args=(name,), name=name) for name in ("one", "two")]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    print(done)
"""


def answers(stdout: str) -> list[str]:
    """What the debugger said after each prompt."""
    return [said.strip().splitlines()[0] if said.strip() else "" for said in stdout.split("(replay)")[1:]]


def test_the_frame_of_the_program_is_on_top_and_stepping_goes_on_in_the_replayed_world(recorded: Record) -> None:
    ran = recorded(LEDGER)
    event = events_of(ran.reel, "adder", "mp.simple_queue.get")[3]
    typed = "p number, total\nn\np number, total\nn\nn\nn\nn\np number, total\nq\n"
    stepped = replay(ran.path, "--to", str(event), "--pdb", text=typed)
    assert f"program_0.py({GET_LINE})add()" in stepped.stdout.partition("(replay)")[0]
    values = [said for said in answers(stepped.stdout) if said.startswith("(")]
    assert values == ["(3, 9)", "(3, 18)", "(4, 30)"], stepped.stdout


def test_back_goes_to_earlier_events_and_to_goes_anywhere(recorded: Record) -> None:
    ran = recorded(LEDGER)
    gets = events_of(ran.reel, "adder", "mp.simple_queue.get")
    every = events_of(ran.reel, "adder")  # a line is one write or several, as the environment wants it buffered
    to_first = every.index(gets[3]) - 2 - every.index(gets[0])
    there_and_back = f"to {gets[4]}\np number, total\nto {gets[1]}\np number, total\n"
    typed = f"back\nback\np number\nback {to_first}\np number\n{there_and_back}q\n"
    gone = replay(ran.path, "--to", str(gets[3]), "--pdb", text=typed)
    said = [line for line in answers(gone.stdout) if line in ("2", "0", "(4, 18)", "(1, 0)")]
    assert said == ["2", "0", "(4, 18)", "(1, 0)"], gone.stdout + gone.stderr
    assert gone.stdout.count("\n2 9\n") <= 2, "what was written before is not written again on the way back"


def test_back_at_the_first_event_says_so(recorded: Record) -> None:
    ran = recorded(LEDGER)
    first = replay(ran.path, "--process", "adder", "--pdb", text="back\nq\n")
    assert "*** There is nothing before this: it is the first event of this thread." in first.stdout
    assert first.returncode == 0


def test_breakpoints_survive_a_jump_back(recorded: Record) -> None:
    ran = recorded(LEDGER)
    gets = events_of(ran.reel, "adder", "mp.simple_queue.get")
    typed = f"b {GET_LINE + 1}, number == 2\nto {gets[1]}\nb\nc\np number, total\nq\n"
    gone = replay(ran.path, "--to", str(gets[4]), "--pdb", text=typed)
    assert "stop only if number == 2" in gone.stdout
    assert "(2, 9)" in answers(gone.stdout), gone.stdout


def test_a_breakpoint_holds_in_every_thread(recorded: Record) -> None:
    ran = recorded(THREADS)
    typed = "b 6\n" + "c\np threading.current_thread().name\n" * 14 + "q\n"
    stopped = replay(ran.path, "--process", ran.program.name, "--pdb", text=typed)
    names = [said for said in answers(stopped.stdout) if said.startswith("'")]
    assert {"'one'", "'two'"} <= set(names), stopped.stdout


def test_going_back_puts_back_what_was_written_to_files(recorded: Record) -> None:
    ran = recorded(COUNTS)
    times = events_of(ran.reel, ran.program.name, "clock.time.read")
    typed = f"to {times[1]}\nb 8\nc\np pathlib.Path('log').read_text().split()\nq\n"
    gone = replay(ran.path, "--to", str(times[5]), "--pdb", text=typed)
    assert "['0', '1']" in answers(gone.stdout), gone.stdout + gone.stderr


def test_going_back_does_not_read_again_what_was_typed_into_a_file(recorded: Record, tmp_path: Path) -> None:
    ran = recorded(COUNTS)
    times = events_of(ran.reel, ran.program.name, "clock.time.read")
    (tmp_path / "typed").write_text("back\nback\np number\nq\n")
    command = [sys.executable, "-m", "ipcreel", "replay", str(ran.path), "--to", str(times[5]), "--pdb"]
    with (tmp_path / "typed").open() as typed:
        gone = subprocess.run(command, stdin=typed, capture_output=True, text=True, timeout=DEADLINE_S, check=False)
    assert [said for said in answers(gone.stdout) if said.isdigit()] == ["4"], gone.stdout + gone.stderr


def test_a_handler_of_the_program_does_not_hear_of_the_checkpoints(recorded: Record) -> None:
    ran = recorded(HANDLES_CHILDREN)
    times = events_of(ran.reel, "counts", "clock.time.read")
    gone = replay(ran.path, "--to", str(times[4]), "--pdb", text="back 2\np number\nback 2\np number\nq\n")
    assert [said for said in answers(gone.stdout) if said.isdigit()] == ["2", "0"], gone.stdout + gone.stderr
    assert "diverged" not in gone.stderr
    assert "heard" not in gone.stdout


def test_the_end_can_be_gone_back_from(recorded: Record) -> None:
    ran = recorded(LEDGER)
    last = events_of(ran.reel, "adder", "mp.simple_queue.get")[4]
    gone = replay(ran.path, "--process", "adder", "--pdb", text=f"c\nto {last}\np total\nq\n")
    assert "the process ended with exit code 0" in gone.stderr
    assert "18" in answers(gone.stdout), gone.stdout + gone.stderr


def test_what_a_person_types_and_reads_is_no_part_of_the_replay(recorded: Record) -> None:
    ran = recorded("import sys, time\ntime.time()\nprint(sys.stdin.readline())\ntime.time()\n")
    stood = replay(ran.path, "--process", ran.program.name, "--pdb", text="p 1\np 2\nc\nq\n")
    assert [said for said in answers(stood.stdout) if said in ("1", "2")] == ["1", "2"]
    assert stood.returncode == 0


def test_reverse_goes_to_the_breakpoint_before_though_it_was_set_after_it_was_passed(recorded: Record) -> None:
    ran = recorded(LEDGER)
    get = events_of(ran.reel, "adder", "mp.simple_queue.get")[3]
    typed = (
        f"b {ran.program.name}:{GET_LINE + 1}\n" + "reverse\np number, total\n" * 2 + "n\nreverse\np number, total\nq\n"
    )
    gone = replay(ran.path, "--to", str(get), "--pdb", text=typed)
    assert [said for said in answers(gone.stdout) if said.startswith("(")] == ["(2, 9)", "(1, 3)", "(1, 3)"], (
        gone.stderr
    )


def test_the_line_at_which_it_stopped_first_is_no_breakpoint_on_the_way_back(recorded: Record) -> None:
    ran = recorded(LEDGER)
    line = f"{ran.program.name}:{GET_LINE + 1}"
    typed = f"b {line}\nreverse\np 'first'\nc\np number, total\nc\np number, total\nq\n"
    gone = replay(ran.path, "--process", "adder", "--line", line, "--pdb", text=typed)
    came = [said for said in answers(gone.stdout) if said.startswith(("(", "'"))]
    assert came == ["'first'", "(0, 0)", "(1, 3)"], gone.stdout + gone.stderr


def test_reverse_takes_the_breakpoints_of_all_threads_in_the_order_in_which_they_were_hit(recorded: Record) -> None:
    ran = recorded(THREADS)
    ask = "p name, number\n"
    typed = f"b {ran.program.name}:7\n" + f"c\n{ask}" * 6 + f"reverse\n{ask}" * 5 + "reverse\np 'first'\nq\n"
    gone = replay(ran.path, "--process", ran.program.name, "--pdb", text=typed)
    came = [said for said in answers(gone.stdout) if said.startswith("('")]
    assert (len(came), came[6:]) == (11, came[4::-1]), gone.stdout + gone.stderr
    assert "'first'" in gone.stdout.rpartition(came[0])[2]
