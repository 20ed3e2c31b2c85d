"""Who waits for something else while it holds a lock keeps others waiting."""

from __future__ import annotations

import pytest

from tests.trace.findings.conftest import codes, lines

PROGRAM = """
    import threading, time

    lock, asked = threading.Lock(), threading.Event()

    def want():
        asked.set()
        with lock:
            pass

    other = threading.Thread(target=want)
    with lock:
        {inside}
    {after}
    other.join()
"""


def test_a_sleep_under_a_lock_that_another_waits_for(recorded):
    reel = recorded(PROGRAM.format(inside="other.start(); asked.wait(); time.sleep(0.3)", after="")).reel
    assert codes(reel) == ["blocking-under-lock"]
    assert lines(reel, "blocking-under-lock") == ["other.start(); asked.wait(); time.sleep(0.3)"]


@pytest.mark.parametrize(
    ("inside", "after"), [("time.sleep(0.2)", "other.start()"), ("other.start()", "time.sleep(0.2)")]
)
def test_a_sleep_for_which_nobody_waits(recorded, inside, after):
    assert codes(recorded(PROGRAM.format(inside=inside, after=after)).reel) == []
