"""`ipcreel stats`: where the time of a run went."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from ipcreel.analysis.stats import statistics
from ipcreel.analysis.ticks import per_tick as per_tick_rows
from ipcreel.cli.opening import REEL, open_reel
from ipcreel.cli.screen import Screen
from ipcreel.cli.working import MATCHING, working
from ipcreel.reel import Reel, ReelError
from ipcreel.reel.moments import window_ns
from ipcreel.reel.names import names_for_people
from ipcreel.reel.text import duration_text

_EXAMPLES = """\b
Examples:
  ipcreel stats market.reel
  ipcreel stats market.reel --from 0.6s --to 0.7s --rows 5
  ipcreel stats market.reel --per-tick --rows 20
  ipcreel stats market.reel --json | jq .critical_path
"""
_LEVELS = " ▁▂▃▄▅▆▇█"

Row = dict[str, Any]
# heading, what stands there, whether it is a number
Column = tuple[str, Callable[[Row], str], bool]


@click.command("stats", epilog=_EXAMPLES)
@click.argument("reel", type=REEL)
@click.option("--from", "since", metavar="MOMENT", help="Count from here on: 1.5s, 'tick 12', 12t.")
@click.option("--to", "until", metavar="MOMENT", help="Count up to here; +50ms is after --from.")
@click.option("--per-tick", is_flag=True, help="A row for each tick of the recorded simulation instead.")
@click.option("--rows", type=click.IntRange(1), default=10, show_default=True, help="The most rows of a table.")
@click.option("--json", "as_json", is_flag=True, help="As one JSON object, with all rows and each step of the path.")
def command(reel: Path, since: str | None, until: str | None, per_tick: bool, rows: int, as_json: bool) -> None:
    """Say where the time of REEL went.

    Who was blocked, in which operation, on what and at which line; which locks were fought for; who came last to a
    barrier; which messages were sent or received late; how deep the queues were; and the critical path: the causal
    chain that set how long the run took.
    """
    opened = open_reel(reel)
    with working(2) as stage:
        stage(MATCHING)
        _ = opened.flows
        stage("adding up waits")
        found = {"ticks": ticks_of(opened, since, until)} if per_tick else stats_of(opened, since, until)
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
        return
    console = Screen()
    if per_tick:
        slowest = sorted(sorted(found["ticks"], key=lambda row: -row["ns"])[:rows], key=lambda row: row["tick"])
        some = len(slowest) < len(found["ticks"])
        title = f"The {len(slowest)} longest of {len(found['ticks'])} ticks" if some else "Ticks"
        narrow = console.width < _WIDE
        columns = tuple(column for column in _TICK_COLUMNS if not narrow or column[0] not in _ONLY_WIDE)
        console.print(_table(title, slowest, columns, rows))
        return
    for title, name, columns in _TABLES:
        if found[name]:
            console.print(_table(title, found[name], columns, rows))
            console.print()


def stats_of(reel: Reel, since: str | None = None, until: str | None = None) -> dict[str, Any]:
    """The statistics of a reel, as plain values.

    Raises:
        ReelError: the window holds nothing.
    """
    return statistics(reel.events, reel.flows, names_for_people(reel), _window(reel, since, until))


def ticks_of(reel: Reel, since: str | None = None, until: str | None = None) -> list[Row]:
    """The statistics of each tick, as plain values.

    Raises:
        ReelError: the program has no ticks, or the window holds nothing.
    """
    if not len(reel.ticks):
        raise ReelError(f"{reel.path.name}: it has no ticks: no simulation was recorded. Leave --per-tick out.")
    return per_tick_rows(reel.events, reel.flows, names_for_people(reel), reel.ticks, _window(reel, since, until))


def _window(reel: Reel, since: str | None, until: str | None) -> tuple[int, int]:
    if not len(reel):
        raise ReelError(f"{reel.path.name}: no event was recorded, so there is no time to account for.")
    begin, end = window_ns(reel, since, until)
    begin, end = max(begin, reel.begin_ns), min(end, reel.end_ns)
    if begin >= end:
        length = duration_text(reel.end_ns - reel.begin_ns)
        raise ReelError(f"{reel.path.name}: nothing between these moments: the run took {length}.")
    return begin, end


def _text(name: str) -> Callable[[Row], str]:
    return lambda row: str(row[name] or "-")


def _time(name: str) -> Callable[[Row], str]:
    return lambda row: duration_text(row[name]) if row[name] else "-"


def _count(name: str) -> Callable[[Row], str]:
    return lambda row: f"{row[name]:,}" if row[name] else "-"


def _came_last(row: Row) -> str:
    return ", ".join(
        f"{one['lane']} {one['times']}× ({duration_text(one['kept_others_ns'])})" for one in row["came_last"][:3]
    )


def _bars(row: Row) -> str:
    most = max(row["most"], 1)
    return "".join(_LEVELS[-(-depth * (len(_LEVELS) - 1) // most)] for depth in row["over_time"])


def _waits(what: str) -> tuple[Column, ...]:
    return (
        (what, _text("name"), False),
        ("waits", _count("events"), True),
        ("blocked", _time("blocked_ns"), True),
        ("longest", _time("longest_ns"), True),
    )


def _causes(row: Row) -> str:
    shares: Counter[str] = Counter()
    for one in row["critical_path"]:
        shares[f"{one['lane']} {one['what']}"] += one["share"]
    return ", ".join(f"{cause} {share:.0%}" for cause, share in shares.most_common(3) if share >= _LEAST_SHARE)


_WIDE = 110
_LEAST_SHARE = 0.01
_ONLY_WIDE = ("running", "ran most")


_TICK_COLUMNS: tuple[Column, ...] = (
    ("tick", lambda row: str(row["tick"]), True),
    ("took", _time("ns"), True),
    ("blocked", _time("blocked_ns"), True),
    ("running", _time("running_ns"), True),
    ("ran most", lambda row: row["processes"][0]["lane"] if row["processes"] else "-", False),
    ("skew", lambda row: duration_text(row["barrier"]["skew_ns"]) if row["barrier"]["last"] else "-", True),
    ("came last", lambda row: row["barrier"]["last"] or "-", False),
    ("critical path", _causes, False),
)

_TABLES: tuple[tuple[str, str, tuple[Column, ...]], ...] = (
    (
        "Where time went",
        "processes",
        (
            ("process", _text("lane"), False),
            ("alive", _time("alive_ns"), True),
            ("blocked", _time("blocked_ns"), True),
            ("running", _time("running_ns"), True),
            ("blocked", lambda row: f"{row['blocked_ns'] / row['alive_ns']:.0%}", True),
        ),
    ),
    ("Blocked, by mechanism", "mechanisms", _waits("mechanism")),
    ("Blocked, by operation", "operations", _waits("operation")),
    ("Blocked, by object", "objects", _waits("object")),
    ("Blocked, by line", "sites", _waits("line")),
    (
        "Locks and semaphores",
        "locks",
        (
            ("object", _text("object"), False),
            ("acquires", _count("acquires"), True),
            ("waited", _count("waited"), True),
            ("in all", _time("wait_ns"), True),
            ("longest", _time("longest_ns"), True),
            ("by", _text("longest_in"), False),
        ),
    ),
    (
        "Barriers: who came last, and how long after the one before",
        "barriers",
        (
            ("object", _text("object"), False),
            ("rounds", _count("rounds"), True),
            ("first to\nlast, in all", _time("skew_ns"), True),
            ("longest", _time("longest_ns"), True),
            ("came last", _came_last, False),
        ),
    ),
    (
        "Messages: senders and receivers that were late",
        "messages",
        (
            ("sender", _text("sender"), False),
            ("receiver", _text("receiver"), False),
            ("object", _text("object"), False),
            ("messages", _count("messages"), True),
            ("sent\nlate", _count("late_sends"), True),
            ("receiver\nwaited", _time("receiver_waited_ns"), True),
            ("taken\nlate", _count("late_receives"), True),
            ("message\nlay", _time("message_lay_ns"), True),
        ),
    ),
    (
        "Queues: messages in them",
        "queues",
        (
            ("object", _text("object"), False),
            ("most", _count("most"), True),
            ("mean", lambda row: f"{row['mean']:.2f}", True),
            ("left", _count("left"), True),
            ("over time", _bars, False),
        ),
    ),
    (
        "The critical path, by cause",
        "critical_path",
        (
            ("share", lambda row: f"{row['share']:.1%}", True),
            ("time", _time("ns"), True),
            ("steps", _count("steps"), True),
            ("process", _text("lane"), False),
            ("what", _text("what"), False),
            ("", lambda row: str(row["detail"]), False),
        ),
    ),
)


def _table(title: str, rows: list[Row], columns: tuple[Column, ...], most: int) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, header_style="dim")
    for heading, _, is_number in columns:
        table.add_column(heading, justify="right" if is_number else "left", overflow="fold", no_wrap=is_number)
    for row in rows[:most]:
        table.add_row(*(cell(row) for _, cell, _ in columns))
    if len(rows) > most:
        table.caption = f"and {len(rows) - most} more: --rows {len(rows)}"
        table.caption_justify = "left"
    return table
