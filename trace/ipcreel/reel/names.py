"""How a reel calls what its columns number."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path

from ipcreel.analysis.stats import Names
from ipcreel.reel.model import Reel


def names_of(reel: Reel) -> Names:
    """How a reel calls its processes, lanes, objects and sites."""
    return Names(
        lambda code: str(reel.operations[code]["name"]) if code in reel.operations else f"operation {code:#06x}",
        cache(reel.process_name),
        cache(reel.lane_name),
        lambda row: str(reel.objects[row][3]),
        cache(lambda row: f"{Path(reel.sites[row][0]).name}:{reel.sites[row][1]}" if reel.sites[row][0] else ""),
    )


def names_for_people(reel: Reel) -> Names:
    """The same, but for a connection, which is called by the two processes that it connects and not by its ports."""
    names = names_of(reel)

    def object_name(row: int) -> str:
        name = names.object(row)
        return reel.object_roles[row] if " ⇄ " in name else name

    return replace(names, object=object_name)


def lane_names(reel: Reel) -> list[str]:
    """(lanes,) how a sentence calls each lane: by its name, and its pid too where several processes share that name."""
    names = [reel.lane_name(row) for row in range(len(reel.lanes))]
    processes = Counter(name for name, _ in {(name, lane[0]) for name, lane in zip(names, reel.lanes, strict=True)})
    pids = [reel.processes[lane[0]]["pid"] for lane in reel.lanes]
    return [f"{name} (pid {pid})" if processes[name] > 1 else name for name, pid in zip(names, pids, strict=True)]
