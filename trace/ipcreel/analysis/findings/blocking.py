"""A lane that waits for something else while it holds a lock for which others wait."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.events import Events
from ipcreel.analysis.findings.finding import Finding, Run
from ipcreel.analysis.flows.nearest import last_until
from ipcreel.analysis.flows.semaphores import KINDS
from ipcreel.analysis.keys import sort_in_keys
from ipcreel.analysis.state.intervals import Intervals
from ipcreel.analysis.state.semaphores import holdings
from ipcreel.analysis.waits import ends_of

Rows = NDArray[np.int64]

LOST_NS = 50_000_000  # what others must have lost in one wait: a busy machine delays everything by less
_CALLS = (
    "clock.sleep", "sysv.queue.receive", "posix.queue.receive", "mp.queue.get", "mp.simple_queue.get",
    "queues.queue.get", "queues.simple.get", "connection.message.recv", "connection.any.wait",
    "socket.endpoint.accept", "socket.endpoint.connect", "socket.endpoint.recv", "socket.endpoint.recv_into",
    "socket.endpoint.recvfrom", "pipe.end.read", "mp.process.join", "threads.thread.join", "process.wait_pid",
    "process.wait", "process.system", "subprocess.wait", "subprocess.communicate", "mp.event.wait",
    "threads.event.wait", "mp.barrier.wait", "threads.barrier.wait", "waiting.select.wait", "waiting.poll.wait",
    "waiting.epoll.wait", "futures.future.result", "futures.set.wait", "resolver.name.getaddrinfo", "signal.pause",
    "console.input", "mp.manager.call", "mp.pool.wait",
)  # fmt: skip


def find_blocking_under_locks(run: Run) -> list[Finding]:
    """Calls that wait, made between the acquire of a lock and its release, for which another lane waited long.

    Told is a call during which another lane's acquire of that lock waited for 50 ms or more. It may be meant: a lock
    that gives one after another the use of a connection does just this.
    """
    events = run.events
    locks = [kind for kind in KINDS if not kind.creates and kind.answers]
    acquires = events.rows(*(name for kind in locks for name in kind.acquires), done=False)
    acquires = acquires[events.end_ns[acquires] - events.begin_ns[acquires] >= LOST_NS]
    calls = events.rows(*_CALLS, done=False)
    ends = ends_of(events, run.flows)  # who was killed in a call waits no longer
    calls = calls[ends[calls] - events.begin_ns[calls] >= LOST_NS]
    if not len(acquires) or not len(calls):
        return []
    held = holdings(events, run.end_ns)
    call, span = _under(events, calls, held)
    found: dict[tuple[int, int], Finding] = {}
    for acquire in acquires[np.isin(events.object[acquires], held["object"][span])].tolist():
        begin = np.maximum(np.maximum(events.begin_ns[call], events.begin_ns[acquire]), held.begin_ns[span])
        end = np.minimum(np.minimum(ends[call], events.end_ns[acquire]), held.end_ns[span])
        fits = (held["object"][span] == events.object[acquire]) & (held["lane"][span] != events.lane[acquire])
        for place in np.flatnonzero(fits & (end - begin >= LOST_NS)).tolist():
            key = (int(events.object[acquire]), int(events.site[call[place]]))
            if key not in found:
                found[key] = _finding(run, int(call[place]), acquire, int(held["acquire"][span[place]]))
    return list(found.values())


_DEEP = 4  # so many locks, taken one after the other, are looked at


def _under(events: Events, calls: Rows, held: Intervals) -> tuple[Rows, Rows]:
    """Calls that their lane made while it held a lock, each with the place of that in `held`."""
    order = sort_in_keys(held["lane"], held.begin_ns)
    lane, begin = held["lane"][order], held.begin_ns[order]
    last = last_until(lane, begin, events.lane[calls], events.begin_ns[calls])
    found_calls, found_spans = [], []
    for back in range(_DEEP):
        place = last - back
        fits = (place >= 0) & (lane[np.maximum(place, 0)] == events.lane[calls]) if len(lane) else place >= 0
        span = order[place[fits]]
        kept = held.end_ns[span] > events.begin_ns[calls[fits]]
        found_calls.append(calls[fits][kept])
        found_spans.append(span[kept])
    return np.concatenate(found_calls), np.concatenate(found_spans)


def _finding(run: Run, call: int, waiter: int, acquire: int) -> Finding:
    events = run.events
    since = max(int(events.begin_ns[call]), int(events.begin_ns[waiter]))
    lost_ms = (min(int(events.end_ns[call]), int(events.end_ns[waiter])) - since) / 1e6
    what = " ".join(part for part in (run.operation(call), run.object_name(call)) if part)
    return Finding(
        "blocking-under-lock",
        int(events.begin_ns[call]),
        (call, waiter, acquire),
        f"{run.lane_name(call)} waited in {what} while it held {run.object_name(waiter)}; "
        f"{run.lane_name(waiter)} waited {lost_ms:.0f} ms of that for the lock.",
        "Take what has to be waited for first, and the lock then; or give the lock back meanwhile.",
    )
