"""Values, arrays and structures that processes share: each reading and each writing, with the value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Recorded = Callable[..., Any]
Rows = Callable[..., list[Any]]

METHODS = ("fork", "spawn", "forkserver")

ALL_KINDS = """
    import ctypes, multiprocessing, sys

    class Point(ctypes.Structure):
        _fields_ = [("x", ctypes.c_double), ("n", ctypes.c_int)]

    def child(value, array, raw, raws, text, point, raw_point):
        value.value += 1
        array[2] = 7
        array[0:2] = [5, 6]
        raw.value += 1
        raws[1] = 2.5
        with value.get_lock():
            value.get_obj().value = 9
        text.value = b"hello"
        text[0] = b"H"
        point.x = 1.5
        raw_point.n = 4
        print(array.get_obj()[:], array[:], array[::-2], len(array))

    if __name__ == "__main__":
        context = multiprocessing.get_context(sys.argv[1])
        value, array, text = context.Value("i", 3), context.Array("q", 4), context.Array("c", 10)
        raw, raws = context.Value("d", 0.5, lock=False), context.Array("d", [1.0, 2.0], lock=False)
        point, raw_point = context.Value(Point, 1.0, 2), context.Value(Point, lock=False)
        process = context.Process(target=child, args=(value, array, raw, raws, text, point, raw_point))
        process.start()
        process.join()
        print(value.value, raw.value, raws[:], text.value, text.raw, point.x, point.n, raw_point.n)
        print(value, raw, isinstance(raw, ctypes.c_double), ctypes.pointer(raw).contents)
    """


def _seen(found: list[Any], process: int) -> list[tuple[Any, ...]]:
    return [
        (row.operation.removeprefix("mp."), row.a, row.b, row.payload)
        for row in found
        if row.process == process and ".create" not in row.operation
    ]


@pytest.mark.parametrize("method", METHODS)
def test_every_reading_and_writing_is_seen_with_its_value(recorded_once: Recorded, rows: Rows, method: str) -> None:
    run = recorded_once(ALL_KINDS, method)
    assert run.ran == run.bare
    found = [row for row in rows(run.reel, "mp.") if row.kind in ("mp.value", "mp.array", "mp.structure")]
    child = next(row.process for row in found if row.operation == "mp.value.set")
    assert _seen(found, child) == [
        ("value.get", 0, 0, 3), ("value.set", 0, 0, 4),
        ("array.set", 2, 0, 7), ("array.set", 0, 1, [5, 6]),
        ("value.get_unlocked", 0, 0, 0.5), ("value.set_unlocked", 0, 0, 1.5),
        ("array.set_unlocked", 1, 0, 2.5), ("value.set_unlocked", 0, 0, 9),
        ("array.set", 0, 1, b"hello"), ("array.set", 0, 0, b"H"),
        ("structure.set", 0, 0, 1.5), ("structure.set_unlocked", 1, 0, 4),
        ("array.get_unlocked", 0, 1, [5, 6, 7, 0]), ("array.get", 0, 1, [5, 6, 7, 0]), ("array.get", 3, -2, [0, 6]),
    ]  # fmt: skip


@pytest.mark.parametrize("method", METHODS)
def test_a_shared_value_is_one_object_in_all_processes(recorded_once: Recorded, rows: Rows, method: str) -> None:
    run = recorded_once(ALL_KINDS, method)
    found = [row for row in rows(run.reel, "mp.") if row.kind in ("mp.value", "mp.array", "mp.structure")]
    made = {row.key for row in found if ".create" in row.operation}
    assert len(made) == 7
    assert {row.key for row in found} == made
    parent, child = ({row.key for row in found if row.process == process} for process in {row.process for row in found})
    assert parent == made
    assert child == made
    assert all(row.name.partition(" ")[2].startswith(run.program.name) for row in found)


@pytest.mark.parametrize("method", METHODS)
def test_what_is_made_is_kept_with_its_size_and_its_first_content(
    recorded_once: Recorded, rows: Rows, method: str
) -> None:
    found = [row for row in rows(recorded_once(ALL_KINDS, method).reel, "mp.") if ".create" in row.operation]
    values = [(row.a, row.b, row.payload) for row in found if row.kind == "mp.value"]
    assert values == [(4, 1, 3), (8, 0, 0.5)]
    arrays = [(row.a, row.b, row.payload) for row in found if row.kind == "mp.array"]
    assert arrays == [(32, 1, [0, 0, 0, 0]), (10, 1, bytes(10)), (16, 0, [1.0, 2.0])]


def test_a_lock_around_several_accesses_is_seen_around_them(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import multiprocessing
        value = multiprocessing.Value("i", 0)
        with value.get_lock():
            value.value += 1
        with value:
            value.value += 1
        print(value.value)
        """
    )
    assert run.ran == run.bare
    wanted = ("mp.lock.acquire", "mp.lock.release", "mp.value.get", "mp.value.set")
    found = [row.operation for row in rows(run.reel, "mp.") if row.operation in wanted]
    once = ["mp.lock.acquire", "mp.value.get", "mp.value.set", "mp.lock.release"]
    assert found == [*once, *once, "mp.value.get"]


def test_a_value_that_is_waited_for_is_pending(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import multiprocessing, pathlib

        def child(value, ready):
            ready.set()
            value.value = 1

        value, ready = multiprocessing.Value("i", 0), multiprocessing.Event()
        with value.get_lock():
            process = multiprocessing.Process(target=child, args=(value, ready))
            process.start()
            ready.wait()
            while ") S " not in pathlib.Path(f"/proc/{process.pid}/stat").read_text():
                pass
            process.kill()
            process.join()
        """
    )
    pending = [row for row in rows(run.reel, "mp.value.") if row.state == "pending"]
    assert [(row.operation, row.payload) for row in pending] == [("mp.value.set", 1)]


def test_errors_and_looks_are_the_originals_own(recorded: Recorded) -> None:
    run = recorded(
        """
        import ctypes, multiprocessing, pickle, traceback
        from multiprocessing.sharedctypes import RawArray, RawValue, copy

        class Point(ctypes.Structure):
            _fields_ = [("x", ctypes.c_double)]

        value, array = multiprocessing.Value("i", 1), multiprocessing.Array("d", 3)
        raw, raws, points = RawValue("h", 2), RawArray("c", b"abc"), multiprocessing.Array(Point, [(1.0,)])

        def put(thing, index, what):
            thing[index] = what

        for call in (
            lambda: setattr(value, "value", "x"), lambda: array[9], lambda: put(array, 0, "x"), lambda: array["x"],
            lambda: put(array, slice(0, 2), [1]), lambda: setattr(raw, "value", "x"), lambda: raws[9],
            lambda: put(raws, 0, 1), lambda: pickle.dumps(raw), lambda: multiprocessing.Value("?"),
        ):
            try:
                call()
            except Exception:
                traceback.print_exc()
        put(array, slice(0, 2), (1, 2.5))
        put(array, 2, True)
        put(points, 0, (2.0,))
        print(raw, repr(raws)[:40], raws.value, raws.raw, copy(raw), copy(raws).value, points[0].x)
        print(list(raws), array[:])
        print(ctypes.sizeof(raw), bytes(memoryview(raws)), ctypes.byref(raw) is not None, type(raw).__name__)
        swap = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short))(lambda given: given[0] + 1)
        print(swap(ctypes.pointer(raw)), swap(ctypes.byref(raw)), bool(raw), raws[::-1])
        """
    )
    assert run.ran == run.bare
    assert "ipcreel" not in run.stderr
