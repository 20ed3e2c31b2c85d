"""`ipcreel view`: open a reel in a window."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import click

from ipcreel.cli.record import default_name, end_like
from ipcreel.cli.viewer import need_display, need_viewer
from ipcreel.record.progress import tapes_of
from ipcreel.record.trouble import LaunchError
from ipcreel.tape.layout import newest_tapes

_EXAMPLES = """\b
Examples:
  ipcreel view market.reel
  ipcreel view before.reel --compare after.reel
  ipcreel view --live -- energymarket run --homes 5
  ipcreel view --live market.reel          while `ipcreel record -o market.reel -- …` runs elsewhere
"""
_PROGRAM = "ipcreel.program"
_PAUSE_S = 0.02
_REEL = click.Path(path_type=Path, readable=False)  # whether it may be read is said in the window


class _ProgramAfterDashes(click.Command):
    """What stands after -- is a program, and neither options nor a reel."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if "--" in args:
            at = args.index("--")
            args, ctx.meta[_PROGRAM] = args[:at], args[at + 1 :]
        return super().parse_args(ctx, args)


@click.command("view", cls=_ProgramAfterDashes, epilog=_EXAMPLES)
@click.argument("reel", type=_REEL, required=False)
@click.option("--compare", type=_REEL, metavar="OTHER", help="Another reel under the first.")
@click.option("--live", is_flag=True, help="Of a recording in progress: let the timeline grow as the program runs.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Of --live -- PROGRAM: the reel.")
@click.option("--force", is_flag=True, help="Of --live -- PROGRAM: replace the reel if it exists.")
@click.pass_context
def command(
    ctx: click.Context, reel: Path | None, compare: Path | None, live: bool, output: Path | None, force: bool
) -> None:
    """Open REEL in a window: a timeline that plays, and what it says about the run.

    With --live, REEL is one that is being recorded, or the directory of its tapes; or a program after -- is started
    and recorded. Closing the window ends nothing: the program goes on, its reel is made, and then this command ends as
    the program did. Ctrl-C is for the program as long as it runs, and closes the window after that.
    """
    need_viewer()
    words: list[str] = ctx.meta.get(_PROGRAM, [])
    if words and not live:
        raise LaunchError("a program is recorded and shown with --live: ipcreel view --live -- PROGRAM …")
    if (output or force) and not words:
        raise LaunchError(
            "-o and --force say where the reel of a program goes: ipcreel view --live -o FILE -- PROGRAM …"
        )
    if words and reel:
        raise LaunchError(f"{reel}: either a recording in progress or a program is shown. Name its reel with -o.")
    if live and not words and reel is None:
        raise LaunchError("what is to be shown? ipcreel view --live -- PROGRAM …, or --live NAME.reel of a recording")
    if compare is not None and (live or reel is None):
        raise LaunchError(f"{compare}: it is compared with a whole reel: ipcreel view ONE.reel --compare OTHER.reel")
    need_display()
    if words:
        _record_and_show(words, (output or Path(default_name(words))).absolute(), force)
        return
    from reelview.app import main

    sys.exit(main(reel if not live or reel is None else tapes_of(reel), live=live, compare=compare))


def _record_and_show(words: list[str], output: Path, force: bool) -> None:
    """Start the recorder as a command of its own, show what it records, and end as the program did."""
    signal.signal(signal.SIGINT, lambda _number, _frame: None)  # it is for the program; an ignored one is inherited
    before = newest_tapes(output)
    begun_ns = time.time_ns()
    options = ["-o", str(output), *(["--force"] if force else [])]
    recorder = subprocess.Popen([sys.executable, "-m", "ipcreel", "record", *options, "--", *words])
    while (tapes := newest_tapes(output)) == before and recorder.poll() is None:
        time.sleep(_PAUSE_S)
    from reelview.app import main

    if tapes is not None and tapes != before:
        main(tapes, live=True, is_recording=lambda: recorder.poll() is None)
    elif output.is_file() and output.stat().st_mtime_ns >= begun_ns:  # it was over at once
        main(output)
    code = recorder.wait()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever pressed Ctrl-C once more does not change how it ended
    end_like(-code if code < 0 else code << 8)
