"""A replay stops where a person wants it to."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from ipcreel.reel import ReelError
from ipcreel.replay.place import Place, at_begin, at_event, at_finding, at_line, at_moment
from tests.trace.conftest import Record
from tests.trace.replay.conftest import DEADLOCK, GET_LINE, LEDGER, events_of, replay

ROUNDS = """
    import threading
    barrier, seen = threading.Barrier(2), []
    def walk():
        for round in range(4):
            barrier.wait()
            seen.append(round)
    threads = [threading.Thread(target=walk) for _ in range(2)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    print(len(seen))
"""


def test_it_stops_before_an_event_and_says_where_it_stands(recorded: Record) -> None:
    ran = recorded(LEDGER)
    event = events_of(ran.reel, "adder", "mp.simple_queue.get")[3]
    stopped = replay(ran.path, "--to", str(event))
    assert stopped.returncode == 0, stopped.stderr
    assert stopped.stdout == "0 0\n1 3\n2 9\n"
    first, *rest = stopped.stderr.splitlines()
    assert first.startswith(f"ipcreel: adder is before event {event}: mp.simple_queue.get")
    assert any("number = 3, total = 9" in line for line in rest) or "total = 9, number = 3" in stopped.stderr
    assert any(line.startswith(" > adder") for line in rest), stopped.stderr


def test_it_stops_before_a_line_the_first_time_that_the_process_comes_there(recorded: Record) -> None:
    ran = recorded(LEDGER)
    place = f"{ran.program.name}:{GET_LINE + 1}"
    stopped = replay(ran.path, "--process", "adder", "--line", place, "--pdb", text="p number, total\nq\n")
    assert "(replay) (0, 0)" in stopped.stdout, stopped.stderr


def test_a_line_that_is_never_reached_is_said_to_be_so(recorded: Record) -> None:
    ran = recorded(LEDGER)
    missed = replay(ran.path, "--process", "adder", "--line", f"{ran.program.name}:900")
    assert missed.returncode == 2
    assert missed.stderr == f"ipcreel: {ran.program.name}:900: adder never came to this line.\n"


def test_it_stops_at_what_check_found_in_the_process_of_it(recorded: Record) -> None:
    ran = recorded(DEADLOCK, options=("--duration", "1.5"))
    stopped = replay(ran.path, "--finding", "1", "--pdb", text="p one is first, one is second\nworld\nq\n")
    assert stopped.returncode == 0
    assert "True" in stopped.stdout
    assert "They wait for each other" in stopped.stdout
    assert "Finding 1, deadlock" in stopped.stdout


def test_it_stops_in_a_tick(recorded: Record) -> None:
    ran = recorded(ROUNDS)
    stopped = replay(ran.path, "--tick", "2", "--pdb", text="p len(seen) >= 1\nq\n")
    assert ", tick 2." in stopped.stderr, stopped.stderr
    assert "(replay) True" in stopped.stdout


def test_it_stops_at_a_time(recorded: Record) -> None:
    ran = recorded(LEDGER)
    event = events_of(ran.reel, "adder", "mp.simple_queue.get")[2]
    seconds = (int(ran.reel.begin[event]) - ran.reel.begin_ns) / 1e9
    stopped = replay(ran.path, "--process", "adder", "--time", f"{seconds:.9f}")
    assert stopped.stderr.startswith(f"ipcreel: adder is before event {event}:"), stopped.stderr


def test_a_place_that_is_none_is_said_in_one_line(recorded: Record) -> None:
    reel = recorded(LEDGER).reel
    refusals: list[tuple[Callable[[], Place], str]] = [
        (lambda: at_event(reel, None, 99999), "there is no event 99999: the last one is "),
        (lambda: at_event(reel, "adder", 0), "event 0 is in program_0.py ("),
        (lambda: at_finding(reel, None, 3), "there is no finding 3: `ipcreel check` finds nothing."),
        (lambda: at_moment(reel, "adder", "tick 1"), "it has no ticks"),
        (lambda: at_moment(reel, "adder", "1000"), "adder began nothing after 1000 (1000.000000 s): its last event is"),
        (lambda: at_moment(reel, "adder", "noon"), "noon: no moment of a reel"),
        (lambda: at_moment(reel, None, "noon"), "noon: no moment of a reel"),
        (lambda: at_line(reel, None, "here"), "--line here: a file and a line of it were expected"),
        (lambda: at_line(reel, None, "nowhere.py:3"), "No event of "),
        (lambda: at_line(reel, None, "program_0.py:3"), "In program_0.py were: program_0.py ("),
        (lambda: at_begin(reel, "nobody"), "there is no process nobody. There are: program_0.py ("),
        (lambda: at_begin(reel, None), "say which process: --process NAME. There are: program_0.py ("),
    ]
    for place, said in refusals:
        with pytest.raises(ReelError, match=re.escape(said)):
            place()


def test_a_process_that_is_not_there_is_trouble(recorded: Record) -> None:
    refused = replay(recorded("import time\ntime.time()\n").path, "--process", "nobody")
    assert refused.returncode == 2
    assert "there is no process nobody. There are: program_0.py (" in refused.stderr


def test_two_debuggers_are_refused(recorded: Record) -> None:
    refused = replay(recorded("import time\ntime.time()\n").path, "--pdb", "--dap", "0")
    assert (refused.returncode, refused.stderr.splitlines()[-1]) == (
        2,
        "Error: --pdb and --dap: one of them asks. Give one.",
    )


def test_two_places_are_refused(recorded: Record) -> None:
    ran = recorded("import time\ntime.time()\n")
    refused = replay(ran.path, "--to", "0", "--tick", "1")
    assert (refused.returncode, refused.stderr.splitlines()[-1]) == (
        2, "Error: --to and --tick: it stops at one place. Give one of them.",
    )  # fmt: skip
