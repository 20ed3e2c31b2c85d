"""`ipcreel replay`: run one process of a reel again, alone, or each of them."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ipcreel.reel import Reel, ReelError, open_reel
from ipcreel.reel.moments import moment_ns
from ipcreel.replay.every import replay_all
from ipcreel.replay.launch import replay
from ipcreel.replay.plan import event_at, find_process


@click.command("replay")
@click.argument("reel", type=click.Path(path_type=Path))
@click.option("--process", "wanted", metavar="NAME|PID", help="The process to run again.")
@click.option("--all", "every", is_flag=True, help="Run every process again, several at a time, and report.")
@click.option("--to", "event", type=int, metavar="EVENT", help="Stop before this event; its process is the one meant.")
@click.option("--time", "moment", metavar="MOMENT", help="Stop then: 3.2s after the begin, 'tick 12', 12t.")
@click.option("--pdb", "debug", is_flag=True, help="Stop in the debugger; without a place, at the first event.")
def command(reel: Path, wanted: str | None, every: bool, event: int | None, moment: str | None, debug: bool) -> None:
    """Run one process of REEL again, with every outcome taken from its tape."""
    opened = open_reel(reel)
    if every:
        sys.exit(_replay_every(opened))
    process, stop = _place(opened, wanted, event, moment)
    if debug and stop is None:
        stop = event_at(opened, process, 0)
    ending = replay(opened, process, stop=stop, debug=debug)
    sys.exit(1 if ending.divergence else ending.code)


def _place(reel: Reel, wanted: str | None, event: int | None, moment: str | None) -> tuple[int, int | None]:
    """The process that is meant, and the event to stop before."""
    if event is not None:
        if not 0 <= event < len(reel):
            raise ReelError(f"{reel.path}: there is no event {event}; the last one is {len(reel) - 1}.")
        return int(reel.process[event]), event
    if wanted is None:
        raise click.UsageError("Say which process: --process NAME, --all, or --to EVENT.")
    process = find_process(reel, wanted)
    if moment is None:
        return process, None
    return process, event_at(reel, process, moment_ns(reel, moment))


def _replay_every(reel: Reel) -> int:
    """Replay all and print a line each. Returns the exit code: 1 where one of them diverged."""
    replayed = diverged = 0
    for outcome in replay_all(reel):
        times = f"{outcome.recorded_s:.3f} s recorded, {outcome.replayed_s:.3f} s replayed"
        ending = outcome.ending
        verdict = ending.divergence or "; ".join(ending.stands) or "to its end"
        click.echo(f"{outcome.name:20} {outcome.events:7} events  {times}  {verdict}")
        replayed += 1
        diverged += bool(ending.divergence)
    click.echo(f"{replayed} processes, {diverged} of them diverged")
    return 1 if diverged else 0
