"""`ipcreel replay`: run one process of a reel again, alone."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ipcreel.reel import open_reel
from ipcreel.replay.launch import replay
from ipcreel.replay.plan import find_process


@click.command("replay")
@click.argument("reel", type=click.Path(path_type=Path))
@click.option("--process", "wanted", required=True, metavar="NAME|PID", help="The process to run again.")
def command(reel: Path, wanted: str) -> None:
    """Run one process of REEL again, with every outcome taken from its tape."""
    opened = open_reel(reel)
    sys.exit(replay(opened, find_process(opened, wanted)))
