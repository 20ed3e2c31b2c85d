"""The lines after a recording: what is in the reel, what could not be recorded, what was lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ipcreel.compiled import is_compiled
from ipcreel.record.launch import Outcome
from ipcreel.reel import contents, open_reel

NOT_COMPILED = (
    "the recorder's part in C was not compiled, it takes several times as long without: "
    "install ipcreel again where there is a C compiler and Python.h"
)


def summary(output: Path, written: dict[str, Any], outcome: Outcome | None) -> str:
    """What a person should know after a recording, a line a fact, each with the program's name before it."""
    reel = open_reel(output)
    table = contents.by_mechanism(reel)
    processes, threads = count_text(written["processes"], "process", "es"), count_text(written["lanes"], "thread")
    held = f"{processes}, {threads}, {count_text(written['events'], 'event')}, {size_text(written['bytes'])}"
    lost = contents.lost(reel)
    lines = [f"{output.name}: {held}; {'not all was kept' if lost else 'nothing lost'}"]
    lines += [f"  {row.name:<12} {row.events:>10,} events {size_text(row.payload_bytes):>10}" for row in table]
    lines += [f"seen, not recorded: {what}" for what in contents.unrecorded(reel)]
    lines += [f"lost: {what}" for what in lost]
    if outcome is not None and outcome.still_running:
        pids = ", ".join(map(str, outcome.still_running))
        lines.append(f"still running, recorded until now: {pids}")
    share = contents.own_share(reel)
    if share is not None:
        lines.append(f"the recorder's own share of the processor time: {share_text(share)}")
    if not is_compiled:
        lines.append(NOT_COMPILED)
    return "".join(f"ipcreel: {line}\n" for line in lines)


def share_text(share: float) -> str:
    """A share of which no more than its first digits are known."""
    return "less than 1%" if share < 0.01 else f"about {share:.0%}"


def size_text(size: int) -> str:
    """A number of bytes as a person reads it."""
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000 or unit == "GB":
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000  # type: ignore[assignment]
    raise AssertionError("unreachable")


def count_text(number: int, noun: str, plural: str = "s") -> str:
    """A number of things as a person reads it."""
    return f"{number:,} {noun}{plural if number != 1 else ''}"
