"""Marks and notes, kept beside the reel."""

from __future__ import annotations

import json
import os
from pathlib import Path

from reelview.timeline.marks import Mark


def path_of(reel: Path) -> Path:
    """`market.reel.marks.json` for `market.reel`."""
    return reel.with_name(reel.name + ".marks.json")


def read_marks(reel: Path, zero_ns: int) -> tuple[Mark, ...]:
    """The marks that were kept; none where there are none, or where the file says nothing that can be read."""
    try:
        entries = json.loads(path_of(reel).read_text(encoding="utf-8"))["marks"]
        return tuple(
            Mark(zero_ns + int(each["begin_ns"]), zero_ns + int(each["end_ns"]), str(each["note"]), True)
            for each in entries
        )
    except (OSError, ValueError, KeyError, TypeError):
        return ()


def write_marks(reel: Path, zero_ns: int, marks: tuple[Mark, ...]) -> None:
    """Keeps the marks that are to be kept; no file where there are none. The reel itself is never written to.

    Raises:
        OSError: the file cannot be written.
    """
    kept = [
        {"begin_ns": mark.begin_ns - zero_ns, "end_ns": mark.end_ns - zero_ns, "note": mark.note}
        for mark in marks
        if mark.kept
    ]
    path = path_of(reel)
    if not kept:
        path.unlink(missing_ok=True)
        return
    half = path.with_name(path.name + ".new")
    half.write_text(json.dumps({"marks": kept}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    os.replace(half, path)
