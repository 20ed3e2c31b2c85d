"""Signal handlers that take what their own thread holds, and signals that came before their handler."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.findings.finding import Finding, Run
from ipcreel.analysis.keys import each_once

Rows = NDArray[np.int64]

_LOCKS = (("mp.lock.acquire", "mp.lock.release"), ("threads.lock.acquire", "threads.lock.release"))
_SEMAPHORES = (
    (("sysv.semaphore.acquire", "sysv.semaphore.p", "sysv.semaphore.enter"),
     ("sysv.semaphore.release", "sysv.semaphore.v", "sysv.semaphore.exit")),
    (("posix.semaphore.acquire", "posix.semaphore.enter"), ("posix.semaphore.release", "posix.semaphore.exit")),
    (("mp.semaphore.acquire",), ("mp.semaphore.release",)),
    (("threads.semaphore.acquire",), ("threads.semaphore.release",)),
)  # fmt: skip
_USER_SIGNALS = (10, 12)  # SIGUSR1, SIGUSR2: they say nothing to a process that has no handler (signal(7))
_MEANT_TO_END = (2, 3, 6, 9, 15)  # SIGINT, SIGQUIT, SIGABRT, SIGKILL, SIGTERM
_IGNORED_BY_DEFAULT = (17, 18, 23, 28)  # SIGCHLD, SIGCONT, SIGURG, SIGWINCH
_ALL_SIGNALS = (1 << 64) - 1
_BLOCK, _SET = 0, 2  # how a mask is changed (pthread_sigmask(3))
_DEFAULT, _IGNORE = "SIG_DFL", "SIG_IGN"


def find_locks_taken_by_handlers(run: Run) -> list[Finding]:
    """Acquires in a signal's handler of what the interrupted thread itself holds: it would wait for itself.

    Told is an acquire that can wait and did not get through. A handler that takes the lock at a moment when its thread
    does not hold it is not told, nor one of a lock that a thread may take twice.
    """
    events = run.events
    found: dict[tuple[int, int], Finding] = {}
    for row in events.rows("signal.handler.run", done=False).tolist():
        lane, end_ns = events.lane[row], events.end_ns[row] if not events.pending[row] else run.end_ns
        later = np.arange(row + 1, int(np.searchsorted(events.begin_ns, end_ns, "right")))
        inside = later[events.lane[later] == lane]
        for taken in inside[np.isin(events.op[inside], _codes(run, _acquires()))].tolist():
            place = (int(events.object[taken]), int(events.site[taken]))
            holder = _held_by_its_thread(run, row, taken)
            if holder is not None and place not in found:
                found[place] = _self_lock(run, row, taken, holder)
    return list(found.values())


def _acquires() -> tuple[str, ...]:
    return tuple(acquire for acquire, _ in _LOCKS) + tuple(name for names, _ in _SEMAPHORES for name in names)


def _held_by_its_thread(run: Run, handler: int, taken: int) -> int | None:
    """The acquire by which the thread had taken it before the handler ran; None where that is no harm."""
    events = run.events
    kind = str(events.objects[int(events.object[taken])][0])
    name = run.operation(taken)
    answers = name.startswith(("mp.", "threads."))
    succeeded = not (events.pending[taken] or events.raised[taken]) and (not answers or events.b[taken] == 1)
    if kind.endswith("rlock") or (not name.startswith("sysv.") and events.a[taken] == 0) or succeeded:
        return None
    own = np.flatnonzero(
        (events.object[:handler] == events.object[taken]) & (events.lane[:handler] == events.lane[taken])
    )
    done = own[~events.pending[own] & ~events.raised[own]]
    acquires = [row for row in done.tolist() if run.operation(row) in _acquires()]
    if answers:
        acquires = [row for row in acquires if events.b[row] == 1]
    gives = {name for _, name in _LOCKS} | {name for _, names in _SEMAPHORES for name in names}
    releases = [row for row in done.tolist() if run.operation(row) in gives]
    return acquires[-1] if len(acquires) > len(releases) else None


def _self_lock(run: Run, handler: int, taken: int, holder: int) -> Finding:
    waits = "never got it" if run.events.pending[taken] else "did not get it"
    return Finding(
        "handler-takes-held-lock",
        int(run.events.begin_ns[taken]),
        (taken, holder, handler),
        f"The handler of signal {run.events.a[handler]} in {run.lane_name(handler)} took {run.object_name(taken)}, "
        f"which the thread that it interrupted held, and {waits}.",
        "The thread cannot give it back before its handler returns: let the handler set a flag, or block the signal.",
    )


def _codes(run: Run, names: tuple[str, ...]) -> list[int]:
    return [run.events.codes[name] for name in names if name in run.events.codes]


def find_signals_before_their_handler(run: Run) -> list[Finding]:
    """Signals that reached a process which had no handler for them yet: it died of them, or they were lost.

    Told is a death by SIGUSR1 or SIGUSR2, and by another signal for which a process of the run sets a handler; and a
    signal that was ignored by a process that set a handler for it later. Signals that usually end a process are not
    told, nor what was sent while the receiver, or one that it came from, had the signal blocked.
    """
    events = run.events
    kills = events.rows("signal.kill")
    sets = events.rows("signal.handler.set")
    handled = {int(events.a[row]) for row in sets.tolist() if events.payload(row) not in (_DEFAULT, _IGNORE)}
    found: dict[tuple[int, int], Finding] = {}
    for row in kills.tolist():
        signal = int(events.a[row])
        target = _process_with(run, int(events.b[row]), int(events.begin_ns[row]))
        if target is None or signal in _MEANT_TO_END or (target, signal) in found or signal <= 0:
            continue
        action = _action(run, target, signal, int(events.begin_ns[row]), sets)
        if action not in (_DEFAULT, _IGNORE) or _was_blocked(run, target, signal, row):
            continue
        died = run.events.process_table[target].get("died_by") == signal and not _lives_on(run, target, row)
        later = [each for each in sets.tolist() if each > row and events.process[each] == target]
        later = [each for each in later if events.a[each] == signal and events.payload(each) not in (_DEFAULT, _IGNORE)]
        ignored = action == _IGNORE or signal in _IGNORED_BY_DEFAULT
        if died and (signal in _USER_SIGNALS or signal in handled):
            found[target, signal] = _finding(run, row, target, (row,), "died of it")
        elif ignored and later and not died:
            found[target, signal] = _finding(run, row, target, (row, later[0]), "ignored it, and set a handler later")
    return list(found.values())


def _process_with(run: Run, pid: int, at_ns: int) -> int | None:
    """The process that had a pid at a moment."""
    found = [
        row for row, each in enumerate(run.events.process_table)
        if each["pid"] == pid and each["begin_ns"] <= at_ns + _STARTING_NS
    ]  # fmt: skip
    return found[-1] if found else None


# A process that is started anew opens its tape when its interpreter is up: a signal may come before that.
_STARTING_NS = 2_000_000_000


def _action(run: Run, process: int, signal: int, at_ns: int, sets: Rows) -> str:
    """What a process did at a moment on a signal: `SIG_DFL`, `SIG_IGN`, or the name of its handler."""
    events, table = run.events, run.events.process_table
    while process >= 0:
        own = sets[(events.process[sets] == process) & (events.a[sets] == signal) & (events.begin_ns[sets] <= at_ns)]
        if len(own):
            return str(events.payload(int(own[-1])))
        forked = table[process].get("forked")
        at_ns = min(table[process]["begin_ns"], at_ns)
        process = table[process]["parent"]
        if not forked:  # a new program keeps of its parent's actions only what is ignored (execve(2))
            return _IGNORE if process >= 0 and _action(run, process, signal, at_ns, sets) == _IGNORE else _DEFAULT
    return _DEFAULT


def _was_blocked(run: Run, process: int, signal: int, kill: int) -> bool:
    """Whether a process, or one that it comes from, ever had a signal blocked before it was sent."""
    events, table = run.events, run.events.process_table
    masks = events.rows("signal.mask.set")
    masks = masks[masks < kill]
    masks = masks[np.isin(events.a[masks], (_BLOCK, _SET))]
    line = []
    while process >= 0:
        line.append(process)
        process = table[process]["parent"]
    for row in masks[np.isin(events.process[masks], line)].tolist():
        bits = events.payload(row)
        if not isinstance(bits, int) or (bits & _ALL_SIGNALS) >> (signal - 1) & 1:
            return True
    return False


def _lives_on(run: Run, process: int, kill: int) -> bool:
    """Whether a process did anything long after a signal was sent to it."""
    events = run.events
    return bool(np.any(events.begin_ns[events.process == process] > events.end_ns[kill] + _DYING_NS))


_DYING_NS = 50_000_000


def _finding(run: Run, kill: int, target: int, rows: tuple[int, ...], what: str) -> Finding:
    lanes = each_once(run.events.lane[run.events.process == target])
    name = run.lane_names[int(lanes[0])] if len(lanes) else f"process {run.events.b[kill]}"
    return Finding(
        "signal-before-handler",
        int(run.events.begin_ns[kill]),
        rows,
        f"{run.lane_name(kill)} sent signal {run.events.a[kill]} to {name} when that had no handler for it: it {what}.",
        "Wait until the receiver has said that its handler is set, or block the signal before it is started.",
    )
