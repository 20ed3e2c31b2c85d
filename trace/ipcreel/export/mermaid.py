"""A sequence diagram of what processes sent each other, to paste into a report."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.flows.match import KINDS
from ipcreel.analysis.keys import each_once
from ipcreel.reel import Reel, ReelError
from ipcreel.reel.text import payload_text

_SHOWN = ("message", "stream", "signal")
_MOST = 300
_LONGEST = 48  # characters of a payload: more reaches over the lines of others


def write(reel: Reel, rows: NDArray[np.int64], output: Path) -> None:
    """Write the messages, streams and signals between processes of which an end is among `rows`.

    Raises:
        ReelError: there are more than a diagram can show, or none.
    """
    output.write_text(diagram(reel, rows), encoding="utf-8")


def diagram(reel: Reel, rows: NDArray[np.int64]) -> str:
    """The text of the diagram, arrows in the order in which they arrived."""
    flows = reel.flows
    kept = np.isin(flows.kind, [KINDS.index(kind) for kind in _SHOWN])
    kept &= np.isin(flows.cause, rows) | np.isin(flows.effect, rows)  # of one process: what it sends, and what it gets
    kept &= reel.process[flows.cause] != reel.process[flows.effect]
    cause, effect = flows.cause[kept], flows.effect[kept]
    if not 0 < len(cause) <= _MOST:
        found = f"{len(cause):,} arrows" if len(cause) else "no message, stream or signal between processes"
        raise ReelError(
            f"{reel.path.name}: {found} there; a diagram has 1 to {_MOST}. Choose with --from, --until or --process."
        )
    order = np.argsort(reel.end[effect], kind="stable")
    cause, effect = cause[order], effect[order]
    used = each_once(reel.process[np.concatenate((cause, effect))]).tolist()
    used.sort(key=lambda row: _place(reel, row))
    lines = ["sequenceDiagram", *(f"    participant p{row} as {_safe(reel.process_name(row))}" for row in used)]
    lines.append(f"    Note over p{used[0]},p{used[-1]}: {_safe(_window(reel, cause, effect))}")
    lines += [
        f"    p{reel.process[one]}->>p{reel.process[other]}: {_safe(_label(reel, one))}"
        for one, other in zip(cause.tolist(), effect.tolist(), strict=True)
    ]
    return "\n".join(lines) + "\n"


def _place(reel: Reel, row: int) -> tuple[bool, list[tuple[int, str]]]:
    """What processes are ordered by: the first of the run, then by name, `home-2` before `home-10`."""
    parts = re.split(r"(\d+)", reel.process_name(row))
    return reel.processes[row]["parent"] is not None, [
        (int(part), "") if part.isdecimal() else (-1, part) for part in parts
    ]


def _window(reel: Reel, cause: NDArray[np.int64], effect: NDArray[np.int64]) -> str:
    since, until = ((int(at) - reel.begin_ns) / 1e9 for at in (reel.begin[cause].min(), reel.end[effect].max()))
    return f"{reel.path.name}, {since:.6f} s to {until:.6f} s"


def _label(reel: Reel, row: int) -> str:
    """What was sent, and by which verb: that it went through a queue or a socket is what `ipcreel events` says."""
    verb = str(reel.operations[int(reel.op[row])]["name"]).rpartition(".")[2]
    carried = payload_text(reel.payload(row), _LONGEST).removesuffix(r"\n")
    return f"{verb} {carried or f'{reel.objects[int(reel.object[row])][3]} {int(reel.a[row]) or str()}'}"


def _safe(text: str) -> str:
    """A text without what means something in a diagram."""
    return " ".join(text.split()).translate({ord("#"): "#35;", ord(";"): "#59;"})
