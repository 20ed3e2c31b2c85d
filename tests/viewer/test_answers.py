"""Answers are worked out beside the user interface."""

from __future__ import annotations

import threading
import time

from reelview.answers import Answers
from reelview.beside import wait_for_left


def test_answers_come_in_their_order_from_another_thread(qtbot):
    seen = []
    answers = Answers({"one": threading.get_ident, "two": lambda: 2})
    answers.answered.connect(seen.append)
    assert answers.trouble("one") == "Being worked out …"
    answers.start()
    qtbot.waitUntil(lambda: answers.is_whole, timeout=10_000)
    assert seen == ["one", "two"]
    assert answers.get("one") != threading.get_ident()
    assert (answers.get("two"), answers.trouble("two")) == (2, "")
    answers.stop()


def test_work_that_fails_is_told_and_the_next_is_done():
    def fail():
        raise ValueError("damaged")

    answers = Answers({"bad": fail, "good": lambda: "yes"})
    answers.finish()
    assert answers.get("bad") is None
    assert answers.trouble("bad") == "This cannot be worked out: ValueError: damaged"
    assert answers.get("good") == "yes"


def test_work_that_is_stopped_is_finished_when_it_is_asked_for(qtbot):
    begun, go_on = threading.Event(), threading.Event()

    def slow():
        begun.set()
        go_on.wait(10)
        return "slow"

    answers = Answers({"slow": slow, "next": lambda: "next"})
    answers.start()
    assert begun.wait(10)
    threading.Timer(0.05, go_on.set).start()
    answers.stop()
    assert not answers.is_whole
    answers.finish()
    assert (answers.get("slow"), answers.get("next")) == ("slow", "next")


def test_work_that_is_left_is_not_waited_for_and_gives_no_answer(qtbot):
    begun, go_on, seen = threading.Event(), threading.Event(), []

    def slow():
        begun.set()
        assert go_on.wait(10)
        return "slow"

    answers = Answers({"slow": slow, "next": lambda: seen.append("next")})
    answers.answered.connect(seen.append)
    answers.start()
    assert begun.wait(10)
    began = time.monotonic()
    answers.leave()
    assert time.monotonic() - began < 5
    go_on.set()
    wait_for_left()
    qtbot.wait(1)
    assert seen == []
