"""A sequence diagram of what processes sent each other, to paste into a report."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.flows.match import KINDS
from ipcreel.reel import Reel, ReelError
from ipcreel.reel.text import payload_text

_SHOWN = ("message", "stream", "signal")
_MOST = 300


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
    used = np.unique(reel.process[np.concatenate((cause, effect))]).tolist()
    lines = ["sequenceDiagram", *(f"    participant p{row} as {_safe(reel.process_name(row))}" for row in used)]
    for one, other in zip(cause.tolist(), effect.tolist(), strict=True):
        operation = str(reel.operations[int(reel.op[one])]["name"])
        text = (
            payload_text(reel.payload(one), 60) or f"{reel.objects[int(reel.object[one])][3]} {int(reel.a[one]) or ''}"
        )
        lines.append(f"    p{reel.process[one]}->>p{reel.process[other]}: {_safe(f'{operation} {text}')}")
    return "\n".join(lines) + "\n"


def _safe(text: str) -> str:
    """A text without what means something in a diagram."""
    return " ".join(text.split()).translate({ord("#"): "#35;", ord(";"): "#59;"})
