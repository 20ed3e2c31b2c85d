"""What of a run was open to scheduling: reads that another write could have met, queues that several fed or emptied."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.clocks import Clocks
from ipcreel.analysis.events import Events
from ipcreel.analysis.flows import Flows
from ipcreel.analysis.flows.match import KINDS
from ipcreel.analysis.inside import inside
from ipcreel.analysis.keys import each_once, number_keys, sort_in_keys
from ipcreel.analysis.order import Order, make_order

Rows = NDArray[np.int64]

_WRITES = ("mp.value.set", "mp.value.set_unlocked", "mp.array.set", "mp.array.set_unlocked", "sysv.memory.write")
_READS = ("mp.value.get", "mp.value.get_unlocked", "mp.array.get", "mp.array.get_unlocked", "sysv.memory.read")
_WAITS = ("process.wait", "process.wait_pid")
_LOOKS = (
    "mp.process.start", "mp.process.is_alive", "mp.process.exitcode", "mp.process.active_children", "subprocess.poll",
    "subprocess.start",
)  # fmt: skip
_LOCKS = ("mp.lock.acquire", "threads.lock.acquire", "posix.semaphore.acquire", "posix.semaphore.enter")


def open_rows(events: Events, flows: Flows) -> NDArray[np.bool_]:
    """(n,) whether what an event carried could have been another with the same program: its payload says nothing.

    What is certain is the order that neither locks nor shared values nor contended queues made: those orders come out
    otherwise in the next run.
    """
    message = flows.kind == KINDS.index("message")
    channel = _channels(events, flows)
    contended = message & _contended(events, flows, channel)
    locks = np.isin(flows.effect, events.rows(*_LOCKS, done=False))
    certain = (flows.kind != KINDS.index("value")) & ~locks & ~contended & ~np.isin(flows.effect, _polls(events))
    order = make_order(events.lane, events.begin_ns, events.end_ns, flows.cause[certain], flows.effect[certain])
    clocks = Clocks(order)
    found = np.zeros(len(events.lane), np.bool_)
    reads, writes = events.rows(*_READS), events.rows(*_WRITES)
    found[reads] = _races(events, order, clocks, reads, writes) | _open_writes(events, clocks, reads, writes)
    unordered = np.zeros(int(channel.max(initial=-1)) + 1, np.bool_)
    for side in (flows.cause[contended], flows.effect[contended]):
        unordered |= _unordered_channels(events, clocks, channel[contended], side, len(unordered))
    here = contended & unordered[channel]
    found[flows.cause[here]] = found[flows.effect[here]] = True
    return found


def _polls(events: Events) -> Rows:
    """Waits for a process inside operations that look whether it has ended already: it may not have, the next time."""
    waits = events.rows(*_WAITS)
    looks = events.rows(*_LOOKS, done=False)
    return waits[inside(events, waits, looks)]


def _unordered_channels(events: Events, clocks: Clocks, channel: Rows, rows: Rows, count: int) -> NDArray[np.bool_]:
    """(channels,) in which some user and the next are not certain to come in this order."""
    order = sort_in_keys(channel, rows)
    channel, rows = channel[order], rows[order]
    one, other = rows[:-1], rows[1:]
    open_ = (channel[1:] == channel[:-1]) & (one != other) & ~_ordered(events, clocks, one, other)
    found = np.zeros(count, np.bool_)
    found[channel[1:][open_]] = True
    return found


def _ordered(events: Events, clocks: Clocks, one: Rows, other: Rows) -> NDArray[np.bool_]:
    """(n,) whether one of two events was over before the other began, in every schedule."""
    same = events.lane[one] == events.lane[other]
    return np.asarray(same | clocks.before(one, other) | clocks.before(other, one), np.bool_)


def _races(events: Events, order: Order, clocks: Clocks, reads: Rows, writes: Rows) -> NDArray[np.bool_]:
    """(reads,) whether some write of the same object is certain to come neither before nor after.

    In each lane the writes that come before a read are the first ones, those that come after it the last: where there
    are more than these, one is open.
    """
    found = np.zeros(len(reads), np.bool_)
    reader = number_keys((events.object[reads], events.lane[reads]))[0]
    by_reader = sort_in_keys(reader, reads)
    writes = writes[sort_in_keys(events.lane[writes], writes)]
    writes = writes[sort_in_keys(events.object[writes], np.arange(len(writes)))]
    first = np.searchsorted(events.object[writes], np.arange(len(events.objects) + 1))
    for places in np.split(by_reader, np.flatnonzero(np.diff(reader[by_reader])) + 1):
        if len(places):
            object_ = int(events.object[reads[places[0]]])
            found[places] = _races_with(
                events, order, clocks, reads[places], writes[first[object_] : first[object_ + 1]]
            )
    return found


_AT_ONCE = 1 << 20


def _races_with(events: Events, order: Order, clocks: Clocks, reads: Rows, writes: Rows) -> NDArray[np.bool_]:
    """The same for the reads of one lane, and the writes of their object, lane by lane."""
    lane = int(events.lane[reads[0]])
    writes = writes[events.lane[writes] != lane]
    found = np.zeros(len(reads), np.bool_)
    if not len(writes):
        return found
    lanes, starts, counts = np.unique(events.lane[writes], return_index=True, return_counts=True)
    scale = len(order.moment) + 2
    number = np.repeat(np.arange(len(lanes)), counts) * scale
    ended = number + order.place[writes * 2 + 1]
    saw = number + clocks.seen(writes, np.full(len(writes), lane))
    step = max(_AT_ONCE // len(lanes), 1)
    for low in range(0, len(reads), step):
        some = np.repeat(reads[low : low + step], len(lanes))
        whose = np.tile(np.arange(len(lanes)), len(some) // len(lanes))
        before = np.searchsorted(ended, whose * scale + clocks.seen(some, lanes[whose]), "left") - starts[whose]
        after = np.searchsorted(saw, whose * scale + order.place[some * 2 + 1], "right") - starts[whose]
        open_ = before < after
        found[low : low + step] = open_.reshape(-1, len(lanes)).any(axis=1)
    return found


def _open_writes(events: Events, clocks: Clocks, reads: Rows, writes: Rows) -> NDArray[np.bool_]:
    """(reads,) whether the last write to some place of the object could have come earlier than another one."""
    found = np.zeros(len(reads), np.bool_)
    place = number_keys((events.object[writes], events.a[writes]))[0]
    by_place = sort_in_keys(place, writes)
    ordered, group = writes[by_place], place[by_place]
    loose = (group[1:] == group[:-1]) & ~_ordered(events, clocks, ordered[:-1], ordered[1:])
    for number in each_once(group[1:][loose]).tolist():
        here = ordered[np.searchsorted(group, number) : np.searchsorted(group, number, "right")]
        raced = _raced(events, clocks, here)
        asked = np.flatnonzero(events.object[reads] == events.object[here[0]])
        last = np.searchsorted(here, reads[asked]) - 1
        found[asked] |= (last >= 0) & raced[last]
    return found


def _raced(events: Events, clocks: Clocks, writes: Rows) -> NDArray[np.bool_]:
    """(n,) whether an earlier write, which no other is certain to follow, could have come later than each."""
    over = clocks.each_before(writes)
    lanes = events.lane[writes].tolist()
    newest: list[int] = []
    found = np.zeros(len(writes), np.bool_)
    for number, lane in enumerate(lanes):
        newest = [one for one in newest if lanes[one] != lane and not over(one, number)]
        found[number] = bool(newest)
        newest.append(number)
    return found


def _channels(events: Events, flows: Flows) -> Rows:
    """(m,) a number for the queue that each flow went through: who asks for any type takes them in the order of all."""
    return number_keys((events.object[flows.cause], events.op[flows.cause]))[0]


def _contended(events: Events, flows: Flows, channel: Rows) -> NDArray[np.bool_]:
    """(m,) whether several lanes sent, or several received, on the channel of a flow."""
    count = int(channel.max(initial=-1)) + 1
    several = np.zeros(count, np.bool_)
    for side in (flows.cause, flows.effect):
        lanes = int(events.lane.max(initial=0)) + 1
        several |= np.bincount(each_once(channel * lanes + events.lane[side]) // lanes, minlength=count) > 1
    return several[channel]
