"""Objects without a name are told by the functions that use them."""

from __future__ import annotations

import sys

import pytest

from ipcreel.reel import Reel
from reelview.usage import Usage
from tests.viewer.conftest import record

PROGRAM = """
import multiprocessing
def held(lock):
    lock.acquire()
    lock.release()
def sell(lock):
    for _ in range(5):
        with lock:
            pass
def buy(lock):
    for _ in range(4):
        with lock:
            pass
def again(operation):
    operation()
books, journal = multiprocessing.Lock(), multiprocessing.Lock()
results, opened = multiprocessing.SimpleQueue(), multiprocessing.Event()
results.put(1)
opened.set()
for operation in (results.get, opened.wait):
    again(operation)
for lock in (books, journal):
    for _ in range(6):
        held(lock)
sell(books)
buy(journal)
named = multiprocessing.Process(target=print, name="the-seller")
named.start()
named.join()
"""


@pytest.fixture(scope="module")
def reel(tmp_path_factory) -> Reel:
    folder = tmp_path_factory.mktemp("usage")
    (folder / "trade.py").write_text(PROGRAM)
    return record(folder, "trade", sys.executable, "trade.py")


def texts(reel: Reel) -> dict[str, str]:
    usage = Usage(reel)
    return {str(row[3]): usage.text(number) for number, row in enumerate(reel.objects)}


def test_a_lock_is_told_by_the_function_that_uses_it_alone(reel):
    found = [text for name, text in texts(reel).items() if name.startswith("lock")]
    assert [text.split(",")[0] for text in found[:2]] == ["in sell", "in buy"]


def test_an_object_with_a_name_needs_no_other(reel):
    assert texts(reel)["the-seller"] == ""


def test_a_helper_that_does_whatever_it_is_given_is_not_named(reel):
    assert not any("again" in text for text in texts(reel).values())
