"""A waiter that missed what it waits for: it came after the last notify, or after a set that was taken back."""

from __future__ import annotations

import numpy as np

from ipcreel.analysis.findings.enders import Enders
from ipcreel.analysis.findings.finding import Finding, Run

_TAKES = ("threads.lock.acquire", "threads.rlock.acquire", "mp.lock.acquire", "mp.rlock.acquire")


def find_lost_wakeups(run: Run) -> list[Finding]:
    """Waits on a condition that nobody ended, which came too late for the last notify.

    Either that notify woke nobody, or it woke others, and who waits now did nothing between it and its wait but take
    the lock: what it had looked at, it had looked at before. Whoever did something else may have looked after. Of an
    event: waits for one that another lane set and cleared before, and that nobody is left to set again.
    """
    events = run.events
    found = [] if not run.was_asked else _of_events(run)
    for row in run.last_waits:
        family = run.operation(row).partition(".")[0]
        if run.operation(row) not in ("threads.condition.wait", "mp.condition.wait"):
            continue
        notifies = events.rows(f"{family}.condition.notify", f"{family}.condition.notify_all")
        notifies = notifies[events.object[notifies] == events.object[row]]
        before = notifies[events.begin_ns[notifies] < events.begin_ns[row]]
        if not len(before) or len(before) != len(notifies):
            continue
        last = int(before[-1])
        woken = run.flows.effect[run.flows.cause == last]
        if not len(woken) or _went_straight_to_wait(run, last, row):
            found.append(_finding(run, row, last, woken))
    return found


def _of_events(run: Run) -> list[Finding]:
    events, enders = run.events, Enders(run, run.asked_to_end_ns)
    found = []
    for row in run.last_waits:
        family, _, operation = run.operation(row).partition(".")
        if operation != "event.wait" or events.a[row] != -1:
            continue
        moves = events.rows(f"{family}.event.set", f"{family}.event.clear")
        moves = moves[(events.object[moves] == events.object[row])].tolist()
        sets, clears = ([each for each in moves if run.operation(each).endswith(verb)] for verb in ("set", "clear"))
        if not sets or not clears or clears[-1] < sets[-1] or clears[-1] > row:
            continue
        who = events.lane[[sets[-1], clears[-1]]]
        if who[0] != who[1] or who[0] == events.lane[row]:
            continue  # who waits may clear what it got
        if any(enders.could_go_on(lane) for lane in enders.of_wait(row) or ()):
            continue  # it may be set once more
        found.append(
            Finding(
                "lost-wakeup",
                int(events.begin_ns[row]),
                (row, sets[-1], clears[-1]),
                f"{run.lane_name(row)} waits for {run.object_name(row)} for ever; {run.lane_name(sets[-1])} had set it "
                "and cleared it again before.",
                "Who sets an event cannot know that it was seen: let the one who waited clear it.",
            )
        )
    return found


def _went_straight_to_wait(run: Run, notify: int, wait: int) -> bool:
    events = run.events
    between = np.arange(notify + 1, wait)
    between = between[events.lane[between] == events.lane[wait]]
    return bool(np.isin(between, events.rows(*_TAKES, done=False)).all())


def _finding(run: Run, row: int, last: int, woken: np.ndarray) -> Finding:
    others = f": that woke {run.lane_name(int(woken[0]))}" + (", …" if len(woken) > 1 else "") if len(woken) else ""
    return Finding(
        "lost-wakeup",
        int(run.events.begin_ns[row]),
        (row, last, *woken[:1].tolist()),
        f"{run.lane_name(row)} waits on {run.object_name(row)} for ever; "
        f"{run.lane_name(last)} had notified it before {'it' if others else 'anyone'} waited{others}.",
        "What is waited for was looked at before the lock was held: look again after taking it.",
    )
