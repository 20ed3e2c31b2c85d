"""A recording of any program replays: random programs of all mechanisms, and what they found once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ipcreel.reel import Reel, open_reel
from ipcreel.replay.launch import replay
from ipcreel.replay.plan import replayable
from tests.trace.conftest import Record
from tests.trace.replay.conftest import DEADLINE_S
from tests.trace.replay.conftest import replay as replay_command
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


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(MANY))
def test_every_process_of_a_random_program_replays_to_the_letter(seed: int, tmp_path: Path) -> None:
    check(seed, tmp_path)


def test_a_program_is_the_same_text_for_the_same_seed() -> None:
    assert program(1) == program(1)
    assert program(1) != program(2)


def test_random_programs_are_programs() -> None:
    for seed in range(MANY // 10):
        compile(program(seed), f"program {seed}", "exec")


@pytest.mark.parametrize("source", [FOLLOWED, INTERRUPTED_HANDLER, *RAISED_AT, NAMES, FAILED_CALL])
def test_what_diverged_once_replays(recorded: Record, source: str) -> None:
    ran = recorded(source)
    again = replay_command(ran.path, "--process", ran.program.name)
    assert (again.stdout, again.stderr, again.returncode) == (ran.stdout, "", ran.exit)


def test_connections_and_values_of_a_spawned_process_have_the_numbers_that_they_had(recorded: Record) -> None:
    ran = recorded(SPAWNED)
    for process in replayable(ran.reel, None):
        ending = replay(ran.reel, process)
        assert (ending.divergence, ending.code) == ("", 0)


def check(seed: int, folder: Path) -> None:
    """Record a program, replay each of its processes, and compare line by line, and what lies in its folder."""
    file, reel, home = folder / "program.py", folder / "run.reel", folder / "home"
    file.write_text(program(seed))
    home.mkdir()
    command = [sys.executable, "-m", "ipcreel", "record", "--quiet", "-o", str(reel), "--", sys.executable, str(file)]
    ran = subprocess.run(command, cwd=home, capture_output=True, text=True, timeout=DEADLINE_S, check=False)
    assert (ran.returncode, ran.stderr) == (0, ""), seed
    recorded = open_reel(reel)
    for process in replayable(recorded, None):
        replayed = _replay(recorded, process, folder / "output")
        own = f"{recorded.processes[process]['pid']} "
        taped = [line for line in ran.stdout.splitlines() if line.startswith(own)]
        assert replayed == taped, f"seed {seed}, {recorded.process_name(process)}"
    assert not list(home.iterdir()), seed


def _replay(reel: Reel, process: int, output: Path) -> list[str]:
    """What a process prints when it is replayed: our own standard output is a file meanwhile."""
    own = os.dup(1)
    with output.open("wb") as file:
        os.dup2(file.fileno(), 1)
    try:
        ending = replay(reel, process)
    finally:
        os.dup2(own, 1)
        os.close(own)
    assert (ending.divergence, ending.differs) == ("", ""), f"{reel.path}, {reel.process_name(process)}"
    return output.read_text().splitlines()
