"""`ipcreel info`: what is in a reel."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import click
import numpy as np
from rich.table import Table

from ipcreel.cli.opening import REEL, open_reel
from ipcreel.cli.screen import Screen
from ipcreel.cli.summary import count_text, size_text
from ipcreel.cli.working import working
from ipcreel.reel import Reel, contents
from ipcreel.reel.children import Child, find_children
from ipcreel.reel.text import duration_text

_SHOWN = 20  # processes that were not recorded
_EXAMPLES = """\b
Examples:
  ipcreel info market.reel
  ipcreel info --json market.reel | jq .processes
"""


@click.command("info", epilog=_EXAMPLES)
@click.argument("reel", type=REEL)
@click.option("--json", "as_json", is_flag=True, help="As one JSON object.")
def command(reel: Path, as_json: bool) -> None:
    """Say what is in REEL: its processes, its events by mechanism, what was not recorded, what was lost."""
    opened = open_reel(reel)
    with working(1) as stage:
        stage("counting")
        facts = describe(opened)
    if as_json:
        print(json.dumps(facts, ensure_ascii=False, indent=2, default=str))
        return
    console = Screen()
    console.print(f"[bold]{reel.name}[/bold]  {shlex.join(facts['command'])}", soft_wrap=True)
    console.print(
        f"{count_text(len(opened.processes), 'process', 'es')}, {count_text(len(opened.lanes), 'thread')}, "
        f"{count_text(len(opened), 'event')} "
        f"in {duration_text(opened.end_ns - opened.begin_ns)}; {size_text(reel.stat().st_size)}; "
        f"ended with {facts['ended']}",
        soft_wrap=True,
    )
    console.print(_process_table(facts["processes"], facts["unrecorded_processes"]))
    console.print(_operation_table(facts["operations"]))
    if "part" in opened.run:
        left_out = count_text(len(opened.run["part"]["left_out"]), "process", "es")
        console.print(
            f"a part of a run, made by `ipcreel minimize`: {left_out} and all that came later are left out",
            soft_wrap=True,
        )
    for what in facts["unrecorded"]:
        console.print(f"seen, not recorded: {what}", soft_wrap=True)
    for what in facts["lost"]:
        console.print(f"lost: {what}", soft_wrap=True)
    if not facts["lost"]:
        console.print("nothing lost")


def describe(reel: Reel) -> dict[str, Any]:
    """What is in a reel, as plain values."""
    per_process = np.bincount(reel.process, minlength=len(reel.processes)).tolist()
    counts = np.bincount(reel.op).tolist()
    return {
        "command": reel.run.get("command", []),
        "ended": contents.ended(reel),
        "seconds": (reel.end_ns - reel.begin_ns) / 1e9,
        "events": len(reel),
        "threads": len(reel.lanes),
        "processes": [
            {
                "name": reel.process_name(row),
                "pid": process["pid"],
                "parent": None if process["parent"] is None else reel.process_name(process["parent"]),
                "how": process["how"],
                "threads": sum(lane[0] == row for lane in reel.lanes),
                "events": per_process[row],
            }
            for row, process in enumerate(reel.processes)
        ],
        "operations": {reel.operations[code]["name"]: count for code, count in enumerate(counts) if count},
        "mechanisms": {row.name: row.events for row in contents.by_mechanism(reel)},
        "own_share": contents.own_share(reel),
        "objects": len(reel.objects) - 1,
        "unrecorded_processes": [
            {"name": one.name, "pid": one.pid or None, "parent": _parent_of(reel, one), "why": one.why}
            | {"command": list(one.words), "event": one.event if one.event >= 0 else None}
            for one in find_children(reel)
        ],
        "unrecorded": contents.unrecorded(reel),
        "lost": contents.lost(reel),
        "lost_events": len(contents.lost(reel)) - bool(reel.cut),
    }


def _parent_of(reel: Reel, child: Child) -> str | None:
    return reel.process_name(child.parent) if child.parent >= 0 else None


def _process_table(processes: list[dict[str, Any]], unrecorded: list[dict[str, Any]]) -> Table:
    table = Table("process", "pid", "parent", "threads", "events", box=None, pad_edge=False, header_style="dim")
    for column in table.columns[3:]:
        column.justify = "right"
    for row in processes:
        table.add_row(row["name"], str(row["pid"]), row["parent"] or "", str(row["threads"]), f"{row['events']:,}")
    for row in unrecorded[:_SHOWN]:
        table.add_row(row["name"], str(row["pid"] or ""), row["parent"] or "", "-", "not recorded", style="dim")
    if len(unrecorded) > _SHOWN:
        table.add_row(f"and {len(unrecorded) - _SHOWN:,} more", "", "", "-", "not recorded", style="dim")
    return table


def _operation_table(operations: dict[str, int]) -> Table:
    table = Table("operation", "events", box=None, pad_edge=False, header_style="dim")
    table.columns[1].justify = "right"
    for name, count in sorted(operations.items(), key=lambda pair: -pair[1]):
        table.add_row(name, f"{count:,}")
    return table
