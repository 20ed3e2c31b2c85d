"""`ipcreel info`: what is in a reel."""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np

from ipcreel.reel import open_reel


@click.command("info")
@click.argument("reel", type=click.Path(path_type=Path))
def command(reel: Path) -> None:
    """Say what is in REEL."""
    opened = open_reel(reel)
    print(opened)
    codes, counts = np.unique(opened.op, return_counts=True)
    for code, count in zip(codes.tolist(), counts.tolist(), strict=True):
        print(f"{count:10,}  {opened.operations[code]['name']}")
