"""Messages that nobody received, signals that no handler ran for."""

from __future__ import annotations

import numpy as np

from ipcreel.analysis.findings.enders import FEEDER, JOINS, Enders
from ipcreel.analysis.findings.finding import Finding, Run
from ipcreel.analysis.findings.leaks import PRIVATE
from ipcreel.analysis.flows.nearest import last_until
from ipcreel.analysis.keys import each_once, sort_stably

# Of an mp.Queue both halves: what was put and never entered the pipe, and what entered it and was never taken out.
_MESSAGES = ("sysv.queue.send", "posix.queue.send", "mp.queue.put", "mp.queue.feed", "mp.simple_queue.put")
_BOUNDED = (
    "sysv.queue.send", "posix.queue.send", "mp.queue.put", "mp.simple_queue.put", "queues.queue.put",
)  # fmt: skip
_FEEDS = ("mp.queue.feed",)
_PUTS = ("mp.queue.put", "queues.queue.put")
_GETS = ("mp.queue.get", "mp.queue.take", "mp.queue.take_bytes", "queues.queue.get")
_TAKES = ("sysv.queue.receive", "posix.queue.receive", "mp.queue.get", "mp.simple_queue.get", "queues.queue.get")
_NOBODY_TAKES = "Who takes out has to go on doing so while others put in; a queue holds only so many messages."
_JOINED_TOO_EARLY = (
    "A process ends once all that it put is in the queue's pipe: take it out before you wait for the end."
)
_PICKLED_NONE = b"\x80\x04N."
_KILLS = ("signal.kill", "signal.raise", "signal.thread.kill")


def find_unreceived_messages(run: Run) -> list[Finding]:
    """For each queue, what was sent and is still in it when the run ends, unless it is told of as full.

    Of a run that was interrupted, what somebody who took from the queue would have come to is not told.
    """
    left = _among(run, run.flows.cause_left, _MESSAGES)
    left = left[~np.isin(left, _kept_values(run)) & ~np.isin(run.events.object[left], _of_library(run))]
    left = left[~np.isin(run.events.object[left], _read_past(run))]
    left = left[~np.isin(run.events.object[left], run.events.object[_stuck_puts(run)])]
    left = left[~_may_yet_be_taken(run, left)]
    found = []
    for object_ in each_once(run.events.object[left]).tolist():
        rows = left[run.events.object[left] == object_]
        if all(run.events.payload(row) == _PICKLED_NONE for row in rows.tolist()):
            continue  # a sentinel says that there is no more: whoever has stopped already does not need it
        rows = np.sort(_puts_of(run, rows))
        first = int(rows[0])
        count = f"{len(rows)} messages were" if len(rows) > 1 else "a message was"
        found.append(
            Finding(
                "message-never-received",
                int(run.events.begin_ns[first]),
                tuple(rows.tolist()),
                f"{count} sent to {run.object_name(first)} and never received, the first by {run.lane_name(first)}.",
                PRIVATE.format(noun="queue")
                if _is_private(run, object_)
                else "Whoever should take it stopped before, asks for another type, or counts wrongly.",
            )
        )
    return found


def _is_private(run: Run, object_: int) -> bool:
    """Whether a queue was opened with key 0, and nobody took anything out of it."""
    events = run.events
    opens, receives = events.rows("sysv.queue.open"), events.rows("sysv.queue.receive", done=False)
    facts = [events.payload(row) for row in opens[events.object[opens] == object_].tolist()]
    private = any(isinstance(fact, dict) and fact.get("key") == 0 for fact in facts)
    return private and not np.any(events.object[receives] == object_)


def _puts_of(run: Run, rows: np.ndarray) -> np.ndarray:
    """What a feeder's thread carried on is known by the program's own put."""
    feeds = _among(run, rows, _FEEDS)
    carried = np.isin(run.flows.effect, feeds)
    put = dict(zip(run.flows.effect[carried].tolist(), run.flows.cause[carried].tolist(), strict=True))
    return np.array([put.get(row, row) for row in rows.tolist()], np.int64)


