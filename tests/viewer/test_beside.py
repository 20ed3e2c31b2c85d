"""Threads that work beside the user interface leave its objects alone."""

from __future__ import annotations

import gc
import threading

import pytest
from PySide6.QtCore import QObject

from reelview.beside import Beside, collect


@pytest.fixture
def collectors():
    """The threads in which Python collected garbage."""
    found: list[int] = []

    def note(phase: str, _: dict[str, int]) -> None:
        found.append(threading.get_ident())

    gc.callbacks.append(note)
    yield found
    gc.callbacks.remove(note)


def litter(count: int) -> None:
    """Makes cyclic garbage, more than Python leaves lying about."""
    for _ in range(count):
        one: list[object] = []
        one.append(one)


class Littering(Beside):
    def __init__(self) -> None:
        super().__init__()
        self.may_end = threading.Event()

    def run(self) -> None:
        super().run()
        litter(10_000)  # as the binding does, which calls this, behind it

    def work(self) -> None:
        litter(10_000)
        self.may_end.wait(30)
        litter(10_000)


def test_garbage_is_never_collected_in_a_thread_beside(collectors, qtbot):
    beside = [Littering() for _ in range(3)]
    for thread in beside:
        thread.start()
    assert not gc.isenabled()
    collectors.clear()  # there may have been some before
    beside[0].may_end.set()
    qtbot.waitUntil(beside[0].isFinished)
    litter(10_000)
    assert not collectors, "others are at work"
    for thread in beside:
        thread.may_end.set()
    qtbot.waitUntil(lambda: bool(collectors))
    assert all(thread.isFinished() for thread in beside)
    assert set(collectors) == {threading.get_ident()}


def test_garbage_is_collected_between_events_and_not_where_it_is_made(collectors, qtbot):
    collectors.clear()
    litter(10_000)
    assert not collectors
    qtbot.waitUntil(lambda: bool(collectors))
    assert set(collectors) == {threading.get_ident()}


def test_what_is_asked_to_be_collected_is_while_a_thread_works(collectors, qtbot):
    thread = Littering()
    thread.start()
    gone: list[str] = []
    circle = [QObject()]
    circle[0].destroyed.connect(lambda: gone.append("destroyed"))
    circle.append(circle)
    del circle
    collect()
    assert gone == ["destroyed"]
    assert threading.get_ident() in collectors
    thread.may_end.set()
    qtbot.waitUntil(thread.isFinished)
