"""`ipcreel minimize`: the smallest part of a run that still shows a finding."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ipcreel.cli.opening import REEL, open_reel
from ipcreel.cli.summary import count_text, size_text
from ipcreel.cli.working import working
from ipcreel.reel import Reel, ReelError
from ipcreel.reel.minimal import Minimal, find_finding, minimize

_EXAMPLES = """\b
Examples:
  ipcreel minimize market.reel                          the first finding, to market.min.reel
  ipcreel minimize market.reel --code deadlock -o deadlock.reel
  ipcreel minimize market.reel --finding 2 --force

\b
Exit codes:
  0  it was written
  1  there is no finding, or none of that code
  2  it could not be done
"""


@click.command("minimize", epilog=_EXAMPLES)
@click.argument("reel", type=REEL)
@click.option("--finding", "number", type=int, metavar="N", help="The finding of `ipcreel check` with this number.")
@click.option("--code", metavar="CODE", help="The first finding of this kind: deadlock, lost-wakeup, …")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The smaller reel. Default: NAME.min.reel.")
@click.option("--force", is_flag=True, help="Replace a reel of that name.")
def command(reel: Path, number: int | None, code: str | None, output: Path | None, force: bool) -> None:
    """Write the shortest prefix and the fewest processes of REEL that still show a finding.

    Every event that is kept is as it was recorded. `ipcreel check` was asked of what is left, and finds it there.
    """
    if number is not None and code is not None:
        raise click.UsageError("--finding and --code: it goes by one of them.")
    opened = open_reel(reel)
    output = output or reel.with_name(f"{reel.stem}.min.reel")
    if output.exists() and (not force or output.samefile(reel)):
        raise ReelError(f"{output} exists. Name another with -o, or replace it with --force.")
    with working(2) as stage:
        stage("looking for what is wrong")
        finding = find_finding(opened, number, code)
        if finding is not None:
            stage("leaving out what is not needed")
            made = minimize(opened, finding, output)
    if finding is None:
        print("nothing found" if code is None else f"nothing found of the kind {code}")
        sys.exit(1)
    print(_text(opened, made, output))


def _text(reel: Reel, made: Minimal, output: Path) -> str:
    names = [reel.process_name(row) for row in made.processes]
    shown = ", ".join(names[:20]) + (f" and {len(names) - 20} more" if len(names) > 20 else "")
    if made.ways:
        shown += f"; to replay them also {', '.join(map(reel.process_name, made.ways))}, up to their forks"
    end_s, until_s = ((ns - reel.begin_ns) / 1e9 for ns in (reel.end_ns, made.until_ns))
    return (
        f"{made.finding.code}: {made.finding.what}\n"
        f"{len(names)} of {count_text(len(reel.processes), 'process', 'es')}: {shown}\n"
        f"{len(made.rows):,} of {count_text(len(reel), 'event')}, until {until_s:.6f} s of {end_s:.6f} s\n"
        f"{output}: {size_text(output.stat().st_size)} of {size_text(reel.path.stat().st_size)}; "
        f"there it is finding {_number(made, output)}"
    )


def _number(made: Minimal, output: Path) -> int:
    """Which finding it is in the smaller reel: that ends early, and so what is taken back later shows in it too."""
    first = made.rows.tolist().index(made.finding.events[0])
    findings = open_reel(output).findings
    return 1 + next(
        place for place, one in enumerate(findings) if (one.code, one.events[0]) == (made.finding.code, first)
    )
