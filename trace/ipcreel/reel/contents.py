"""What a reel holds, in numbers: events and bytes by mechanism, what was not recorded, what was lost."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from ipcreel.reel.children import describe_children, find_children
from ipcreel.reel.model import Reel

_ERROR_NUMBER = re.compile(r"^\[Errno \d+\] ")


@dataclass(frozen=True)
class MechanismRow:
    """One mechanism's share of a reel."""

    name: str
    events: int
    payload_bytes: int


def by_mechanism(reel: Reel) -> list[MechanismRow]:
    """A row a mechanism, most events first."""
    names, mechanism = reel.mechanisms
    events = np.bincount(mechanism, minlength=len(names))
    sizes = np.bincount(mechanism, weights=payload_sizes(reel), minlength=len(names))
    rows = [MechanismRow(name, int(events[i]), int(sizes[i])) for i, name in enumerate(names) if events[i]]
    return sorted(rows, key=lambda row: -row.events)


def payload_sizes(reel: Reel) -> np.ndarray:
    """(n,) bytes from each event's payload to the next: an upper bound of the size of the payload."""
    offsets = reel.raw["payload"].astype(np.int64)
    has = offsets > 0
    following = np.searchsorted(reel.payload_offsets, offsets[has], "right")
    ends = np.append(reel.payload_offsets, reel.payloads_end)[following]
    sizes = np.zeros(len(offsets), np.int64)
    sizes[has] = ends - offsets[has]
    return sizes


def unrecorded(reel: Reel) -> list[str]:
    """What was seen and could not be recorded, a line each."""
    lines = []
    for process in reel.processes:
        for what in process["facts"].get("unrecorded", []):
            lines.append(f"{what} (process {process['pid']})")
        fault = process["facts"].get("fault")
        if fault is not None:
            lines.append(f"what a fault of the recorder left out, {fault} (process {process['pid']})")
    lines += [str(what) for what in reel.run.get("unrecorded", [])]
    return lines + describe_children(find_children(reel))


def lost(reel: Reel) -> list[str]:
    """What was not kept, a line each; empty where all was."""
    last = np.maximum(reel.events.last_ns, reel.begin_ns)
    lines = [
        f"all that {reel.process_name(row)} (process {process['pid']}) did after "
        f"{(int(last[row]) - reel.begin_ns) / 1e9:.3f} s: {_ERROR_NUMBER.sub('', process['stopped'])}"
        for row, process in enumerate(reel.processes)
        if process["stopped"] is not None
    ]
    cut = len(reel.cut)
    return [*lines, f"the rest of {cut:,} payloads longer than the limit"] if cut else lines


def ended(reel: Reel) -> str:
    """How the program ended: its exit code, or the signal that ended it."""
    status = reel.run.get("status")
    if status is None:
        return "an unknown exit code: the recording was interrupted"
    return f"exit code {status >> 8}" if not status & 0x7F else f"signal {status & 0x7F}"


def own_share(reel: Reel) -> float | None:
    """The recorder's share of the program's processor time, from 0 to 1; None where it is not known.

    What each process took to start was measured there. What events and forks took is their number times what one took
    in the recorder's own process, right after the run. What the program took has its children in it as far as it
    waited for them; one that was interrupted often did not.
    """
    cost_ns, cpu_s = reel.run.get("cost_ns"), reel.run.get("cpu_seconds")
    if not cost_ns or not cpu_s:
        return None
    blocking = np.array([code for code, row in reel.operations.items() if row["blocks"]], np.int64)
    blocked = int(np.isin(reel.op, blocking).sum())
    payloads = int((reel.raw["payload"] > 0).sum())
    forks = sum(process["how"] == "fork" for process in reel.processes)
    spent_ns = sum(process["facts"].get("start_ns", 0) for process in reel.processes) + forks * cost_ns["fork"]
    spent_ns += (len(reel) - blocked) * cost_ns["instant"] + blocked * cost_ns["blocking"]
    spent_ns += payloads * cost_ns["payload"]
    was_interrupted = reel.run.get("asked_to_end_ns") is not None and len(reel.processes) > 1
    return None if was_interrupted or spent_ns / 1e9 > cpu_s else float(spent_ns / 1e9 / cpu_s)
