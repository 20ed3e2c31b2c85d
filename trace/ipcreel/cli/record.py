"""`ipcreel record`: run a program and keep the run."""

from __future__ import annotations

import gc
import os
import resource
import signal
import sys
from importlib import import_module
from pathlib import Path

import click

from ipcreel import mechanism
from ipcreel.record import launch, session
from ipcreel.record.trouble import LaunchError
from ipcreel.tape.naming import program_name

_EXAMPLES = """\b
Examples:
  ipcreel record -- python main.py
  ipcreel record -o market.reel -- energymarket run --homes 5 --ticks 20
  ipcreel record --duration 10 --skip clock,chance -- python server.py
"""


@click.command("record", epilog=_EXAMPLES)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The reel. Default: the program's name.")
@click.option("--force", is_flag=True, help="Replace the reel if it exists.")
@click.option("--only", metavar="MECHANISM,…", help="Record these mechanisms, and processes.")
@click.option("--skip", metavar="MECHANISM,…", help="Record all mechanisms but these.")
@click.option("--processes", metavar="NAME,…", help="Record these processes only; * stands for anything.")
@click.option("--internals", is_flag=True, help="Record the operations inside operations too.")
@click.option("--payload-limit", type=click.IntRange(0), default=1 << 20, show_default=True, metavar="BYTES")
@click.option("--no-payloads", is_flag=True, help="Keep no payloads: such a reel cannot be replayed.")
@click.option("--duration", type=click.FloatRange(0, min_open=True), metavar="SECONDS", help="End the program then.")
@click.option("-q", "--quiet", is_flag=True, help="No summary.")
@click.argument("program", nargs=-1, type=click.UNPROCESSED)
def command(
    output: Path | None,
    force: bool,
    only: str | None,
    skip: str | None,
    processes: str | None,
    internals: bool,
    payload_limit: int,
    no_payloads: bool,
    duration: float | None,
    quiet: bool,
    program: tuple[str, ...],
) -> None:
    """Run PROGRAM as it would run anyway, and keep the run in one file, the reel.

    Every Python process of it is recorded, however it was started: by fork, spawn, forkserver or as a command.
    The exit code is the program's own.
    """
    gc.disable()  # there are no cycles to be found in what the rest makes
    words = list(program)
    if not words:
        raise LaunchError("no program was given. For instance: ipcreel record -- python main.py")
    output = (output or Path(default_name(words))).absolute()
    if output.is_dir():
        raise LaunchError(f"{output} is a folder. Name a file with -o.")
    if output.exists() and not force:
        raise LaunchError(f"{output.name} exists. Name another with -o, or replace it with --force.")
    launch.find_program(words[0])
    patterns = tuple(processes.split(",")) if processes else ()
    options = launch.Options(0 if no_payloads else payload_limit, duration, _left_out(only, skip), patterns, internals)
    tapes = session.begin(words, output)
    try:
        outcome = launch.run(words, tapes, options, session.load if quiet else _load)
    except LaunchError:
        session.discard(tapes)
        raise
    written = session.finish(tapes, outcome, output)
    if not quiet:
        from ipcreel.cli.summary import summary

        sys.stderr.write(summary(output, written, outcome))
    if os.WIFEXITED(outcome.status):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(os.WEXITSTATUS(outcome.status))  # to take apart what was imported takes longer than to make most reels
    end_like(outcome.status)


def _load() -> None:
    """Import what is needed after the run, beside it."""
    session.load()
    import_module("ipcreel.cli.summary")


def _left_out(only: str | None, skip: str | None) -> tuple[str, ...]:
    """The mechanisms not to record.

    Raises:
        LaunchError: there is no mechanism of that name.
    """
    if not only and not skip:
        return ()
    from ipcreel.analysis.mechanisms import TRANSPORTS

    known = {str(row["mechanism"]) for row in mechanism.all_operations()}
    asked = {name for name in f"{only or ''},{skip or ''}".split(",") if name}
    unknown = sorted(asked - known)
    if set(unknown) & {*TRANSPORTS}:
        raise LaunchError(
            f"{', '.join(unknown)}: all sockets are recorded, or none: say socket, and choose afterwards."
        )
    if unknown:
        raise LaunchError(f"{', '.join(unknown)}: no such mechanism. There are: {', '.join(sorted(known))}.")
    chosen = set(only.split(",")) | {"process"} if only else known
    return tuple(sorted((known - chosen) | (set(skip.split(",")) if skip else set())))


def default_name(words: list[str]) -> str:
    """The reel of a command that names none."""
    name = program_name(words).removesuffix(" -c")
    return (Path(name).stem if name.endswith((".py", ".sh")) else name) + ".reel"


def end_like(status: int) -> None:
    """End as the program did: with its exit code, or by its signal."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        sys.stderr.flush()
        if number not in (signal.SIGKILL, signal.SIGSTOP):
            signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
    sys.exit(os.waitstatus_to_exitcode(status))
