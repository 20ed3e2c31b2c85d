"""`ipcreel stats` on real recordings."""

from __future__ import annotations

import json

import pytest

from tests.trace.cli.test_commands import ipcreel
from tests.trace.conftest import Record

RELAY = """
    import multiprocessing, sys, time

    def work(lock, queue, ready):
        ready.put(True)
        with lock:
            sum(range(5_000_000))  # who waits for the answer does so by then, on a busy machine too
            queue.put("done")

    if __name__ == "__main__":
        context = multiprocessing.get_context("fork")
        lock, queue, ready = context.Lock(), context.SimpleQueue(), context.SimpleQueue()
        worker = context.Process(target=work, args=(lock, queue, ready), name="worker")
        with lock:
            worker.start()
            ready.get()
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


def test_of_a_program_that_did_nothing_it_is_said_that_no_event_was_recorded(recorded: Record) -> None:
    nothing = ipcreel("stats", str(recorded("pass").path))
    assert (nothing.returncode, nothing.stdout, nothing.stderr.count("\n")) == (2, "", 1)
    assert "no event was recorded" in nothing.stderr


ROUNDS = """
    import threading, time

    barrier = threading.Barrier(2)

    def work():
        for _ in range(3):
            barrier.wait()

    thread = threading.Thread(target=work, name="worker")
    thread.start()
    for number in range(3):
        time.sleep(0.15 if number == 1 else 0.01)
        barrier.wait()
    thread.join()
"""


def test_each_tick_has_its_length_its_latecomer_and_its_critical_path(recorded: Record) -> None:
    run = recorded(ROUNDS)
    done = ipcreel("stats", "--per-tick", "--json", str(run.path))
    assert done.returncode == 0, done.stderr
    ticks = json.loads(done.stdout)["ticks"]
    assert [row["tick"] for row in ticks] == [0, 1, 2, 3]
    longest = max(ticks, key=lambda row: row["ns"])
    assert longest["ns"] > 0.15e9
    assert sum(row["ns"] for row in ticks) / 1e9 == pytest.approx(run.reel.end_ns / 1e9 - run.reel.begin_ns / 1e9)
    cause = longest["critical_path"][0]
    assert cause["detail"].startswith("clock.sleep")
    assert cause["share"] > 0.5
    blocked = {row["lane"].partition("/")[2]: row["blocked_ns"] for row in longest["processes"]}
    assert blocked["worker"] > 0.1e9
    table = ipcreel("stats", "--per-tick", str(run.path)).stdout
    assert table.splitlines()[1].split() == ["tick", "took", "blocked", "skew", "came", "last", "critical", "path"]


def test_a_run_without_ticks_has_none(recorded: Record) -> None:
    run = recorded("print(1)")
    done = ipcreel("stats", "--per-tick", str(run.path))
    assert (done.returncode, done.stderr) == (
        2,
        f"ipcreel: {run.path.name}: it has no ticks: no simulation was recorded. Leave --per-tick out.\n",
    )
