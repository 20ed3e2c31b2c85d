"""A tick begins where an installed reader says so, or else where the barrier that all wait at opens."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from ipcreel.reel import Reel, ReelError
from ipcreel.reel.ticks import find_ticks
from tests.trace.conftest import Record

ROUNDS = """
    import threading

    barrier = threading.Barrier(3)
    seldom = threading.Barrier(1)

    def work():
        for _ in range(4):
            barrier.wait()

    seldom.wait()
    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
"""


def test_the_rounds_of_the_barrier_that_was_waited_at_most_are_the_ticks(recorded: Record) -> None:
    reel = recorded(ROUNDS).reel
    assert len(reel.ticks) == 1 + 4
    assert reel.ticks[0] == reel.begin_ns
    waits = reel.events.rows("threads.barrier.wait")[1:]
    for number, opened in enumerate(reel.ticks[1:].tolist(), start=1):
        come = np.count_nonzero(reel.begin[waits] <= opened)  # who counts as last may have begun before another
        assert 3 * (number - 1) < come <= 3 * number


def test_a_program_without_a_barrier_has_no_ticks(recorded: Record) -> None:
    assert len(recorded("print('alone')").reel.ticks) == 0


def test_the_first_reader_that_knows_the_reel_says_when_ticks_began(recorded: Record) -> None:
    reel = recorded("print('alone')").reel

    def known(reel: Reel) -> NDArray[np.int64]:
        return np.array([reel.begin_ns, reel.end_ns], np.int64)

    readers = [("stranger", lambda: lambda _: None), ("known", lambda: known)]
    assert find_ticks(reel, readers).tolist() == [reel.begin_ns, reel.end_ns]


def test_a_reader_that_fails_is_named(recorded: Record) -> None:
    reel = recorded("print('alone')").reel

    def broken(_: Reel) -> NDArray[np.int64]:
        raise IndexError("off by one")

    with pytest.raises(ReelError, match="ticks of clumsy failed: IndexError: off by one"):
        find_ticks(reel, [("clumsy", lambda: broken)])


def test_where_a_reader_meets_a_damaged_payload_the_ticks_are_not_known(recorded: Record) -> None:
    reel = recorded(ROUNDS).reel

    def read(reel: Reel) -> NDArray[np.int64]:
        raise ReelError(f"{reel.path}: event 3, offset 99: the payload cannot be read. The reel is damaged.")

    assert len(find_ticks(reel, [("known", lambda: read)])) == 0
    assert [line.partition(": ")[0] for line in reel.damage] == ["its ticks are not known"]
