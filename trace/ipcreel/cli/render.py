"""`ipcreel render`: a picture of a reel, without a display."""

from __future__ import annotations

import os
from pathlib import Path

import click

from ipcreel.cli.viewer import need_viewer
from ipcreel.record.trouble import LaunchError
from ipcreel.reel import open_reel
from ipcreel.reel.select import moment_ns


@click.command("render")
@click.argument("reel", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="The picture: .png or .svg.")
@click.option("--from", "since", metavar="TIME", help="Where it begins: 1.5s, 20ms after the begin of the reel.")
@click.option("--to", "until", metavar="TIME", help="Where it ends.")
@click.option("--size", default="1600x900", show_default=True, metavar="WIDTHxHEIGHT")
def command(reel: Path, output: Path, since: str | None, until: str | None, size: str) -> None:
    """Draw REEL as the window would show it.

    \b
    ipcreel render market.reel -o market.png --from 1.5s --to 1.6s
    """
    need_viewer()
    if output.suffix not in (".png", ".svg"):
        raise LaunchError(f"{output}: no kind of picture. Name it .png or .svg.")
    width, _, height = size.partition("x")
    if not (width.isdecimal() and height.isdecimal() and int(width) and int(height)):
        raise LaunchError(f"--size {size}: expected WIDTHxHEIGHT, such as 1600x900.")
    opened = open_reel(reel)
    begin = moment_ns(opened, since) if since else opened.begin_ns
    end = moment_ns(opened, until) if until else opened.end_ns
    if begin >= end:
        raise LaunchError("--from is not before --to.")
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from reelview.picture import render

    render(opened, output, begin, end, int(width), int(height))
