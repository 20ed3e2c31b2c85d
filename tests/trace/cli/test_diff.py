"""`ipcreel diff`: runs are compared as partial orders."""

from __future__ import annotations

import json
import sys

from tests.trace.cli.test_commands import ipcreel
from tests.trace.conftest import Record

TWO_WORKERS = """
    import multiprocessing, sys, time

    def work(queue, answers, pause_s):
        time.sleep(pause_s)
        answers.put(queue.get() * 2)

    if __name__ == "__main__":
        context = multiprocessing.get_context("fork")
        workers = []
        for number in (1, 2):
            queue, answers = context.SimpleQueue(), context.SimpleQueue()
            pause_s = 0.2 if sys.argv[1] == str(number) else 0.0
            worker = context.Process(target=work, args=(queue, answers, pause_s), name=f"worker-{number}")
            worker.start()
            workers.append((worker, queue, answers))
        for number, (worker, queue, answers) in enumerate(workers):
            queue.put(number + int(sys.argv[2]))
        for worker, queue, answers in workers:
            answers.get()
            worker.join()
"""


def two_runs(recorded: Record, one: tuple[str, str], other: tuple[str, str]) -> tuple[str, str]:
    """The reels of two runs of one program."""
    first = recorded(TWO_WORKERS, *one)
    again = first.path.with_name("again.reel")
    done = ipcreel("record", "-q", "-o", str(again), "--", sys.executable, str(first.program), *other)
    assert done.returncode == 0, done.stderr
    return str(first.path), str(again)


def test_runs_that_differ_in_the_order_of_independent_operations_are_the_same(recorded: Record) -> None:
    one, other = two_runs(recorded, ("1", "5"), ("2", "5"))
    done = ipcreel("diff", one, other)
    assert (done.returncode, done.stdout) == (0, "the same, but for the order of what is independent\n")


def test_the_first_difference_is_the_one_that_led_to_the_others(recorded: Record) -> None:
    one, other = two_runs(recorded, ("1", "5"), ("1", "6"))
    done = ipcreel("diff", "--json", one, other)
    assert done.returncode == 1, done.stderr
    found = json.loads(done.stdout)
    assert found["partings"][0]["role"] == "program_0.py"
    assert [part["one"]["operation"] for part in found["partings"]] == [
        "mp.simple_queue.put", "mp.simple_queue.get", "mp.simple_queue.get",
    ]  # fmt: skip
    assert found["counts"] == []
    shown = ipcreel("diff", one, other).stdout
    assert shown.startswith("first difference: program_0.py, after 2 operations in common\n")
    assert shown.count("  > mp.simple_queue.put") == 2


def test_around_an_event_both_runs_are_shown_and_one_that_is_not_there_is_refused(recorded: Record) -> None:
    one, other = two_runs(recorded, ("1", "5"), ("2", "5"))
    done = ipcreel("diff", one, other, "--around", "0")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("  > ") == 2
    refused = ipcreel("diff", one, other, "--around", "999999")
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert "no event 999999" in refused.stderr
