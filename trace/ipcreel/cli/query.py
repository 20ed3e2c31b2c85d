"""`ipcreel query`: SQL over a reel."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from ipcreel.cli.opening import REEL, open_reel
from ipcreel.cli.screen import Screen
from ipcreel.cli.working import working
from ipcreel.export.tables import VIEWS
from ipcreel.reel import Reel, ReelError
from ipcreel.reel.table import arrow_table

_EXAMPLES = """\b
Examples:
  ipcreel query market.reel "SELECT operation, count(*) FROM events GROUP BY ALL ORDER BY 2 DESC LIMIT 5"
  ipcreel query market.reel "SELECT kind, certainty, count(*) FROM flows GROUP BY ALL"
  ipcreel query market.reel --json "SELECT * FROM findings"
"""


@click.command("query", epilog=_EXAMPLES)
@click.argument("reel", type=REEL)
@click.argument("sql")
@click.option("--json", "as_json", is_flag=True, help="A JSON object a row.")
@click.option("--csv", "as_csv", is_flag=True, help="Comma-separated values.")
def command(reel: Path, sql: str, as_json: bool, as_csv: bool) -> None:
    """Ask REEL a question in SQL, with DuckDB.

    The views are events, flows, waits, spans, ticks, objects, processes, lanes and findings; `DESCRIBE events` tells
    their columns. docs/query.md answers a dozen questions.
    """
    opened = open_reel(reel)
    with working(1) as stage:
        stage("asking")
        columns, rows = ask(opened, sql)
    if as_json:
        for row in rows:
            print(json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False, default=str))
    elif as_csv:
        import csv

        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
    else:
        table = Table(*columns, box=None, pad_edge=False, header_style="dim")
        for row in rows:
            table.add_row(*("" if value is None else _text(value) for value in row))
        Screen(markup=False).print(table)


def ask(reel: Reel, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """The answer to a question: names of columns, and rows.

    Raises:
        ReelError: DuckDB is not installed, or does not understand the question.
    """
    try:
        import duckdb
    except ImportError:
        raise ReelError("this needs DuckDB. Install it with `pip install 'ipcreel[query]'`.") from None
    with duckdb.connect(":memory:") as connection:
        for name, view in VIEWS.items():
            # Findings and flows are worked out only for questions about them.
            if name in sql.lower():
                connection.register(name, arrow_table(name, view(reel)))
        try:
            answer = connection.execute(sql)
            described = (answer.description if answer else None) or []
            return [str(column[0]) for column in described], answer.fetchall() if described else []
        except duckdb.Error as error:
            raise ReelError(" ".join(str(error).split())) from None


def _text(value: Any) -> str:
    return f"{value:,.6g}" if isinstance(value, float) else str(value)
