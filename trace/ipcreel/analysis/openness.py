"""What of a run was open to scheduling: reads that another write could have met, queues that several fed or emptied."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.events import Events
from ipcreel.analysis.flows import Flows
from ipcreel.analysis.flows.match import KINDS

Rows = NDArray[np.int64]
# Event → what its begin had seen of each lane, and the numbers of its own begin and end in its lane.
Clocks = dict[int, tuple[Rows, int, int]]

_WRITES = ("mp.value.set", "mp.value.set_unlocked", "mp.array.set", "mp.array.set_unlocked", "sysv.memory.write")
_READS = ("mp.value.get", "mp.value.get_unlocked", "mp.array.get", "mp.array.get_unlocked", "sysv.memory.read")
_LOCKS = ("mp.lock.acquire", "threads.lock.acquire", "posix.semaphore.acquire", "posix.semaphore.enter")


def open_rows(events: Events, flows: Flows) -> NDArray[np.bool_]:
    """(n,) whether what an event carried could have been another with the same program: its payload says nothing.

    What is certain is the order that neither locks nor shared values nor contended queues made: those orders come out
    otherwise in the next run.
    """
    message = flows.kind == KINDS.index("message")
    channel = _channels(events, flows)
    contended = _contended(events, flows, channel)
    locks = np.isin(flows.effect, events.rows(*_LOCKS, done=False))
    certain = (flows.kind != KINDS.index("value")) & ~locks & ~(message & contended)
    reads, writes = events.rows(*_READS), events.rows(*_WRITES)
    carried = np.unique(np.concatenate((flows.cause[message & contended], flows.effect[message & contended])))
    seen = _clocks(events, flows.cause[certain], flows.effect[certain], np.concatenate((reads, writes, carried)))
    found = np.zeros(len(events.lane), np.bool_)
    found[reads] = _open_reads(events, seen, reads, writes)
    for number in np.unique(channel[message & contended]).tolist():
        here = message & contended & (channel == number)
        for side in (np.unique(flows.cause[here]).tolist(), np.unique(flows.effect[here]).tolist()):
            if any(not _ordered(events, seen, one, other) for one, other in pairwise(side)):
                found[flows.cause[here]] = found[flows.effect[here]] = True
    return found


def _open_reads(events: Events, seen: Clocks, reads: Rows, writes: Rows) -> list[bool]:
    """Of each read whether another write could have been the last before it."""
    by_object: dict[int, list[tuple[int, int, bool]]] = {}
    newest: dict[tuple[int, int], list[int]] = {}
    for write in writes.tolist():
        place = (int(events.object[write]), int(events.a[write]))
        # The writes that no other is certain to follow: of several, any may have come last.
        rivals = [one for one in newest.get(place, []) if not _ordered(events, seen, one, write)]
        newest[place] = [*rivals, write]
        by_object.setdefault(place[0], []).append((write, place[1], bool(rivals)))
    found = []
    for read in reads.tolist():
        history = by_object.get(int(events.object[read]), [])
        races = any(not _ordered(events, seen, read, write) for write, _, _ in history)
        last = {place: raced for write, place, raced in history if write < read}
        found.append(races or any(last.values()))
    return found


def _channels(events: Events, flows: Flows) -> Rows:
    """(m,) a number for the queue that each flow went through: who asks for any type takes them in the order of all."""
    pairs = np.stack((events.object[flows.cause], events.op[flows.cause]), axis=1)
    return np.asarray(np.unique(pairs, axis=0, return_inverse=True)[1], np.int64).reshape(-1)


def _contended(events: Events, flows: Flows, channel: Rows) -> NDArray[np.bool_]:
    """(m,) whether several lanes sent, or several received, on the channel of a flow."""
    count = int(channel.max(initial=-1)) + 1
    several = np.zeros(count, np.bool_)
    for side in (flows.cause, flows.effect):
        users = np.unique(np.stack((channel, events.lane[side]), axis=1), axis=0)
        several |= np.bincount(users[:, 0], minlength=count) > 1
    return several[channel]


def _clocks(events: Events, cause: Rows, effect: Rows, wanted: Rows) -> Clocks:
    """The clocks of the wanted events, by the order that `cause` and `effect` make."""
    lanes = int(events.lane.max(initial=-1)) + 1
    now = np.zeros((lanes, lanes), np.int64)
    sources: dict[int, list[int]] = {}
    for one, other in zip(cause.tolist(), effect.tolist(), strict=True):
        sources.setdefault(other, []).append(one)
    causes, kept = set(cause.tolist()), set(wanted.tolist())
    told: dict[int, Rows] = {}
    found: Clocks = {}
    count = len(events.lane)
    at = np.concatenate((events.begin_ns, events.end_ns))
    for moment in np.lexsort((np.arange(2 * count), at)).tolist():
        row, is_end = moment % count, moment >= count
        lane = int(events.lane[row])
        if is_end:
            for source in sources.get(row, ()):
                if source in told:
                    np.maximum(now[lane], told[source], out=now[lane])
        now[lane, lane] += 1
        if row in causes and not is_end:
            told[row] = now[lane].copy()
        if row in kept:
            clock, begin, _ = found[row] if is_end else (now[lane].copy(), int(now[lane, lane]), 0)
            found[row] = (clock, begin, int(now[lane, lane]))
    return found


def _ordered(events: Events, seen: Clocks, one: int, other: int) -> bool:
    """Whether one of two events was over before the other began, in every schedule."""
    lane, other_lane = int(events.lane[one]), int(events.lane[other])
    if lane == other_lane:
        return True
    return bool(seen[one][0][other_lane] >= seen[other][2] or seen[other][0][lane] >= seen[one][2])
