"""`ipcreel recover`: make the reel of an interrupted recording."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ipcreel.record import session

_EXAMPLES = """\b
Examples:
  ipcreel recover .market.reel.*.tapes
  ipcreel recover .market.reel.*.tapes -o rescued.reel
"""


@click.command("recover", epilog=_EXAMPLES)
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The reel. Default: the one that was to be made.")
def command(directory: Path, output: Path | None) -> None:
    """Make the reel of a recording whose recorder was killed, from the DIRECTORY of tapes that it left.

    The directory lies beside the reel that was to be: .market.reel.….tapes
    """
    from ipcreel.cli.summary import summary

    made, written = session.recover(directory.absolute(), output)
    if written is None:
        sys.stderr.write(f"ipcreel: {made.name} had been made of these tapes, and is whole: they are removed.\n")
        return
    sys.stderr.write(summary(made, written, None))
