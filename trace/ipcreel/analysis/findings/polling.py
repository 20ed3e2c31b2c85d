"""Loops that look at a queue or a value again and again while nothing there changes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.findings.finding import Finding, Run
from ipcreel.analysis.flows.streams import connected
from ipcreel.analysis.keys import each_once

Rows = NDArray[np.int64]

LOOKS = 100  # from so many on it is a loop that spins
SPIN_NS = 100_000_000  # and from so long on
_KEPT = 20_000  # looks of one lane that are held against each other
_TAKES = (
    "sysv.queue.receive", "posix.queue.receive", "mp.queue.get", "mp.simple_queue.get", "queues.queue.get",
    "queues.simple.get", "sysv.semaphore.acquire", "sysv.semaphore.p", "posix.semaphore.acquire",
)  # fmt: skip
_ANSWERS = (
    "mp.semaphore.acquire", "threads.semaphore.acquire", "mp.event.is_set", "threads.event.is_set", "mp.event.wait",
    "threads.event.wait", "connection.message.poll",
)  # fmt: skip
_READS = (
    "mp.value.get", "mp.value.get_unlocked", "mp.array.get", "mp.array.get_unlocked", "mp.structure.get",
    "mp.structure.get_unlocked", "sysv.memory.read", "mp.shareable_list.get", "sysv.queue.get_current_messages",
    "posix.queue.get_current_messages", "mp.queue.empty", "mp.queue.qsize", "mp.simple_queue.empty",
    "queues.queue.empty", "queues.queue.qsize", "queues.simple.empty", "queues.simple.qsize",
    "sysv.semaphore.get_value", "posix.semaphore.get_value", "mp.semaphore.value", "mp.semaphore.is_zero",
)  # fmt: skip
_NEUTRAL = ("clock.", "process.pid.read", "mp.lock.", "threads.lock.", "console.write", "console.descriptor.write")
_CHANGES = (
    ".send", ".put", ".feed", ".release", ".v", ".exit", ".set", ".set_unlocked", ".write", ".set_value",
)  # fmt: skip


@dataclass(frozen=True)
class Spin:
    """The end of a lane that does nothing but look.

    Attributes:
        objects: what it looks at.
        first, last: the first look since the last change, and the last one.
        count: how many looks.
        writes: rows of all that ever changed those objects.
    """

    objects: tuple[int, ...]
    first: int
    last: int
    count: int
    writes: Rows


def spins_at(run: Run, lanes: frozenset[int], at_ns: int) -> dict[int, Spin]:
    """Lanes that at a moment had done nothing for long but look, and saw nothing change since."""
    return {lane: spin for lane, spin in _tails(run, at_ns).items() if lane in lanes}


def find_spins_that_were_ended(run: Run) -> list[Finding]:
    """Loops of processes that were killed out of them, when all who had changed what they look at had long ended."""
    events, table = run.events, run.events.process_table
    if not any(process.get("died_by") for process in table):
        return []
    found = []
    for lane, spin in _tails(run, run.end_ns).items():
        process = table[int(events.process[spin.last])]
        writers = each_once(events.lane[spin.writes])
        ended = [run.dead_lanes.get(writer, 0) for writer in writers.tolist()]
        long_ago = ended and all(ended) and max(ended) + SPIN_NS <= events.end_ns[spin.last]
        if process.get("died_by") and long_ago and not (run.was_asked and lane in _alive(run, lane)):
            names = ", ".join(run.lane_names[writer] for writer in writers[:3].tolist())
            found.append(
                Finding(
                    "spinning",
                    int(events.begin_ns[spin.first]),
                    (spin.last, spin.first, int(spin.writes[-1])),
                    f"{run.lane_names[lane]} looked at {run.object_name(spin.last)} {spin.count} times since it last "
                    f"changed, until it was killed; {names}, who had changed it, had ended.",
                    "End the loop when whoever changes it has ended, or wait with a limit.",
                )
            )
    return found


def _alive(run: Run, lane: int) -> tuple[int, ...]:
    """The lane itself where the interruption of the run found it alive: then `endless` judges it."""
    ended = run.dead_lanes.get(lane, 0)
    return () if ended and ended < run.asked_to_end_ns else (lane,)


def _tails(run: Run, at_ns: int) -> dict[int, Spin]:
    """Of each lane the looks after all else that it did, as far as they saw the same."""
    events = run.events
    looks = _looks(run)
    if len(looks) < LOOKS:
        return {}
    begun = events.begin_ns <= at_ns
    neutral = [code for name, code in events.codes.items() if name.startswith(_NEUTRAL)]
    is_look = np.zeros(len(events.op), np.bool_)
    is_look[looks] = True
    other = np.flatnonzero(begun & ~is_look & ~np.isin(events.op, neutral) & ~_begun_looks(run, at_ns))
    last_other = np.full(len(run.lane_names), -1, np.int64)
    last_other[events.lane[other]] = other  # ascending: the last one stays
    tail = looks[begun[looks] & (looks > last_other[events.lane[looks]])]
    counts = np.bincount(events.lane[tail], minlength=len(run.lane_names))
    found = {}
    for lane in np.flatnonzero(counts >= LOOKS).tolist():
        spin = _spin(run, tail[events.lane[tail] == lane][-_KEPT:])
        if spin is not None:
            found[lane] = spin
    return found


def _begun_looks(run: Run, at_ns: int) -> NDArray[np.bool_]:
    """(n,) which events are looks in the midst of which the moment came, or the end of their process."""
    events = run.events
    begun = np.zeros(len(events.op), np.bool_)
    begun[events.rows(*_TAKES, *_ANSWERS, *_READS, done=False)] = True
    ended_ns = np.array([process.get("ended_ns") or at_ns for process in events.process_table], np.int64)
    until_ns = np.minimum(ended_ns[events.process], at_ns)
    return np.asarray(begun & events.pending & (until_ns - events.begin_ns < SPIN_NS), np.bool_)


def _looks(run: Run) -> Rows:
    """Attempts that got nothing, and reads."""
    events = run.events
    takes, answers = events.rows(*_TAKES, done=False), events.rows(*_ANSWERS)
    takes, answers = takes[events.raised[takes]], answers[events.b[answers] == 0]
    return np.sort(np.concatenate((takes, answers, events.rows(*_READS))))


def _spin(run: Run, tail: Rows) -> Spin | None:
    """What a tail is once the looks before the last change are left out; None where that is not a spin."""
    events = run.events
    objects = each_once(events.object[tail])
    changes = [code for name, code in events.codes.items() if name.endswith(_CHANGES)]
    other_ends = connected(events)[objects]
    changed = np.isin(events.object, np.concatenate((objects, other_ends[other_ends > 0])))
    writes = np.flatnonzero(changed & np.isin(events.op, changes) & ~events.raised)
    since = int(events.end_ns[writes].max(initial=0)) if len(writes) else 0
    tail = tail[events.begin_ns[tail] >= since]
    long_ago = len(tail) >= LOOKS and events.end_ns[tail[-1]] - events.begin_ns[tail[0]] >= SPIN_NS
    if not long_ago or not objects[0]:
        return None
    return Spin(tuple(objects.tolist()), int(tail[0]), int(tail[-1]), len(tail), writes)
