"""Who ends in an exception leaves those in the lurch who wait for what it should have done."""

from __future__ import annotations

import pytest

from tests.trace.findings.conftest import codes, lines

WORKER = """
    import multiprocessing, sys

    def work(tasks, results):
        while (task := tasks.get()) is not None:
            {work}

    if __name__ == "__main__":
        tasks, results = multiprocessing.SimpleQueue(), multiprocessing.SimpleQueue()
        worker = multiprocessing.Process(target=work, args=(tasks, results), daemon=True)
        worker.start()
        for task in (4, 0):
            tasks.put(task)
            {before}
            print(results.get(), file=sys.stderr)
        tasks.put(None)
        worker.join()
"""
BEFORE = 'task or (worker.join(), print("hangs", flush=True))'


def test_a_result_that_never_comes_since_the_worker_failed(interrupted):
    reel = interrupted(WORKER.format(work="results.put(12 // task)", before=BEFORE))
    assert codes(reel) == ["failed-while-awaited"]
    assert lines(reel, "failed-while-awaited") == ["print(results.get(), file=sys.stderr)"]
    assert "ZeroDivisionError: integer division or modulo by zero" in reel.findings[0].cause


def test_a_worker_that_catches_what_goes_wrong_leaves_nobody_waiting(recorded):
    assert codes(recorded(WORKER.format(work="results.put(task and 12 // task)", before="")).reel) == []


THREAD = """
    import queue, threading

    def work():
        results.put(1)
        {then}

    threading.excepthook = lambda told: None
    results = queue.Queue()
    worker = threading.Thread(target=work)
    worker.start()
    results.get()
    try:
        results.get(timeout=0.3)
    except queue.Empty:
        pass
    worker.join()
"""


@pytest.mark.parametrize(
    ("then", "found"), [("raise ValueError('no more')", ["failed-while-awaited"]), ("results.put(2)", []), ("pass", [])]
)
def test_a_wait_runs_out_when_the_thread_that_answered_has_failed(recorded, then, found):
    reel = recorded(THREAD.format(then=then)).reel
    assert codes(reel) == found
    assert all("ValueError: no more" in finding.what for finding in reel.findings)
