"""A signal that was sent, and the handler's run that it led to."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.events import Events
from ipcreel.analysis.joins import EXACT, INFERRED, Joined

Rows = NDArray[np.int64]

_TO_PID = ("signal.kill",)
_TO_ITSELF = ("signal.raise", "signal.thread.kill")


def match(events: Events) -> list[Joined]:
    """Join kills with deliveries. Of several kills before one delivery each leads to it: the kernel keeps one."""
    pid_of = np.array([process["pid"] for process in events.process_table], np.int64)
    delivered = events.rows("signal.delivered")
    by_target: dict[tuple[int, int], list[int]] = {}
    for row in delivered.tolist():
        by_target.setdefault((int(pid_of[events.process[row]]), int(events.a[row])), []).append(row)
    kills = events.rows(*_TO_PID, *_TO_ITSELF)
    itself = np.isin(events.op[kills], [events.codes[name] for name in _TO_ITSELF if name in events.codes])
    cause, effect, left = [], [], []
    for row, to_itself in zip(kills.tolist(), itself.tolist(), strict=True):
        target = int(pid_of[events.process[row]]) if to_itself else int(events.b[row])
        rows = by_target.get((target, int(events.a[row])), [])
        later = [candidate for candidate in rows if events.begin_ns[candidate] >= events.begin_ns[row]]
        if later:
            cause.append(row)
            effect.append(later[0])
        elif events.a[row] != 0:
            left.append(row)
    effects = np.array(effect, np.int64)
    merged = np.bincount(effects, minlength=1)[effects] > 1
    certainty = np.where(merged, INFERRED, EXACT).astype(np.uint8)
    return [
        Joined(
            np.array(cause, np.int64), effects, certainty, np.array(left, np.int64), np.setdiff1d(delivered, effects)
        )
    ]
