"""Processes of multiprocessing: started, ended and waited for, under the names that the program gives them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Recorded = Callable[..., Any]
Rows = Callable[..., list[Any]]

METHODS = ("fork", "spawn", "forkserver")

EVERY_END = """
    import multiprocessing, os, sys

    def returns():
        pass

    def raises():
        raise KeyError("lost")

    def exits():
        sys.exit(3)

    def leaves():
        os._exit(4)

    def waits(ready, event):
        ready.release()
        event.wait()

    if __name__ == "__main__":
        context = multiprocessing.get_context(sys.argv[1])
        ready, event = context.Semaphore(0), context.Event()
        ends = [context.Process(target=end, name=f"home-{n}") for n, end in enumerate((returns, raises, exits, leaves))]
        ends += [context.Process(target=waits, args=(ready, event), name=f"home-{n}", daemon=True) for n in (4, 5)]
        for process in ends:
            process.start()
        ready.acquire()
        ready.acquire()
        for process in ends[:4]:
            process.join(30)
            print(process.name, process.exitcode)
        print(ends[4].is_alive(), len(multiprocessing.active_children()))
        ends[4].terminate()
        ends[5].kill()
        ends[4].join()
        ends[5].join()
        print(ends[4].exitcode, ends[5].exitcode)
        ends[5].close()
        try:
            ends[5].exitcode
        except ValueError as error:
            print(error)
    """


def _names(reel: Any) -> set[str]:
    return {process["facts"].get("name") for process in reel.processes}


@pytest.mark.parametrize("method", METHODS)
def test_a_process_has_the_name_that_the_program_gave_it(recorded_once: Recorded, method: str) -> None:
    run = recorded_once(EVERY_END, method)
    assert (run.stdout, run.exit) == (run.bare.stdout, run.bare.exit)
    assert {f"home-{n}" for n in range(6)} <= _names(run.reel)
    assert ("forkserver" in _names(run.reel)) == (method == "forkserver")


@pytest.mark.parametrize("method", METHODS)
def test_every_end_of_a_process_is_seen_by_itself_and_by_its_parent(
    recorded_once: Recorded, rows: Rows, method: str
) -> None:
    reel = recorded_once(EVERY_END, method).reel
    runs = {row.name: row for row in rows(reel, "mp.process.run")}
    assert [runs[f"home-{n}"].state for n in range(6)] == ["returned"] * 3 + ["pending"] * 3
    assert [runs[f"home-{n}"].b for n in range(3)] == [0, 1, 3]
    assert runs["home-1"].payload == {"raised": "builtins.KeyError", "text": "'lost'"}
    assert runs["home-2"].payload == {"raised": "builtins.SystemExit", "text": "3"}
    joins = {row.name: row for row in rows(reel, "mp.process.join")}
    assert [joins[f"home-{n}"].b for n in range(6)] == [0, 1, 3, 4, -15, -9]
    assert {joins[name].key for name in joins} == {run.key for run in runs.values()}
    started = {row.name: row.a for row in rows(reel, "mp.process.start")}
    assert started == {name: row.key[0] for name, row in runs.items()}


@pytest.mark.parametrize("method", METHODS)
def test_signals_of_terminate_and_kill_go_to_the_child(recorded_once: Recorded, rows: Rows, method: str) -> None:
    reel = recorded_once(EVERY_END, method).reel
    (terminate,), (kill,) = rows(reel, "mp.process.terminate"), rows(reel, "mp.process.kill")
    assert (terminate.name, kill.name) == ("home-4", "home-5")
    assert (terminate.a, kill.a) == (terminate.key[0], kill.key[0])


def test_children_of_a_fork_server_are_its_children(recorded_once: Recorded) -> None:
    reel = recorded_once(EVERY_END, "forkserver").reel
    server = next(n for n, process in enumerate(reel.processes) if process["facts"].get("name") == "forkserver")
    homes = [process for process in reel.processes if str(process["facts"].get("name")).startswith("home-")]
    assert {process["parent"] for process in homes} == {server}


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_the_resource_tracker_is_named_and_left_alone(recorded_once: Recorded, method: str) -> None:
    reel = recorded_once(EVERY_END, method).reel
    (row,) = [n for n, process in enumerate(reel.processes) if process["facts"].get("name") == "resource_tracker"]
    assert not (reel.process == row).any()


def test_a_process_that_renames_itself_has_the_last_name(recorded: Recorded) -> None:
    run = recorded(
        """
        import multiprocessing

        def child():
            multiprocessing.current_process().name = "second"

        process = multiprocessing.Process(target=child, name="first")
        process.start()
        process.join()
        multiprocessing.current_process().name = "boss"
        print(process.name, multiprocessing.current_process().name)
        """
    )
    assert run.ran == run.bare
    assert _names(run.reel) == {"second", "boss"}


def test_a_child_sees_its_parent(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import multiprocessing, os

        def child():
            parent = multiprocessing.parent_process()
            print(parent.is_alive(), parent.pid == os.getppid(), parent.name)
            parent.join(0.01)

        process = multiprocessing.Process(target=child)
        process.start()
        process.join()
        """
    )
    assert run.ran == run.bare
    (alive,) = rows(run.reel, "mp.process.is_alive")
    (joined,) = [row for row in rows(run.reel, "mp.process.join") if row.name == "MainProcess"]
    assert alive.b == 1
    assert (joined.a, joined.key) == (10_000_000, alive.key)


def test_processes_may_be_subclassed_and_started_in_each_others_constructors(recorded: Recorded) -> None:
    run = recorded(
        """
        import multiprocessing

        class Inner(multiprocessing.Process):
            def run(self):
                print("inner", self.name, flush=True)

        class Outer(multiprocessing.Process):
            def __init__(self):
                super().__init__(name="outer")
                self.inner = Inner(name="inner")
                self.inner.start()
                self.inner.join()

            def run(self):
                raise RuntimeError("outer")

        outer = Outer()
        outer.start()
        outer.join()
        print(outer.exitcode, repr(outer).partition("pid")[0])
        """
    )
    assert run.ran == run.bare
    assert {"inner", "outer"} <= _names(run.reel)