def _may_yet_be_taken(run: Run, left: np.ndarray) -> np.ndarray:
    """(n,) whether an interrupted run left a message while somebody went on to take those before it."""
    events, flows = run.events, run.flows
    if not run.was_asked or not len(left):
        return np.zeros(len(left), np.bool_)
    taken = flows.cause[np.isin(flows.effect, events.rows(*_TAKES))]
    last = np.full(len(events.objects), -1, np.int64)
    np.maximum.at(last, events.object[taken], taken)
    enders = Enders(run, run.asked_to_end_ns)
    starting = _some_have_not_begun(run)
    goes_on = {
        number: _is_taken_from(run, enders, number) or (starting and last[number] < 0)
        for number in each_once(events.object[left]).tolist()
    }
    open_ = np.array([goes_on[number] for number in events.object[left].tolist()], np.bool_)
    return np.asarray(open_ & (left > last[events.object[left]]), np.bool_)


def _some_have_not_begun(run: Run) -> bool:
    """Whether a process was started, and had not come to its work when the run was interrupted."""
    events = run.events
    started, begun = (events.rows(f"mp.process.{what}", done=False) for what in ("start", "run"))
    return int((events.begin_ns[started] <= run.asked_to_end_ns).sum()) > int(
        (events.begin_ns[begun] <= run.asked_to_end_ns).sum()
    )


def _is_taken_from(run: Run, enders: Enders, object_: int) -> bool:
    """Whether somebody who took from a queue before could have gone on to do so when the run was interrupted."""
    events = run.events
    takes = events.rows(*_TAKES, done=False)
    lanes = set(each_once(events.lane[takes[events.object[takes] == object_]]).tolist())
    return any(enders.could_go_on(lane) for lane in lanes & enders.alive)


def _of_library(run: Run) -> np.ndarray:
    """Queues of pools and executors: what they leave in them at their end are their own sentinels.

    A pool reads its queues past their `get`; into an executor's only its own thread puts.
    """
    events = run.events
    begins = events.rows("threads.thread.begin").tolist()
    managers = [row for row in begins if str(_function(events.payload(row))).startswith("concurrent.futures.")]
    puts = events.rows("mp.queue.put")
    puts = puts[np.isin(events.lane[puts], events.lane[managers])]
    return each_once(events.object[np.concatenate((puts, events.rows("mp.queue.take", "mp.queue.take_bytes")))])


def _read_past(run: Run) -> np.ndarray:
    """Queues from whose pipe somebody receives past their `get`: with a copy of its end, say."""
    events = run.events
    queues, pipes = events.rows("mp.queue.create"), events.rows("pipe.end.create")
    queues = queues[sort_stably(events.lane[queues])]
    maker = last_until(events.lane[queues], events.begin_ns[queues], events.lane[pipes], events.begin_ns[pipes])
    received = np.isin(events.object[pipes], events.object[events.rows("connection.message.recv")])
    pipes, maker = pipes[(maker >= 0) & received], queues[maker[(maker >= 0) & received]]
    return each_once(events.object[maker[events.end_ns[pipes] <= events.end_ns[maker]]])


def _function(payload: object) -> object:
    return payload.get("function") if isinstance(payload, dict) else None


def _kept_values(run: Run) -> np.ndarray:
    """Messages that are a variable: there is one of their type, and whoever takes it puts the next one back.

    The last of them stays in the queue by design.
    """
    events = run.events
    sends, receives = events.rows("sysv.queue.send"), events.rows("sysv.queue.receive")
    kept = []
    both = np.concatenate((sends, receives))
    # A message is in the queue from some moment after the begin of its send, and out of it before its receive ends.
    moment = np.where(np.isin(both, sends), events.begin_ns[both], events.end_ns[both])
    both = both[np.lexsort((moment, events.a[both], events.object[both]))]
    is_send = np.isin(both, sends)
    group = np.cumsum(np.concatenate(([0], (np.diff(events.object[both]) != 0) | (np.diff(events.a[both]) != 0))))
    starts = np.flatnonzero(np.diff(group)) + 1
    for here, puts in zip(np.split(both, starts), np.split(is_send, starts), strict=True):
        takers, putters = events.lane[here[~puts]], events.lane[here[puts][1:]]
        alternate = bool(np.all(puts[::2])) and not bool(np.any(puts[1::2]))
        if alternate and len(takers) and len(here) % 2 and np.array_equal(takers, putters):
            kept.append(int(here[-1]))
    return np.array(kept, np.int64)


