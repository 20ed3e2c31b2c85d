"""A lane that waits for something else while it holds a lock for which others wait."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.findings.finding import Finding, Run
from ipcreel.analysis.flows.semaphores import KINDS
from ipcreel.analysis.state.semaphores import holdings

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
    calls = calls[events.end_ns[calls] - events.begin_ns[calls] >= LOST_NS]
    if not len(acquires) or not len(calls):
        return []
    held = holdings(events, run.end_ns)
    found: dict[tuple[int, int], Finding] = {}
    lost: dict[tuple[int, int], int] = {}
    for acquire in acquires.tolist():
        spans = np.flatnonzero(
            (held["object"] == events.object[acquire])
            & (held["lane"] != events.lane[acquire])
            & (held.begin_ns < events.end_ns[acquire])
            & (held.end_ns > events.begin_ns[acquire])
        )
        for span in spans.tolist():
            begin = np.maximum(events.begin_ns[calls], max(int(held.begin_ns[span]), int(events.begin_ns[acquire])))
            end = np.minimum(events.end_ns[calls], min(int(held.end_ns[span]), int(events.end_ns[acquire])))
            inside = (events.begin_ns[calls] >= held.begin_ns[span]) & (events.lane[calls] == held["lane"][span])
            for place in np.flatnonzero(inside & (end - begin >= LOST_NS)).tolist():
                key = (int(events.object[acquire]), int(events.site[calls[place]]))
                lost[key] = lost.get(key, 0) + int(end[place] - begin[place])
                if key not in found:
                    found[key] = _finding(run, int(calls[place]), acquire, int(held["acquire"][span]))
    return list(found.values())


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
