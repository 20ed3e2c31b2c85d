"""A pool does not say that a worker ended in a task: who waits for the task is told of it."""

from __future__ import annotations

from tests.trace.findings.conftest import codes, lines

TASK = """
    import multiprocessing, os, signal
    from multiprocessing import connection

    def work(number):
        if number == {on}:
            os.kill(os.getpid(), signal.SIGKILL)
        return number

    if __name__ == "__main__":
        with multiprocessing.Pool(2) as pool:
            workers = list(pool._pool)
            answers = pool.map_async(work, range(4), chunksize=1)
            if {on} >= 0:
                connection.wait([worker.sentinel for worker in workers])
            try:
                print(answers.get(timeout={limit}))
            except multiprocessing.TimeoutError:
                print("too late")
"""


def test_a_task_whose_worker_was_killed_is_told_to_who_waited_for_it(recorded):
    reel = recorded(TASK.format(on=2, limit=0.2)).reel
    assert codes(reel) == ["failed-while-awaited"]
    assert lines(reel, "failed-while-awaited") == ["print(answers.get(timeout=0.2))"]
    assert reel.findings[0].what.endswith("was killed by signal 9 while it ran the task work.")


def test_a_pool_whose_tasks_all_end_has_no_finding(recorded):
    run = recorded(TASK.format(on=-1, limit=60))
    assert run.stdout == "[0, 1, 2, 3]\n"
    assert codes(run.reel) == []
