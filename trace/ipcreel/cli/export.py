"""`ipcreel export`: a reel in the form of another tool."""

from __future__ import annotations

import importlib
from pathlib import Path

import click

from ipcreel.cli.opening import REEL, open_reel
from ipcreel.cli.working import MATCHING, working
from ipcreel.reel import ReelError
from ipcreel.reel.select import Selection, select

FORMATS = ("perfetto", "csv", "parquet", "shiviz", "mermaid")
_EXAMPLES = """\b
Examples:
  ipcreel export market.reel --to perfetto -o market.json     opens in ui.perfetto.dev
  ipcreel export market.reel --to mermaid --from 0.9s --until 0.95s -o trade.mmd
  ipcreel export market.reel --to csv --process home-3 -o home-3.csv
"""


_TABLES = ("csv", "parquet")  # of events, without flows


@click.command("export", epilog=_EXAMPLES)
@click.argument("reel", type=REEL)
@click.option("--to", "form", type=click.Choice(FORMATS), required=True, help="The form.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The file.")
@click.option("--process", metavar="NAME|PID", help="Of this process; * stands for anything.")
@click.option("--mechanism", metavar="NAME", help="sysv, tcp, …")
@click.option("--operation", metavar="NAME", help="sysv.queue.send, or sysv.queue for all of a queue.")
@click.option("--object", "object_", metavar="NAME", help="On this object.")
@click.option("--from", "since", metavar="MOMENT", help="That ended after this: 1.5s, 'tick 12', 12t.")
@click.option("--until", "until", metavar="MOMENT", help="That began before this; +50ms is after --from.")
def command(
    reel: Path,
    form: str,
    output: Path,
    process: str | None,
    mechanism: str | None,
    operation: str | None,
    object_: str | None,
    since: str | None,
    until: str | None,
) -> None:
    """Write REEL, or a choice of its events, in the form of another tool.

    perfetto: tracks, flows and queue depths, for ui.perfetto.dev. csv, parquet: the events as a table. shiviz: events
    with vector clocks. mermaid: a sequence diagram of a window of time.
    """
    opened = open_reel(reel)
    rows = select(opened, Selection(process, mechanism, operation, object_, since, until))
    try:
        with working(1 if form in _TABLES else 2, partial=output) as stage:
            if form not in _TABLES:
                stage(MATCHING)
                _ = opened.flows
            stage(f"writing {len(rows):,} events")
            importlib.import_module(f"ipcreel.export.{form}").write(opened, rows, output)
    except OSError as error:
        raise ReelError(f"{output}: cannot be written: {error.strerror}.") from None
