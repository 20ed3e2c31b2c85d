"""`ipcreel render`: a picture of a reel, without a display."""

from __future__ import annotations

import os
from pathlib import Path

import click

from ipcreel.cli.opening import REEL, open_reel
from ipcreel.cli.viewer import need_viewer
from ipcreel.cli.working import working
from ipcreel.record.trouble import LaunchError
from ipcreel.reel import ReelError
from ipcreel.reel.moments import moment_ns, window_ns


@click.command("render")
@click.argument("reel", type=REEL)
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="The picture: .png or .svg.")
@click.option("--from", "since", metavar="MOMENT", help="Where it begins: 1.5s, 'tick 12', 'tick 12 + 50ms'.")
@click.option("--to", "until", metavar="MOMENT", help="Where it ends; +50ms is after --from.")
@click.option("--at", metavar="MOMENT", help="Where the cursor stands.")
@click.option("--event", type=int, metavar="N", help="The event that is selected.")
@click.option("--cone", is_flag=True, help="Let what led to the event stand out.")
@click.option("--compare", type=REEL, metavar="OTHER", help="Another reel under the first.")
@click.option("--path", is_flag=True, help="Draw the critical path.")
@click.option(
    "--panels", default="", metavar="NAMES", help="Panels beside the timeline, by commas: see docs/viewer.md."
)
@click.option("--theme", type=click.Choice(["light", "dark"]), help="By default that of the system.")
@click.option("--size", default="1600x900", show_default=True, metavar="WIDTHxHEIGHT")
def command(
    reel: Path,
    output: Path,
    since: str | None,
    until: str | None,
    at: str | None,
    event: int | None,
    cone: bool,
    compare: Path | None,
    path: bool,
    panels: str,
    theme: str | None,
    size: str,
) -> None:
    """Draw REEL as the window would show it.

    \b
    ipcreel render market.reel -o market.png --from 1.5s --to 1.6s
    ipcreel render market.reel -o why.png --at 1.6s --panels pricing,state
    """
    need_viewer()
    if output.suffix not in (".png", ".svg"):
        raise LaunchError(f"{output}: no kind of picture. Name it .png or .svg.")
    width, _, height = size.partition("x")
    if not (width.isdecimal() and height.isdecimal() and int(width) and int(height)):
        raise LaunchError(f"--size {size}: expected WIDTHxHEIGHT, such as 1600x900.")
    opened = open_reel(reel)
    begin, end = window_ns(opened, since, until)
    if begin >= end and (since or until):  # else it is a reel without events, and shown as one
        raise LaunchError("--from is not before --to.")
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from reelview.picture import STAGES, render

    if event is not None and not 0 <= event < len(opened):
        raise ReelError(f"--event {event}: the reel has events 0 to {len(opened) - 1}.")
    other = open_reel(compare) if compare else None
    with working(STAGES, partial=output) as stage:
        render(
            opened,
            output,
            begin,
            end,
            int(width),
            int(height),
            panels=tuple(name.strip() for name in panels.split(",") if name.strip()),
            at_ns=moment_ns(opened, at) if at else None,
            event=event,
            cone=cone,
            theme=theme,
            path=path,
            compare=other,
            stage=stage,
        )