def find_full_queues(run: Run) -> list[Finding]:
    """Queues in which somebody cannot put a message, and from which nobody takes any more.

    A queue that is full since who takes from it is slower is none: of a run that was interrupted, one of these could
    have gone on.
    """
    events, stuck = run.events, _stuck_puts(run)
    enders = Enders(run, run.asked_to_end_ns)
    found = []
    for object_ in each_once(events.object[stuck]).tolist():
        if _is_taken_from(run, enders, object_):
            continue
        here = stuck[events.object[stuck] == object_]
        rows = np.sort(_puts_of(run, here))
        first = int(rows[0])
        fed = len(rows) == len(_among(run, here, _FEEDS))
        names = ", ".join(run.lane_name(row) for row in rows[:4].tolist()) + (", …" if len(rows) > 4 else "")
        takers = _takers(run, object_)
        verb = "put in no more" if run.operation(first).endswith("put") else "could not send"
        found.append(
            Finding(
                "queue-full",
                int(events.begin_ns[first]),
                (*rows.tolist(), *takers),
                f"{run.object_name(first)} is full: {names} {verb}, and nobody took anything out any more"
                + (f": {_what_they_do(run, takers)}." if takers else "."),
                _JOINED_TOO_EARLY if fed and takers and run.operation(takers[0]) in JOINS else _NOBODY_TAKES,
            )
        )
    return found


def _stuck_puts(run: Run) -> np.ndarray:
    """The sends and puts that were waiting for room when the run was asked to end, or ended."""
    stuck = _among(run, np.array(run.last_waits, np.int64), (*_BOUNDED, *_FEEDS))
    return np.asarray(stuck[~_had_room(run, stuck)], np.int64)


def _had_room(run: Run, puts: np.ndarray) -> np.ndarray:
    """(n,) whether a queue whose size is known holds less than it could: who puts is in the middle of that."""
    events = run.events
    kinds = len(events.objects)
    made = events.rows("mp.queue.create", "queues.queue.create")
    most = np.full(kinds, -1, np.int64)
    most[events.object[made]] = np.where(events.a[made] > 0, events.a[made], np.iinfo(np.int64).max)
    put, taken = (np.bincount(events.object[events.rows(*names)], minlength=kinds) for names in (_PUTS, _GETS))
    held = put - taken
    is_put = np.isin(puts, _among(run, puts, _PUTS))
    return np.asarray(is_put & (held[events.object[puts]] < most[events.object[puts]]), np.bool_)


def _takers(run: Run, object_: int) -> list[int]:
    """What the lanes of processes that took from a queue before wait in now; where none did, who joins another."""
    events = run.events
    takes = events.rows(*_TAKES, done=False)
    processes = each_once(events.process[takes[events.object[takes] == object_]])
    if not len(processes):
        return [row for row in run.last_waits if run.operation(row) in JOINS]
    return [row for row in run.last_waits if events.process[row] in processes and _is_elsewhere(run, row, object_)]


def _is_elsewhere(run: Run, row: int, object_: int) -> bool:
    return run.events.object[row] != object_ and not run.lane_name(row).endswith(FEEDER)


def _what_they_do(run: Run, waits: list[int]) -> str:
    parts = [f"{run.lane_name(row)} waits in {run.operation(row)} {run.object_name(row)}".rstrip() for row in waits[:2]]
    return "; ".join(parts) + ("; …" if len(waits) > 2 else "")


def find_lost_signals(run: Run) -> list[Finding]:
    """Signals that share one run of a handler, or have none though there is one."""
    causes, effects = run.flows.cause, run.flows.effect
    kills = np.isin(causes, _among(run, causes, _KILLS))
    runs, counts = np.unique(effects[kills], return_counts=True)
    found = []
    for row, count in zip(runs.tolist(), counts.tolist(), strict=True):
        if count > 1:
            rows = causes[kills][effects[kills] == row]
            found.append(
                Finding(
                    "signals-merged",
                    int(run.events.begin_ns[row]),
                    (row, *rows.tolist()),
                    f"{count} signals {run.events.a[row]} to {run.lane_name(row)} led to one run of its handler.",
                    "The kernel keeps one of a number pending: a signal cannot count what it announces.",
                )
            )
    return found


def _among(run: Run, rows: np.ndarray, names: tuple[str, ...]) -> np.ndarray:
    codes = [run.events.codes[name] for name in names if name in run.events.codes]
    return rows[np.isin(run.events.op[rows], codes)]
