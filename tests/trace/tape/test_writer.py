"""No slot and no record is lost or torn, whatever comes between two instructions of a wrapper; in C and in Python."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from ipcreel.compiled import is_compiled
from ipcreel.reel.payload import decode
from ipcreel.tape import layout
from ipcreel.tape.layout import tape_names
from ipcreel.tape.reader import TapeContent, read_tape
from ipcreel.tape.writer import Tape

# The wrappers are those that every recorded program runs; what they wrap does nothing. `a` and the payload of an event
# say the same, so that one that was torn, or paired with the payload of another, is seen.
SETTING = """
import gc, os, signal, sys, threading
from ipcreel.mechanism.operation import Operation, Usual
from ipcreel.record import wrap
from ipcreel.tape import process

process.open_tape(sys.argv[1], "exec", 1 << 20, None, {})
process.here = process.Here()
process.site_of.__globals__["is_ours"] = lambda file: False

wrapped_by = wrap.Recording().wrap

def text(number):
    return b"%d " % number * (number % 40)

def made(code, **more):
    before = lambda args, kwargs: (args[0], text(args[0]))
    after = lambda args, kwargs, result: (args[0], result, None)
    row = Operation(code, "test.op", before=before, after=after, **more)
    return wrapped_by(row, lambda number: number + 1)

say = text
usual = Usual("number", scope=globals(), a="number", sent="say(number)", attempt="number + 1", b="result")
ways = {"blocks": True}, {}, {"attempt": lambda args, kwargs: args[0] + 1}
blocking, prompt, trying = (made(1, **way) for way in ways)
every = blocking, prompt, trying, *(made(1, usual=usual, **way) for way in ways)
"""

MANY = """
sys.setswitchinterval(1e-6)
handled = collected = 0
bursting = True

def handle(*_):
    global handled
    handled += 1
    prompt(10**6 + handled)
    if bursting:
        signal.setitimer(signal.ITIMER_REAL, 0.0001)

class Cycle:
    def __init__(self):
        self.itself = self
    def __del__(self):
        global collected
        collected += 1
        blocking(2 * 10**6 + collected)

def work(thread):
    for number in range(EACH):
        every[number % 6](3 * 10**6 + thread * EACH + number)
        if not number % 8:
            Cycle()

EACH = 1500
gc.set_threshold(20)
signal.signal(signal.SIGALRM, handle)
signal.setitimer(signal.ITIMER_REAL, 0.001)
threads = [threading.Thread(target=work, args=(thread,)) for thread in range(12)]
for thread in threads:
    thread.start()
work(12)
for thread in threads:
    thread.join()
bursting = False
signal.setitimer(signal.ITIMER_REAL, 0)
gc.set_threshold(0)
gc.collect()
print(13 * EACH, handled, collected)
"""


@pytest.fixture(autouse=True, params=["C", "Python"] if is_compiled else ["Python"])
def hot_path(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which of the two writes the tape in the processes that a test starts."""
    if request.param == "Python":
        monkeypatch.setenv("IPCREEL_PLAIN", "1")


