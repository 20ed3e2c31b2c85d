"""`ipcreel events`: the events of a reel, a line each."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from ipcreel.cli.opening import REEL, open_reel
from ipcreel.reel import Reel, ReelError
from ipcreel.reel.select import Selection, select
from ipcreel.reel.text import duration_text, payload_text

_EXAMPLES = """\b
Examples:
  ipcreel events market.reel --process home-3 --mechanism tcp
  ipcreel events market.reel --operation sysv.queue --from 1.5s --to +100ms
  ipcreel events market.reel --mechanism sysv --from "tick 12" --to "tick 13"
  ipcreel events market.reel --json | jq .payload
"""


@click.command("events", epilog=_EXAMPLES)
@click.argument("reel", type=REEL)
@click.option("--process", metavar="NAME|PID", help="Of this process; * stands for anything.")
@click.option("--mechanism", metavar="NAME", help="sysv, tcp, udp, unix, …; socket is all of these three.")
@click.option("--operation", metavar="NAME", help="sysv.queue.send, or sysv.queue for all of a queue.")
@click.option("--object", "object_", metavar="NAME", help="On this object.")
@click.option("--from", "since", metavar="MOMENT", help="That ended after this: 1.5s, 'tick 12', 12t.")
@click.option("--to", "until", metavar="MOMENT", help="That began before this; +50ms is after --from.")
@click.option("--json", "as_json", is_flag=True, help="A JSON object a line.")
@click.option("--follow", is_flag=True, help="Of a recording in progress: go on until it ends, or Ctrl-C.")
def command(
    reel: Path,
    process: str | None,
    mechanism: str | None,
    operation: str | None,
    object_: str | None,
    since: str | None,
    until: str | None,
    as_json: bool,
    follow: bool,
) -> None:
    """Print the events of REEL in order of begin, payloads decoded as text, JSON, msgpack or hex, never unpickled."""
    selection = Selection(process, mechanism, operation, object_, since, until)
    line = _json_line if as_json else line_of
    if follow:
        from ipcreel.cli.follow import follow as follow_tapes

        try:
            for snapshot, rows in follow_tapes(reel, selection):
                _print(snapshot, rows, line)
        except KeyboardInterrupt:
            sys.exit(130)  # as a shell says of a command that Ctrl-C has ended
        return
    opened = open_reel(reel)
    _print(opened, select(opened, selection).tolist(), line)


def _print(reel: Reel, rows: Iterable[int], line: Any) -> None:
    write = sys.stdout.write
    for row in rows:
        write(line(reel, row) + "\n")
    sys.stdout.flush()


def line_of(reel: Reel, row: int) -> str:
    at = (int(reel.begin[row]) - reel.begin_ns) / 1e9
    thing = reel.objects[int(reel.object[row])][3]
    file, number, _, _ = reel.sites[int(reel.site[row])]
    site = f"{Path(file).name}:{number}" if file else ""
    text = " ".join(part for part in (thing, _values(reel, row), payload_text(_payload(reel, row))) if part)
    lane, name = reel.lane_name(int(reel.lane[row])), _operation(reel, row)["name"]
    return f"{at:12.6f}  {lane:<20} {name:<22} {_outcome(reel, row):>9}  {site:<20} {text}".rstrip()


def _operation(reel: Reel, row: int) -> dict[str, Any]:
    return reel.operations.get(int(reel.op[row]), {"name": f"operation {int(reel.op[row]):#06x}", "a": "a", "b": "b"})


def _values(reel: Reel, row: int) -> str:
    operation = _operation(reel, row)
    parts = []
    for name in ("a", "b"):
        value = int(getattr(reel, name)[row])
        if operation[name] and value:
            parts.append(f"[{operation[name].partition(';')[0]}: {value}]")
    return " ".join(parts)


def _outcome(reel: Reel, row: int) -> str:
    if reel.pending[row]:
        return "pending"
    return "raised" if reel.raised[row] else duration_text(int(reel.end[row] - reel.begin[row]))


def _payload(reel: Reel, row: int) -> Any:
    try:
        return reel.payload(row)
    except ReelError as error:
        return f"({error})"


def _json_line(reel: Reel, row: int) -> str:
    file, number, function, _ = reel.sites[int(reel.site[row])]
    process = int(reel.process[row])
    value = _payload(reel, row)
    return json.dumps(
        {
            "event": row,
            "begin_ns": int(reel.begin[row]),
            "end_ns": None if reel.pending[row] else int(reel.end[row]),
            "outcome": "pending" if reel.pending[row] else "raised" if reel.raised[row] else "returned",
            "process": reel.process_name(process),
            "pid": reel.processes[process]["pid"],
            "lane": reel.lane_name(int(reel.lane[row])),
            "operation": _operation(reel, row)["name"],
            "object": reel.objects[int(reel.object[row])][3] or None,
            "site": {"file": file, "line": number, "function": function} if file else None,
            "a": int(reel.a[row]),
            "b": int(reel.b[row]),
            "payload": value if isinstance(value, str | int | float | None) else payload_text(value, 1 << 20),
        },
        ensure_ascii=False,
        default=str,
    )
