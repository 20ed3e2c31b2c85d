"""Runs as pictures: a line a lane, columns are time."""

from __future__ import annotations

import re

import numpy as np

from ipcreel.analysis.events import Events

CODES = {
    "sysv.semaphore.acquire": 1, "sysv.semaphore.release": 2, "sysv.queue.send": 3, "sysv.queue.receive": 4,
    "clock.sleep": 5, "waiting.epoll.wait": 6, "mp.barrier.wait": 7, "mp.condition.wait_for": 8,
    "mp.lock.acquire": 9, "mp.lock.release": 10,
}  # fmt: skip
SHORT = {
    "take": 1, "give": 2, "send": 3, "receive": 4, "sleep": 5, "poll": 6, "meet": 7, "wait": 8, "lock": 9, "free": 10,
}  # fmt: skip
BLOCKING = frozenset((1, 3, 4, 5, 6, 7, 8, 9))


def picture(*lanes: str, a: int = 1, objects: int = 1) -> Events:
    """Events from lines such as `send--  receive----`: a word begins where it stands and lasts as long as its dashes.

    A column is 10 ns, the first stands at 1,000 ns. Every lane is a process of its own; `a` is that of all events, and
    all are on object 1.
    """
    rows = []
    for lane, line in enumerate(lanes):
        for word in re.finditer(r"([a-z]+)-*", line):
            rows.append((1000 + 10 * word.start(), 1000 + 10 * word.end(), lane, SHORT[word[1]]))
    rows.sort()
    begin, end, lane_of, op = (np.array(column, np.int64) for column in zip(*rows, strict=True))
    count = len(rows)
    ones, no = np.ones(count, np.int64), np.zeros(count, np.bool_)
    table = [{"pid": 100 + lane, "parent": -1, "begin_ns": 1000} for lane in range(len(lanes))]
    names = [["", False, None, ""], *(["sysv.semaphore", True, n, f"thing {n}"] for n in range(1, objects + 1))]
    return Events(
        begin, end, no, no, lane_of, lane_of, op, ones, ones * 0, ones * a, ones, CODES,
        lambda rows: np.zeros(len(rows), np.int64), lambda row: None, table, names, BLOCKING,
    )  # fmt: skip
