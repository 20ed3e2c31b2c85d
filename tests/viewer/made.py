"""Reels of a few events, written down one by one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ipcreel import event
from ipcreel.mechanism import all_operations
from ipcreel.reel import Reel, open_reel
from ipcreel.tape import reel_file

BEGIN_NS = 10**12


def make_reel(
    path: Path, names: Sequence[str], events: Sequence[tuple[int, int, int, str]], objects: Sequence[str] = ()
) -> Reel:
    """A reel of processes with these names, and one thread each.

    Args:
        events: process, begin and end in ns after that of the run, and operation, each; the first object is its.
    """
    codes = {str(row["name"]): int(str(row["code"])) for row in all_operations()}
    definitions = reel_file.pack_value(
        {
            "run": {"command": ["made"], "status": 0, "unrecorded": []},
            "processes": [_process(row, name) for row, name in enumerate(names)],
            "lanes": [[row, 0, 100 + row, "MainThread"] for row in range(len(names))],
            "operations": all_operations(),
            "objects": [["", False, None, ""], *(["sysv.queue", True, n, name] for n, name in enumerate(objects))],
            "sites": [["", 0, "", 0]],
            "sources": [],
        }
    )
    raw = np.tile(event.markers(), (len(events), 1))
    columns = raw.reshape(-1).view(event.dtype())
    for row, (lane, begin, end, name) in enumerate(sorted(events, key=lambda each: each[1])):
        columns[row]["lane"], columns[row]["op"], columns[row]["object"] = lane, codes[name], bool(objects)
        columns[row]["begin_ns"], columns[row]["end_ns"] = BEGIN_NS + begin, BEGIN_NS + end
    last_ns = max((end for _, _, end, _ in events), default=0)
    at = {"definitions": len(reel_file.pack_header({}))}
    at["payloads"] = at["definitions"] + len(definitions)
    at["events"] = -(-at["payloads"] // reel_file.ALIGNMENT) * reel_file.ALIGNMENT
    index = reel_file.pack_value({"cut": [], "begin_ns": BEGIN_NS, "end_ns": BEGIN_NS + last_ns})
    at |= {"event_count": len(events), "index": at["events"] + len(events) * event.SIZE}
    at["size"] = at["index"] + len(index)
    gap = b"\xc0" * (at["events"] - at["payloads"])
    path.write_bytes(reel_file.pack_header(at) + definitions + gap + raw.tobytes() + index)
    return open_reel(path)


def _process(row: int, name: str) -> dict[str, object]:
    return {
        "pid": 100 + row, "ppid": 1, "how": "fork" if row else "exec", "begin_ns": BEGIN_NS, "begin_unix_ns": 0,
        "argv": ["made"], "folder": "/", "parent": 0 if row else None, "replaces": None, "tape": str(row),
        "facts": {"name": name}, "stopped": None,
    }  # fmt: skip