def run(tmp_path: Path, program: str) -> tuple[TapeContent, list[int]]:
    source = textwrap.dedent(SETTING) + textwrap.dedent(program)
    done = subprocess.run(
        [sys.executable, "-c", source, str(tmp_path)], capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    [name] = tape_names(tmp_path)
    return read_tape(tmp_path, name), [int(word) for word in done.stdout.split()]


def text(number: int) -> bytes:
    return b"%d " % number * (number % 40)


def test_threads_signals_and_finalizers_together_lose_and_tear_nothing(tmp_path: Path) -> None:
    tape, (worked, handled, collected) = run(tmp_path, MANY)

    assert min(handled, collected) > 20
    assert tape.slots.tolist() == list(range(worked + handled + collected))
    written = tape.events["a"].astype(np.int64)
    expected = [range(1, handled + 1), range(1, collected + 1), range(worked)]
    for million, numbers in enumerate(expected, start=1):
        mine = written[(written >= million * 10**6) & ((written < (million + 1) * 10**6) | (million == 3))]
        assert sorted(mine.tolist()) == [million * 10**6 + number for number in numbers]
    assert (tape.events["b"] == written + 1).all()
    assert (tape.events["end_ns"].astype(np.int64) >= tape.events["begin_ns"].astype(np.int64)).all()


def test_every_payload_is_whole_and_belongs_to_its_event(tmp_path: Path) -> None:
    tape, _ = run(tmp_path, MANY)

    assert tape.payloads[:, 0].tolist() == tape.slots.tolist()
    numbers = tape.events["a"].tolist()
    for slot, at, size, had in tape.payloads.tolist():
        assert decode(tape.stream[at : at + size]) == text(numbers[slot])
        assert had == -1
    assert len(tape.lanes) == 13


def test_many_chunks_are_passed_through(tmp_path: Path) -> None:
    tape, (count,) = run(
        tmp_path,
        f"""
        count = 5 * {layout.CHUNK // 64}
        for number in range(count):
            prompt(number)
        print(count)
        """,
    )
    assert tape.events["a"].tolist() == list(range(count))
    assert len(tape.payloads) == count


def test_values_that_an_event_has_no_room_for_are_cut_to_it(tmp_path: Path) -> None:
    tape, _ = run(
        tmp_path,
        """
        huge = lambda args, kwargs: (2**70, None)
        wide = lambda args, kwargs, result: (-(2**70), "no number", None)
        for more in ({"blocks": True}, {}, {"attempt": lambda args, kwargs: 5}):
            row = Operation(7, "test.op", before=huge, after=wide, **more)
            assert wrapped_by(row, lambda: 5)() == 5
        """,
    )
    assert tape.events["a"].tolist() == [-(2**63)] * 3
    assert tape.events["b"].tolist() == [0] * 3


@pytest.mark.parametrize("form", ["'blocks': True", "", "'attempt': lambda args, kwargs: 5"])
def test_a_fault_of_a_row_does_not_reach_the_program_and_is_stated(tmp_path: Path, form: str) -> None:
    tape, _ = run(
        tmp_path,
        f"""
        def fault(*_):
            return {{}}["fault"]
        fault.__code__ = fault.__code__.replace(co_filename=wrap.WRAPPER_FILE)  # as if it were one of ours
        row = Operation(7, "test.op", before=fault, after=fault, identify=fault, **{{{form}}})
        assert wrapped_by(row, lambda: 5)() == 5
        """,
    )
    assert len(tape.events) == 1
    assert tape.facts["fault"] == "0x0007: KeyError: 'fault'"


@pytest.mark.parametrize("form", ["'blocks': True", "", "'attempt': lambda args, kwargs: 5"])
def test_what_a_signal_s_handler_raises_inside_a_wrapper_reaches_the_program(tmp_path: Path, form: str) -> None:
    tape, (raised, ended) = run(
        tmp_path,
        f"""
        class Alarm(Exception):
            pass
        def handle(*_):
            raise Alarm
        signal.signal(signal.SIGALRM, handle)
        slow = lambda args, kwargs: (sum(range(50)), None)
        row = Operation(7, "test.op", before=slow, after=lambda *_: (0, sum(range(50)), None), **{{{form}}})
        wrapped = wrapped_by(row, lambda: 5)
        raised = ended = 0
        while raised < 300:
            try:
                signal.setitimer(signal.ITIMER_REAL, 0.00005)
                for _ in range(500):
                    wrapped()
                    ended += 1
                signal.setitimer(signal.ITIMER_REAL, 0)
            except Alarm:
                raised += 1
        print(raised, ended)
        """,
    )
    assert raised == 300
    assert "fault" not in tape.facts
    assert ended <= len(tape.events) <= ended + raised
    assert len(tape.events) - np.count_nonzero(tape.events["end_ns"] == 0) >= ended


def test_a_child_for_whose_tape_there_is_no_room_leaves_its_parents_tape_alone(tmp_path: Path) -> None:
    tape = Tape()
    tape.open(str(tmp_path), "parent", {"pid": 1}, 1 << 20)
    tape.define(layout.LANE, 0, 7, "MainThread")
    tape.whole(1, 0, 1, 0, 0, 0, 0, 2)
    with pytest.raises(OSError, match="No such file"):
        tape.open(str(tmp_path / "gone"), "child", {"pid": 2}, 1 << 20)
    tape.define(layout.LANE, 0, 8, "another")
    tape.whole(3, 0, 1, 0, 0, 0, 0, 4)

    content = read_tape(tmp_path, "parent")

    assert content.lanes == {0: [7, "MainThread"]}
    assert content.events["begin_ns"].tolist() == [1]
