"""`ipcreel replay`: run one process of a reel again, alone, or each of them."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ipcreel.cli.opening import REEL, open_reel
from ipcreel.reel import Reel, ReelError
from ipcreel.replay.launch import INTERRUPTED, Ending, replay
from ipcreel.replay.place import Place, at_begin, at_event, at_finding, at_line, at_moment
from ipcreel.replay.plan import How, find_process

_EXAMPLES = """\b
Examples:
  ipcreel replay market.reel --process market         to its end
  ipcreel replay market.reel --all                    every process, with a report
  ipcreel replay market.reel --finding 1 --pdb        in the debugger, where `ipcreel check` found something
  ipcreel replay market.reel --process home-3 --tick 12 --pdb
  ipcreel replay market.reel --line books.py:97       who stands there, and what the others were doing
  ipcreel replay market.reel --process market --try   with the code as it is now, as far as the tape can answer

\b
Exit codes:
  0  it did what its tape has (or that of the process, where it came to its end)
  1  it diverged from its tape; with --try: the tape could not answer any more
  2  it could not be done: a wrong name, a place that was not reached, a reel that cannot be read
  130  interrupted
"""


@click.command("replay", epilog=_EXAMPLES)
@click.argument("reel", type=REEL)
@click.option(
    "--process",
    "wanted",
    metavar="NAME|PID[#N]",
    help="The process to run again; NAME#2 is the second that is called so.",
)
@click.option("--all", "every", is_flag=True, help="Run every process again, several at a time, and report.")
@click.option("--to", "event", type=int, metavar="EVENT", help="Stop before this event; its process is the one meant.")
@click.option("--tick", type=int, metavar="N", help="Stop at the first event of the process in this tick.")
@click.option("--time", "moment", metavar="TIME", help="Stop at this time of the reel: 3.2, 3.2s, 20ms.")
@click.option("--finding", type=int, metavar="N", help="Stop where the finding of `ipcreel check` with this number is.")
@click.option("--line", metavar="FILE:LINE", help="Stop before this line of the program, the first time.")
@click.option("--try", "tries", is_flag=True, help="Let changed code go on where it leaves its tape, as far as it can.")
@click.option("--pdb", "debug", is_flag=True, help="Stop in the debugger; without a place, at the first event.")
@click.option(
    "--dap",
    "port",
    type=click.IntRange(0, 65535),
    metavar="PORT",
    help="Stop likewise, in an editor that comes to PORT.",
)
def command(
    reel: Path,
    wanted: str | None,
    every: bool,
    event: int | None,
    tick: int | None,
    moment: str | None,
    finding: int | None,
    line: str | None,
    tries: bool,
    debug: bool,
    port: int | None,
) -> None:
    """Run one process of REEL again, with every outcome taken from its tape.

    With a place and without --pdb it says where the process stands there, and what the others were doing.
    """
    places = {"--to": event, "--tick": tick, "--time": moment, "--finding": finding, "--line": line}
    given = [name for name, value in places.items() if value is not None]
    if len(given) > 1:
        raise click.UsageError(f"{' and '.join(given)}: it stops at one place. Give one of them.")
    if debug and port is not None:
        raise click.UsageError("--pdb and --dap: one of them asks. Give one.")
    debug = debug or port is not None
    if every and (wanted is not None or given or debug or tries):
        raise click.UsageError(
            "--all replays every process to its end: it goes with no --process, place, --pdb or --try."
        )
    opened = open_reel(reel)
    try:
        if every:
            sys.exit(_replay_every(opened))
        place = _place(opened, wanted, event, tick, moment, finding, line, debug)
        sys.exit(_report(opened, place, replay(opened, place.process, place=place, how=How(debug, port, tries))))
    except KeyboardInterrupt:
        click.echo("ipcreel: interrupted.", err=True)
        sys.exit(INTERRUPTED)


def _place(
    reel: Reel,
    wanted: str | None,
    event: int | None,
    tick: int | None,
    moment: str | None,
    finding: int | None,
    line: str | None,
    debug: bool,
) -> Place:
    """The process that is meant, and where it is to stop."""
    if event is not None:
        return at_event(reel, wanted, event)
    if finding is not None:
        return at_finding(reel, wanted, finding)
    if line is not None:
        return at_line(reel, wanted, line)
    if tick is not None:
        return at_moment(reel, wanted, f"tick {tick}")
    if moment is not None:
        return at_moment(reel, wanted, moment)
    return at_begin(reel, wanted) if debug else Place(find_process(reel, wanted))


def _report(reel: Reel, place: Place, ending: Ending) -> int:
    """Say what the replay itself has not said. Returns the exit code."""
    if ending.diverged is not None:
        lines = ending.diverged.lines()
        click.echo("\n".join([f"ipcreel: {lines[0]}", *lines[1:]]), err=True)
        return 1
    if ending.tried is not None:
        click.echo("\n".join(f"ipcreel: {line}" for line in ending.tried.lines()), err=True)
    if place.line is not None and not ending.stopped:
        file, number = place.line
        raise ReelError(f"{file}:{number}: {reel.process_name(place.process)} never came to this line.")
    return ending.code


def _replay_every(reel: Reel) -> int:
    """Replay all and print a line each. Returns the exit code: 1 where one of them diverged."""
    from ipcreel.replay.every import replay_all
    from ipcreel.replay.plan import replayable, unique_names

    width = max(map(len, unique_names(reel, replayable(reel, None))), default=0)
    replayed = diverged = refused = 0
    for outcome in replay_all(reel):
        times = f"{outcome.recorded_s:.3f} s recorded, {outcome.replayed_s:.3f} s replayed"
        ending = outcome.ending
        verdict = ending.refused or ending.divergence or "; ".join(ending.stands) or "to its end"
        if ending.differs:
            verdict += f"; the output differs: {ending.differs}"
        click.echo(f"{outcome.name:{width}} {outcome.events:7,} events  {times}  {verdict}")
        replayed += 1
        diverged += bool(ending.divergence or ending.differs)
        refused += bool(ending.refused)
    rest = f", {refused} not replayed" if refused else ""
    click.echo(f"{replayed} process{'es' * (replayed != 1)}, {diverged} of them diverged{rest}")
    return 1 if diverged else 2 if refused else 0
