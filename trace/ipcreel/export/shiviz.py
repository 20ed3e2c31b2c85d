"""Events with vector clocks, for ShiViz: paste the file, with the expression in its first line."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ipcreel.reel import Reel
from ipcreel.reel.text import payload_text

PARSER = r"(?<host>\S*) (?<clock>{.*})\n(?<event>.*)"


def write(reel: Reel, rows: NDArray[np.int64], output: Path) -> None:
    """Write the events of `rows`, each at one moment: an effect at its end, every other at its begin.

    An event that is an effect and a cause at once, such as a departure from a barrier, may come to stand after what it
    caused; such a flow is left out, for a vector clock cannot show it.
    """
    flows = reel.flows
    inside = np.isin(flows.cause, rows) & np.isin(flows.effect, rows)
    cause, effect = flows.cause[inside], flows.effect[inside]
    at_ns = np.where(np.isin(rows, effect), reel.end[rows], reel.begin[rows])
    rows = rows[np.lexsort((rows, at_ns))]
    sources: dict[int, list[int]] = {}
    for one, other in zip(cause.tolist(), effect.tolist(), strict=True):
        sources.setdefault(other, []).append(one)
    hosts = [reel.lane_name(row).replace(" ", "_") for row in range(len(reel.lanes))]
    now: dict[int, dict[str, int]] = {}
    seen: dict[int, dict[str, int]] = {}
    causes = set(cause.tolist())
    with output.open("w", encoding="utf-8") as file:
        file.write(PARSER + "\n\n")
        for row in rows.tolist():
            lane = int(reel.lane[row])
            clock = now.setdefault(lane, {})
            for source in sources.get(row, ()):
                for host, count in seen.get(source, {}).items():
                    clock[host] = max(clock.get(host, 0), count)
            clock[hosts[lane]] = clock.get(hosts[lane], 0) + 1
            if row in causes:
                seen[row] = dict(clock)
            file.write(f"{hosts[lane]} {json.dumps(clock, ensure_ascii=False)}\n{_line(reel, row)}\n")


def _line(reel: Reel, row: int) -> str:
    parts = (reel.operations[int(reel.op[row])]["name"], reel.objects[int(reel.object[row])][3])
    text = " ".join([str(part) for part in parts if part] + [payload_text(reel.payload(row), 80)])
    return " ".join(text.split())
