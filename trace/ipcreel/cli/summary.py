"""The lines after a recording: what is in the reel, what could not be recorded, what was lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ipcreel.record.launch import Outcome
from ipcreel.reel import contents, open_reel


def summary(output: Path, written: dict[str, Any], outcome: Outcome | None) -> str:
    """What a person should know after a recording, a line a fact, each with the program's name before it."""
    reel = open_reel(output)
    table = contents.by_mechanism(reel)
    lines = [
        f"{output.name}: {_count(written['processes'], 'process', 'es')}, {_count(written['lanes'], 'thread')}, "
        f"{_count(written['events'], 'event')}, {size_text(written['bytes'])}; {lost_text(reel)}",
    ]
    lines += [f"  {row.name:<12} {row.events:>10,} events {size_text(row.payload_bytes):>10}" for row in table]
    lines += [f"seen, not recorded: {what}" for what in contents.unrecorded(reel)]
    for name, why in written["stopped"].items():
        lines.append(f"recording of process {name.rpartition('-')[2]} stopped early: {why}")
    if outcome is not None and outcome.still_running:
        pids = ", ".join(map(str, outcome.still_running))
        lines.append(f"still running, recorded until now: {pids}")
    if outcome is not None:
        share = contents.own_share(reel, outcome.cpu_seconds)
        lines.append(f"the recorder's own share of the processor time: about {share:.0%}")
    return "".join(f"ipcreel: {line}\n" for line in lines)


def lost_text(reel: Any) -> str:
    """What the reel says of events that were not kept."""
    lost = contents.lost(reel)
    return "nothing lost" if not lost else f"lost: {'; '.join(lost)}"


def size_text(size: int) -> str:
    """A number of bytes as a person reads it."""
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000 or unit == "GB":
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000  # type: ignore[assignment]
    raise AssertionError("unreachable")


def _count(number: int, noun: str, plural: str = "s") -> str:
    return f"{number:,} {noun}{plural if number != 1 else ''}"
