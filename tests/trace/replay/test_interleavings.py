"""Threads that raced for a variable are replayed as they came, wherever one of them was interrupted."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

from ipcreel.replay.interleavings import Interleavings, Notes, was_left
from tests.trace.conftest import Record, Recorded
from tests.trace.replay.conftest import DEADLINE_S, events_of, replay

_INTERRUPTED = """
    import pathlib, queue, threading
    held_up = pathlib.Path(__file__).with_name("held_up").exists()
    state, told, jobs, answers = "run", False, queue.SimpleQueue(), queue.SimpleQueue()
    def work():
        goes_on = True
        while goes_on:
            jobs.get()
            answers.put("done")
            while held_up and not told: pass
            goes_on = state == "run"
            {}
    worker = threading.Thread(target=work, name="worker")
    print("begins", flush=True)
    worker.start()
    jobs.put(1)
    answers.get()
    state = "closed"
    jobs.put(2)
    told = True
    worker.join()
    print("over", state)
"""
HELD_UP = _INTERRUPTED.format("pass")
"""The worker is interrupted before it looks whether it is to go on, if a file says so."""

EITHER_WAY = _INTERRUPTED.format('answers.put("looked")')
"""Between that and what it does otherwise there is something that it does either way."""

OVERTAKEN = """
    import pathlib, queue, threading
    held_up = pathlib.Path(__file__).with_name("held_up").exists()
    state, looked, jobs, answers, more = "run", 0, queue.SimpleQueue(), queue.SimpleQueue(), queue.SimpleQueue()
    def work():
        global looked
        while state == "run":
            looked += 1
            jobs.get()
            answers.put("done")
            more.get()
    worker = threading.Thread(target=work, name="worker")
    print("begins", flush=True)
    worker.start()
    for number in (1, 2):
        jobs.put(number)
        answers.get()
        more.put("on")
        while held_up and looked == number == 1: pass
        state = "closed"
    worker.join()
    print("over", state)
"""
"""The one that tells it to end is interrupted before that."""


def held_up(recorded: Record, source: str, *options: str) -> Recorded:
    """A recording in which a thread was interrupted where it is not in a replay: nothing on the tape says so."""
    file = recorded("pass").program.with_name("held_up")
    file.touch()
    run = recorded(source, options=options)
    file.unlink()
    assert run.stdout == "begins\nover closed\n"
    return run


@pytest.mark.parametrize("source", [HELD_UP, EITHER_WAY, OVERTAKEN])
def test_threads_that_raced_for_a_variable_replay_as_they_came(recorded: Record, source: str) -> None:
    run = held_up(recorded, source)
    again = replay(run.path, "--process", run.program.name)
    assert (again.stdout, again.stderr, again.returncode) == (run.stdout, "", 0)
    every = replay(run.path, "--all")
    assert "1 process, 0 of them diverged" in every.stdout


def test_a_person_at_a_terminal_is_told_what_takes_longer(recorded: Record) -> None:
    run = held_up(recorded, HELD_UP)
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "ipcreel", "replay", str(run.path), "--process", run.program.name]
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=slave, timeout=DEADLINE_S, check=True)
    os.close(slave)
    assert os.read(master, 1000).decode().strip() == (
        "ipcreel: it left its tape where its threads may have raced: whether another of their orders agrees is tried."
    )
    os.close(master)


def test_the_debugger_stops_behind_a_race(recorded: Record) -> None:
    run = held_up(recorded, HELD_UP)
    join = events_of(run.reel, run.program.name, "threads.thread.join")[0]
    said = replay(run.path, "--to", str(join), "--pdb", text="p state, told\nc\nq\n").stdout
    assert "('closed', True)" in said
    assert said.count("begins") == 1


def test_for_code_that_was_changed_no_order_is_looked_for(recorded: Record) -> None:
    run = held_up(recorded, HELD_UP)
    run.program.write_text(run.program.read_text() + "# changed\n")
    again = replay(run.path, "--process", run.program.name)
    assert (again.stdout, again.returncode) == ("begins\n", 1)
    assert f"Changed since it was recorded: {run.program}" in again.stderr


def test_what_no_order_of_the_threads_agrees_with_diverges(recorded: Record) -> None:
    run = recorded("""
        import pathlib, threading
        there = pathlib.Path(__file__).with_name("there")
        lock, both = threading.Lock(), threading.Barrier(2)
        def work():
            both.wait()
            if there.exists():
                with lock: pass
        thread = threading.Thread(target=work)
        thread.start()
        both.wait()
        thread.join()
        print("over")
    """)
    run.program.with_name("there").touch()
    again = replay(run.path, "--process", run.program.name)
    assert again.returncode == 1
    assert "threads.thread.end Thread-1 (work)" in again.stderr
    assert "the program did threads.lock.acquire" in again.stderr


def test_a_program_of_one_thread_is_run_once(recorded: Record) -> None:
    run = recorded("""
        import os, pathlib
        print("begins", flush=True)
        os.getpid()
        if pathlib.Path(__file__).with_name("there").exists(): os.getppid()
        os.getpid()
    """)
    run.program.with_name("there").touch()
    again = replay(run.path, "--process", run.program.name)
    assert (again.stdout, again.returncode) == ("begins\n", 1)
    assert "may have raced" not in again.stderr


def left(reached: int, *others: tuple[int, int]) -> Notes:
    return [{"interleavings": {"reached": [0, reached], "others": others, "shown": 0}}]


def test_what_brings_a_replay_further_is_kept_and_what_does_not_is_dropped() -> None:
    tried = Interleavings()
    assert tried.choose(left(10, (0, 8), (0, 5)))
    assert tried.late == [(0, 8)]
    assert tried.choose(left(10, (0, 8)))  # no further
    assert tried.late == [(0, 5)]
    assert tried.choose(left(20, (0, 17)))
    assert tried.late == [(0, 5), (0, 17)]
    assert not tried.choose([])  # it was ended, and there is nothing else
    tried.give_up()
    assert tried.late == [(0, 5)]


def test_a_run_that_ended_has_left_nothing_to_try() -> None:
    assert was_left([{"replayed": 3}]) is None
