"""`ipcreel check`: what is wrong with a run."""

from __future__ import annotations

import json
import sys
import textwrap
from pathlib import Path
from shutil import get_terminal_size
from typing import Any

import click

from ipcreel.analysis.findings import Finding
from ipcreel.cli.opening import REEL, open_reel
from ipcreel.cli.working import MATCHING, ORDERING, working
from ipcreel.reel import Reel
from ipcreel.reel.checks import REST_ON_ABSENCE, missing
from ipcreel.reel.names import lane_names

_EXAMPLES = """\b
Examples:
  ipcreel check market.reel
  ipcreel check --json market.reel | jq -r .code | sort | uniq -c
  ipcreel record -- python main.py; ipcreel check python.reel || echo something is wrong
"""


@click.command("check", epilog=_EXAMPLES)
@click.argument("reel", type=REEL)
@click.option("--json", "as_json", is_flag=True, help="A JSON object a line.")
def command(reel: Path, as_json: bool) -> None:
    """Look in REEL for what is wrong with the run.

    Deadlocks, waits that nobody left could end, lost wake-ups, lock orders that can deadlock, races, full queues,
    messages never received, merged and early signals, barriers of the wrong size, work between two phases, handlers
    that take their own lock, waits under locks, torn messages, spinning, orphans, failures that leave others waiting,
    locks of the dead, leaks; and what an installed package adds for its program. docs/understanding.md has the limits
    of each.

    The exit code is 0 where nothing was found, 1 where something was.
    """
    opened = open_reel(reel)
    with working(3) as stage:
        stage(MATCHING)
        _ = opened.flows
        stage(ORDERING)
        _ = opened.order
        stage("looking for what is wrong")
        _ = opened.findings
    lanes = lane_names(opened)
    for number, finding in enumerate(opened.findings, 1):
        if as_json:
            print(json.dumps(_as_json(opened, finding), ensure_ascii=False))
        else:
            print(_text(opened, finding, number, lanes))
    if not opened.findings and not as_json:
        print("nothing found")
    gap = missing(opened)
    if gap and not as_json:
        print(_wrapped(f"Not looked for, since {gap}: {', '.join(sorted(REST_ON_ABSENCE))}."))
    sys.exit(1 if opened.findings else 0)


def _text(reel: Reel, finding: Finding, number: int, lanes: list[str]) -> str:
    at = (finding.at_ns - reel.begin_ns) / 1e9
    lines = [_wrapped(f"{number}. {finding.code} at {at:.6f} s: {finding.what}"), _wrapped(f"   {finding.cause}")]
    for row in finding.events[:6]:
        site = reel.sites[int(reel.site[row])]
        operation = reel.operations[int(reel.op[row])]["name"]
        lines.append(f"   event {row}: {lanes[int(reel.lane[row])]} {operation} at {site[0]}:{site[1]}")
    more = len(finding.events) - 6
    return "\n".join(lines + ([f"   and {more} more"] if more > 0 else []))


def _wrapped(text: str) -> str:
    """As many lines as the terminal needs, the later ones indented."""
    return textwrap.fill(
        text,
        get_terminal_size((120, 24)).columns,
        subsequent_indent="   ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _as_json(reel: Reel, finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "at_s": (finding.at_ns - reel.begin_ns) / 1e9,
        "what": finding.what,
        "cause": finding.cause,
        "events": list(finding.events),
        "lanes": [reel.lane_name(int(reel.lane[row])) for row in finding.events],
        "sites": [list(reel.sites[int(reel.site[row])][:2]) for row in finding.events],
    }
