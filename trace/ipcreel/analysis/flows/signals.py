"""A signal that was sent, and the handler's run that it led to."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.events import Events
from ipcreel.analysis.flows.nearest import last_until
from ipcreel.analysis.joins import EXACT, INFERRED, Joined
from ipcreel.analysis.keys import left_over, number_keys, sort_stably

Rows = NDArray[np.int64]

_TO_PID = ("signal.kill",)
_TO_ITSELF = ("signal.raise", "signal.thread.kill")


def match(events: Events) -> list[Joined]:
    """Join kills with deliveries. Of several kills before one delivery each leads to it: the kernel keeps one."""
    pid_of = np.array([process["pid"] for process in events.process_table], np.int64)
    runs, kills = events.rows("signal.delivered"), events.rows(*_TO_PID, *_TO_ITSELF)
    itself = np.isin(events.op[kills], [events.codes[name] for name in _TO_ITSELF if name in events.codes])
    target = np.where(itself, pid_of[events.process[kills]], events.b[kills])
    key, run_key = number_keys((target, events.a[kills]), (pid_of[events.process[runs]], events.a[runs]))
    order = sort_stably(run_key)
    # The last one that began before the kill, and from there one on.
    before = last_until(run_key[order], events.begin_ns[runs[order]], key, events.begin_ns[kills] - 1)
    following = np.where(before >= 0, before, np.searchsorted(run_key[order], key) - 1) + 1
    found = following < np.searchsorted(run_key[order], key, "right")
    effects = runs[order[following[found]]]
    merged = np.bincount(effects, minlength=1)[effects] > 1
    certainty = np.where(merged, INFERRED, EXACT).astype(np.uint8)
    left = kills[~found & (events.a[kills] != 0)]
    return [Joined(kills[found], effects, certainty, left, left_over(runs, effects))]
