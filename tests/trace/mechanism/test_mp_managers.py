"""Managers of multiprocessing: the calls that proxies make, with method and result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Recorded = Callable[..., Any]
Rows = Callable[..., list[Any]]


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_a_call_is_recorded_with_its_method_and_result(recorded: Recorded, rows: Rows, method: str) -> None:
    run = recorded(
        """
        import multiprocessing, sys

        def child(shared):
            shared["b"] = 2

        if __name__ == "__main__":
            context = multiprocessing.get_context(sys.argv[1])
            with context.Manager() as manager:
                shared, items = manager.dict(), manager.list([1])
                shared["a"] = 1
                items.append(2)
                process = context.Process(target=child, args=(shared,))
                process.start()
                process.join()
                print(shared["a"], len(shared), list(items), str(items))
                try:
                    shared["c"]
                except KeyError as error:
                    print(repr(error))
                with manager.Lock():
                    pass
        """,
        method,
    )
    assert run.ran == run.bare
    calls = rows(run.reel, "mp.manager.call")
    told = [(row.name.partition(" ")[0], row.payload) for row in calls if row.state == "returned"]
    assert [call for call in told if call[0] == "dict"] == [
        ("dict", {"method": "__setitem__"}), ("dict", {"method": "__setitem__"}),
        ("dict", {"method": "__getitem__", "result": 1}), ("dict", {"method": "__len__", "result": 2}),
    ]  # fmt: skip
    assert ("list", {"method": "__repr__", "result": "[1, 2]"}) in told
    assert ("Lock", {"method": "acquire", "result": True}) in told
    assert [row.payload["text"] for row in calls if row.payload.get("raised") == "builtins.KeyError"] == ["'c'"]
    taken = rows(run.reel, "threads.lock.acquire")  # in the manager, whose lock it is
    assert [(row.line.partition(":")[0], row.process != calls[0].process) for row in taken] == [("managers.py", True)]
    dicts = [row for row in calls if row.kind == "mp.managed" and row.name.startswith("dict")]
    assert {row.name for row in dicts} == {f"dict {run.program.name}:10"}
    assert len({row.key for row in dicts}) == 1
    assert len({row.process for row in dicts}) == 2
    assert {row.line.partition(":")[0] for row in calls} == {run.program.name}
    assert "SyncManager-1" in {process["facts"].get("name") for process in run.reel.processes}
