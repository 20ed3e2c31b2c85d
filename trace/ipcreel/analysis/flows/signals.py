"""A signal that was sent, and the handler's run, or the wait, that it led to."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.events import Events
from ipcreel.analysis.flows.nearest import join_to_latest, last_until
from ipcreel.analysis.joins import EXACT, INFERRED, Joined
from ipcreel.analysis.keys import left_over, number_keys, sort_in_keys

Rows = NDArray[np.int64]

_TO_PID = ("signal.kill",)
_TO_ITSELF = ("signal.raise", "signal.thread.kill", "signal.interrupt_main")
_WAITS = ("signal.wait", "signal.wait_info", "signal.wait_timed")
_TIMERS = ("signal.alarm", "signal.timer.set")
_OF_TIMER = (14, 26, 27)  # SIGALRM, SIGVTALRM, SIGPROF: those of setitimer(2), in the order of its timers


def match(events: Events) -> list[Joined]:
    """Join kills with deliveries. Of several kills before one delivery each leads to it: the kernel keeps one.

    A signal to a group leads to a delivery in each process of it; which processes those are is inferred.
    """
    pid_of = np.array([process["pid"] for process in events.process_table], np.int64)
    runs = np.sort(np.concatenate((events.rows("signal.delivered"), events.rows(*_WAITS))))
    kills, target = _sent(events, pid_of)
    joined = _to_next(events, kills, target, runs, pid_of[events.process[runs]])
    groups, members = _to_groups(events)
    of_groups = _to_next(events, groups, pid_of[members], runs, pid_of[events.process[runs]])
    certainty = np.full(len(of_groups.cause), INFERRED, np.uint8)
    timers = _timers(events, left_over(left_over(runs, joined.effect), of_groups.effect))
    left = left_over(left_over(joined.effect_left, of_groups.effect), timers.effect)
    none = np.empty(0, np.int64)
    unheard = np.setdiff1d(groups, of_groups.cause)
    return [
        Joined(joined.cause, joined.effect, joined.certainty, joined.cause_left, left),
        Joined(of_groups.cause, of_groups.effect, certainty, unheard, none),
        timers,
    ]


def _sent(events: Events, pid_of: Rows) -> tuple[Rows, Rows]:
    """Signals to one process, and its pid."""
    kills = events.rows(*_TO_PID, *_TO_ITSELF)
    itself = np.isin(events.op[kills], [events.codes[name] for name in _TO_ITSELF if name in events.codes])
    target = np.where(itself, pid_of[events.process[kills]], events.b[kills])
    kills, target = kills[target > 0], target[target > 0]
    by_descriptor, pids = _by_descriptor(events)
    order = np.argsort(np.concatenate((kills, by_descriptor)), kind="stable")
    return np.concatenate((kills, by_descriptor))[order], np.concatenate((target, pids))[order]


def _by_descriptor(events: Events) -> tuple[Rows, Rows]:
    """Signals through a pidfd: whose it is, what opened it last says."""
    kills, opened = events.rows("signal.descriptor.kill"), events.rows("process.pidfd")
    found, pids = [], []
    for row in kills.tolist():
        here = opened[(events.process[opened] == events.process[row]) & (opened < row)]
        here = here[events.b[here] == events.payload(row)]
        if len(here):
            found.append(row)
            pids.append(int(events.a[here[-1]]))
    return np.array(found, np.int64), np.array(pids, np.int64)


def _to_next(events: Events, kills: Rows, target: Rows, runs: Rows, receiver: Rows) -> Joined:
    """Each signal with the next delivery of its number to its target."""
    key, run_key = number_keys((target, events.a[kills]), (receiver, events.a[runs]))
    waits = np.isin(events.op[runs], [events.codes[name] for name in _WAITS if name in events.codes])
    at_ns = np.where(waits, events.end_ns[runs], events.begin_ns[runs])
    order = sort_in_keys(run_key, at_ns)
    # The last one that came before the kill, and from there one on.
    before = last_until(run_key[order], at_ns[order], key, events.begin_ns[kills] - 1)
    following = np.where(before >= 0, before, np.searchsorted(run_key[order], key) - 1) + 1
    found = following < np.searchsorted(run_key[order], key, "right")
    effects = runs[order[following[found]]]
    merged = np.bincount(effects, minlength=1)[effects] > 1
    certainty = np.where(merged, INFERRED, EXACT).astype(np.uint8)
    left = kills[~found & (events.a[kills] != 0)]
    return Joined(kills[found], effects, certainty, left, left_over(runs, effects))


def _to_groups(events: Events) -> tuple[Rows, Rows]:
    """Signals to process groups, each once for every process of the group that had begun: rows, processes."""
    rows = events.rows("signal.kill", "signal.killpg")
    to_group = np.isin(events.op[rows], [events.codes[n] for n in ("signal.killpg",) if n in events.codes])
    rows = rows[(to_group | (events.b[rows] <= 0)) & (events.a[rows] > 0)]
    if not len(rows):
        return rows, rows
    groups, table = _groups(events), events.process_table
    found, members = [], []
    for row in rows.tolist():
        wanted = abs(int(events.b[row])) or groups[int(events.process[row])]
        known = wanted in groups
        for number, process in enumerate(table):
            # The group that all were in at the start has a number that nobody on the tape has.
            same = groups[number] == wanted or (not known and groups[number] == 0)
            if same and process["begin_ns"] <= events.begin_ns[row]:
                found.append(row)
                members.append(number)
    return np.array(found, np.int64), np.array(members, np.int64)


def _groups(events: Events) -> list[int]:
    """Of each process the number of its group as far as the run made it; 0 for that of the run."""
    table = events.process_table
    own: dict[int, int] = {}
    for row in events.rows("process.session.begin", "process.group.begin").tolist():
        own[int(events.process[row])] = table[int(events.process[row])]["pid"]
    by_pid = {process["pid"]: number for number, process in enumerate(table)}
    for row in events.rows("process.group.set").tolist():
        number = by_pid.get(int(events.a[row])) if events.a[row] else int(events.process[row])
        if number is not None:
            own[number] = int(events.b[row]) or table[number]["pid"]
    groups: list[int] = []
    for number, process in enumerate(table):
        inherited = groups[process["parent"]] if 0 <= process["parent"] < number else 0
        groups.append(own.get(number, inherited))
    return groups


def _timers(events: Events, runs: Rows) -> Joined:
    """An alarm or a timer, and the runs that nobody sent: the last that was set leads to all of them."""
    sets = events.rows(*_TIMERS)
    alarms = np.isin(events.op[sets], [events.codes[n] for n in ("signal.alarm",) if n in events.codes])
    which = np.clip(np.where(alarms, 0, events.a[sets]), 0, 2)
    runs = runs[np.isin(events.a[runs], _OF_TIMER)]
    signals = np.array(_OF_TIMER, np.int64)[which]
    key, run_key = number_keys((events.process[sets], signals), (events.process[runs], events.a[runs]))
    joined = join_to_latest(events.ends(sets, key), events.ends(runs, run_key), INFERRED)
    none = np.empty(0, np.int64)
    return Joined(joined.cause, joined.effect, joined.certainty, none, none)
