"""Pools of multiprocessing: a job from its submission through its runs to its results."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Recorded = Callable[..., Any]
Rows = Callable[..., list[Any]]

EVERY_FORM = """
    import multiprocessing, sys
    from multiprocessing.pool import ThreadPool

    def square(x):
        if x == 5:
            raise ValueError("five")
        return x * x

    if __name__ == "__main__":
        with multiprocessing.get_context(sys.argv[1]).Pool(2) as pool:
            print(pool.map(square, range(4), chunksize=2))
            print(pool.apply(square, (3,)), pool.starmap(pow, [(2, 3)]))
            print(list(pool.imap(square, range(3))), sorted(pool.imap_unordered(square, range(3))))
            print(pool.apply_async(square, (7,), callback=print).get(30))
            for failing in (
                lambda: pool.apply(square, (5,)), lambda: pool.apply(square, (1, 2, 3)),
                lambda: list(pool.imap(square, (1 // 0 for _ in range(2)))), lambda: pool.map(square, 3),
                lambda: pool.apply(lambda: 1), lambda: pool.apply_async(square, (1,)).get("x"),
            ):
                try:
                    failing()
                except Exception as error:
                    print(type(error), error, type(error.__cause__))
            pool.close()
            pool.join()
        with ThreadPool(1) as threads:
            print(threads.map(square, [1, 2]))
    """


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_a_job_is_followed_from_submit_through_run_to_result(recorded: Recorded, rows: Rows, method: str) -> None:
    run = recorded(EVERY_FORM, method)
    assert run.ran == run.bare
    ours = next(row.key for row in rows(run.reel, "mp.pool.create"))
    submits, runs, results = (
        [row for row in rows(run.reel, f"mp.pool.{verb}") if row.key == ours] for verb in ("submit", "run", "result")
    )
    assert [row.payload for row in submits][:6] == [
        "MapResult", "ApplyResult", "MapResult", "IMapIterator", "IMapUnorderedIterator", "ApplyResult",
    ]  # fmt: skip
    jobs = [row.a for row in submits]
    assert len(set(jobs)) == len(jobs)
    first = sorted((row.b, row.payload) for row in runs if row.a == jobs[0])
    module = "__main__" if method == "fork" else "__mp_main__"
    assert [(task, name.removeprefix(module)) for task, name in first] == [(0, ".square"), (1, ".square")]
    assert sorted((row.a, row.b) for row in runs if row.a in jobs[:6]) == sorted(
        (row.a, row.b) for row in results if row.a in jobs[:6]
    )
    (raised,) = [row for row in runs if row.a == jobs[6]]
    assert (raised.state, raised.payload["text"]) == ("raised", "five")
    assert {row.process for row in runs}.isdisjoint({row.process for row in submits})
    assert {row.line.rpartition(":")[0] for row in submits} == {run.program.name}


def test_a_workers_traceback_and_a_pools_looks_are_the_originals_own(recorded: Recorded) -> None:
    run = recorded(
        """
        import inspect, multiprocessing, multiprocessing.pool, pickle, traceback

        def fails(x):
            raise KeyError(x)

        with multiprocessing.Pool(1) as pool:
            try:
                pool.map(fails, [1])
            except KeyError:
                traceback.print_exc()
            print(inspect.signature(multiprocessing.pool.worker), repr(pool))
        print(pickle.dumps(multiprocessing.pool.worker))
        """
    )
    assert run.ran == run.bare


def test_a_worker_that_is_killed_leaves_its_run_pending(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import multiprocessing, os, signal

        def dies():
            os.kill(os.getpid(), signal.SIGKILL)

        with multiprocessing.Pool(1) as pool:
            try:
                pool.apply_async(dies).get(1)
            except multiprocessing.TimeoutError:
                print("late")
        """
    )
    assert run.ran == run.bare
    (lost,) = rows(run.reel, "mp.pool.run")
    assert (lost.state, lost.payload) == ("pending", "__main__.dies")
