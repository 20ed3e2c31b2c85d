"""`ipcreel record`: run a program and keep the run."""

from __future__ import annotations

import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any

import click

from ipcreel.record import launch


@click.command("record", context_settings={"ignore_unknown_options": True})
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The reel. [default: the program's name]")
@click.option("--force", is_flag=True, help="Replace the reel if it exists.")
@click.option("--payload-limit", type=click.IntRange(min=0), default=1 << 20, show_default=True, metavar="BYTES")
@click.option("--no-payloads", is_flag=True, help="Keep no payloads: such a reel cannot be replayed.")
@click.option("--duration", type=click.FloatRange(min=0), metavar="SECONDS", help="End the program after this long.")
@click.argument("program", nargs=-1, type=click.UNPROCESSED)
def command(
    output: Path | None, force: bool, payload_limit: int, no_payloads: bool, duration: float | None, program: tuple[str, ...]
) -> None:
    """Run PROGRAM as it would run anyway, and keep the run in one file.

    \b
    ipcreel record -- python main.py
    ipcreel record -o market.reel -- energymarket run --homes 5 --ticks 20
    """
    words = list(program)
    if not words:
        raise launch.LaunchError("no program was given. For instance: ipcreel record -- python main.py")
    output = (output or Path(_default_name(words))).absolute()
    if output.exists() and not force:
        raise launch.LaunchError(f"{output.name} exists. Name another with -o, or replace it with --force.")
    tapes = launch.new_tapes(output)
    outcome = launch.run(words, tapes, launch.Options(0 if no_payloads else payload_limit, duration))
    written = launch.finish(outcome, words, output)
    sys.stderr.write(_summary(written, outcome, output))
    _end_like(outcome.status)


def _default_name(words: list[str]) -> str:
    names = [Path(word).name for word in words if not word.startswith("-")]
    name = names[1] if len(names) > 1 and names[0].startswith("python") else names[0]
    return Path(name).stem + ".reel"


def _summary(written: dict[str, Any], outcome: launch.Outcome, output: Path) -> str:
    lines = [
        f"ipcreel: {output.name}: {written['processes']} processes, {written['lanes']} threads, "
        f"{written['events']:,} events, {written['bytes'] / 1e6:.1f} MB, lost 0"
    ]
    for name, why in written["stopped"].items():
        lines.append(f"ipcreel: recording of process {name.rpartition('-')[2]} stopped early: {why}")
    if outcome.still_running:
        pids = ", ".join(map(str, outcome.still_running))
        lines.append(f"ipcreel: still running, recorded until now: {pids}")
    return "\n".join(lines) + "\n"


def _end_like(status: int) -> None:
    """End as the program did: with its exit code, or by its signal."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        sys.stderr.flush()
        if number not in (signal.SIGKILL, signal.SIGSTOP):
            signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
    sys.exit(os.waitstatus_to_exitcode(status))
