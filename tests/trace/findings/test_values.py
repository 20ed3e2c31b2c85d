"""Shared values: what races, what loses updates, and what only looks like it."""

from __future__ import annotations

import re

import pytest

from ipcreel.reel import Reel
from tests.trace.conftest import Record
from tests.trace.findings.conftest import codes, lines

# Two processes do the same at the same time: nothing but their own locks orders them.
TWO = """
    import multiprocessing, sysv_ipc

    def work(number, begin):
        begin.wait()
        for _ in range(50):
            {line}

    if __name__ == "__main__":
        context = multiprocessing.get_context("fork")
        value, items, begin = context.Value("i", 0), context.Array("i", 2), context.Barrier(2)
        bare = context.Array("i", 4, lock=False)
        block = sysv_ipc.SharedMemory(None, sysv_ipc.IPC_CREX, size=16)
        both = context.Lock()
        workers = [context.Process(target=work, args=(number, begin)) for number in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        block.remove()
"""

UPDATES = ["value.value += 1", "items[1] += number"]
RACES = ["bare[1] = bare[1] + 1", "bare[number:number + 2] = [1, 2]", "block.write(b'12', number)"]
APART = [
    "items[number] += 1",
    "bare[number] += 1",
    "bare[number::2] = [1, 2]",
    "block.write(b'12345678', 8 * number)",
    "block.read(8, 8 * number)",
    "value.value",
    "value.value = number",
]
LOCKED = ["with value.get_lock(): value.value += 1", "with both: items[1] += 1", "with both: bare[0] += 1"]


def two(recorded: Record, statements: list[str]) -> Reel:
    return recorded(TWO.format(line="\n            ".join(statements))).reel


def test_what_is_read_and_written_again_with_no_lock_over_both_is_a_lost_update(recorded: Record) -> None:
    reel = two(recorded, UPDATES)
    assert codes(reel) == ["lost-update"] * 2
    assert sorted(lines(reel, "lost-update")) == sorted(UPDATES)


def test_accesses_to_the_same_items_or_bytes_race(recorded: Record) -> None:
    reel = two(recorded, RACES)
    assert set(codes(reel)) == {"data-race"}
    assert set(lines(reel, "data-race")) == set(RACES)


@pytest.mark.parametrize("statements", [APART, LOCKED])
def test_accesses_to_other_places_or_under_a_lock_do_not(recorded: Record, statements: list[str]) -> None:
    assert codes(two(recorded, statements)) == []


def test_processes_of_one_name_are_told_apart_by_their_pids(recorded: Record) -> None:
    run = recorded("""
        import multiprocessing

        def work(value):
            value.value = 1

        if __name__ == "__main__":
            value = multiprocessing.Value("i", 0, lock=False)
            workers = [multiprocessing.Process(target=work, args=(value,), name="worker") for _ in range(2)]
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()
    """)
    (finding,) = [one for one in run.reel.findings if one.code == "data-race"]
    pids = {process["pid"] for process in run.reel.processes if process["facts"].get("name") == "worker"}
    assert {int(pid) for pid in re.findall(r"worker \(pid (\d+)\)", finding.what)} == pids
    assert len(pids) == 2
