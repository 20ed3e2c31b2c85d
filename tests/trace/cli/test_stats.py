"""`ipcreel stats` on real recordings."""

from __future__ import annotations

import json

import pytest

from tests.trace.cli.test_commands import ipcreel
from tests.trace.conftest import Record

RELAY = """
    import multiprocessing, sys, time

    def work(lock, queue):
        with lock:
            queue.put("done")

    if __name__ == "__main__":
        context = multiprocessing.get_context("fork")
        lock, queue = context.Lock(), context.SimpleQueue()
        worker = context.Process(target=work, args=(lock, queue), name="worker")
        with lock:
            worker.start()
            time.sleep(0.2)
        queue.get()
        worker.join()
"""


def test_the_lock_that_was_held_over_a_sleep_is_named_with_who_waited_for_it(recorded: Record) -> None:
    run = recorded(RELAY)
    done = ipcreel("stats", "--json", str(run.path))
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    (lock,) = [row for row in found["locks"] if row["waited"]]
    assert lock["longest_in"] == "worker"
    assert 0.05e9 < lock["longest_ns"] < found["seconds"] * 1e9
    blocked = {row["lane"]: row["blocked_ns"] for row in found["processes"]}
    assert blocked["worker"] >= lock["longest_ns"]


def test_the_critical_path_adds_up_to_the_run_and_leads_through_the_sleep(recorded: Record) -> None:
    found = json.loads(ipcreel("stats", "--json", str(recorded(RELAY).path)).stdout)
    steps = found["critical_steps"]
    assert (
        sum(row["share"] for row in found["critical_path"]) == 1.0
        or abs(sum(row["share"] for row in found["critical_path"]) - 1) < 1e-9
    )
    assert sum(step["to_s"] - step["from_s"] for step in steps) == pytest.approx(found["seconds"])
    (sleep,) = [step for step in steps if step["detail"].startswith("clock.sleep")]
    assert sleep["to_s"] - sleep["from_s"] > 0.15
    assert any(step["lane"] == "worker" and step["what"] == "follows" for step in steps)


def test_people_get_tables_and_a_window_without_time_gets_one_line(recorded: Record) -> None:
    run = recorded(RELAY)
    assert "The critical path, by cause" in ipcreel("stats", str(run.path)).stdout
    empty = ipcreel("stats", str(run.path), "--from", "50s")
    assert (empty.returncode, empty.stderr.count("\n")) == (2, 1)
    assert "nothing between these moments" in empty.stderr
