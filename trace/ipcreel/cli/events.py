"""`ipcreel events`: the events of a reel, a line each."""

from __future__ import annotations

from pathlib import Path

import click

from ipcreel.reel import open_reel


@click.command("events")
@click.argument("reel", type=click.Path(path_type=Path))
def command(reel: Path) -> None:
    """Print the events of REEL."""
    opened = open_reel(reel)
    for row in range(len(opened)):
        op = opened.operations[int(opened.op[row])]["name"]
        process = opened.processes[int(opened.process[row])]
        state = "pending" if opened.pending[row] else "raised" if opened.raised[row] else f"{(opened.end[row]-opened.begin[row])/1e3:.1f}us"
        site = opened.sites[int(opened.site[row])]
        print(
            f"{(opened.begin[row] - opened.begin_ns) / 1e9:.6f} {process['pid']}/{opened.lane[row]} {op} "
            f"{opened.objects[int(opened.object[row])][3]} a={opened.a[row]} b={opened.b[row]} {state} "
            f"{Path(site[0]).name}:{site[1]} {opened.payload(row)!r}"
        )
