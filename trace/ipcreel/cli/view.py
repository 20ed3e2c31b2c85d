"""`ipcreel view`: open a reel in a window."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ipcreel.cli.viewer import need_viewer


@click.command("view")
@click.argument("reel", type=click.Path(path_type=Path), required=False)
def command(reel: Path | None) -> None:
    """Open REEL in a window: a timeline that plays, and what it says about the run."""
    need_viewer()
    from reelview.app import main

    sys.exit(main(reel))
