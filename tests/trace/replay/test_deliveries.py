"""Where a signal came that came while the recorder noted another one."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ipcreel.replay.deliveries import Deliveries
from ipcreel.replay.script import Event, Row

DELIVERED, RAN, READ = 1, 2, 3
BETWEEN, WITHIN = 0, 1
SITE, OTHER_SITE = 7, 8


def delivered(at_ns: int, where: int, site: int = SITE) -> list[Event]:
    """A delivery at `at_ns`, and the run of its handler, of ten nanoseconds."""
    note = Event(at_ns, at_ns, 0, DELIVERED, 0, site, 14, where, at_ns, at_ns)
    return [note, Event(at_ns + 1, at_ns + 1, 0, RAN, 0, site, 14, 0, 0, at_ns + 10)]


def deliveries(*events: Event) -> Deliveries:
    """What is to be replayed: the first event is the next one. Payloads are known by the time of the delivery."""
    script = SimpleNamespace(
        operations={DELIVERED: Row("signal.delivered", "run", False, False)},
        payload=lambda event: {"depth": 10, "numbers": {"rounds": event.payload_at // 1000}},
    )
    reading: Any = SimpleNamespace(script=script, here=SimpleNamespace(events=list(reversed(events))))
    return Deliveries(reading)


@pytest.mark.parametrize(
    ("events", "is_between"),
    [
        (delivered(100, BETWEEN), True),
        (delivered(100, WITHIN), False),
        ([*delivered(100, WITHIN), *delivered(200, BETWEEN)], True),
        ([*delivered(100, WITHIN), *delivered(200, WITHIN), *delivered(300, BETWEEN)], True),
        ([*delivered(100, WITHIN), *delivered(200, WITHIN), *delivered(300, WITHIN)], False),
        ([*delivered(100, WITHIN), *delivered(200, WITHIN, OTHER_SITE), *delivered(300, BETWEEN)], False),
        ([*delivered(100, WITHIN), *delivered(200, WITHIN), *delivered(5300, BETWEEN)], False),
    ],
)
def test_signals_that_came_into_the_noting_of_one_between_two_instructions_came_there(
    events: list[Event], is_between: bool
) -> None:
    assert deliveries(*events).is_between(events[0]) == is_between
