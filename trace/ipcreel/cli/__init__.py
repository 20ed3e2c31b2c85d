"""The command: one module for each of its commands, imported when it is called.

record   run a program and keep the run
recover  make the reel of an interrupted recording
info     what is in a reel
events   the events of a reel, a line each
check    what is wrong with a run
stats    where the time of a run went
diff     what is different between two runs
minimize the smallest part of a run that still shows a finding
export   a reel in the form of another tool
query    SQL over a reel
view     open a reel in a window
render   a picture of a reel, without a display
replay   run one process of a reel again, alone
"""

from __future__ import annotations

import errno
import importlib
import os
import sys
from typing import Any

import click

from ipcreel.cli.trouble import INTERRUPTED, report_trouble

_COMMANDS = (
    "record",
    "recover",
    "info",
    "events",
    "check",
    "stats",
    "diff",
    "minimize",
    "export",
    "query",
    "view",
    "render",
    "replay",
)
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


class _Commands(click.Group):
    def list_commands(self, context: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in _COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"ipcreel.cli.{name}").command
        return command

    def invoke(self, context: click.Context) -> Any:
        try:
            try:
                return super().invoke(context)
            finally:
                sys.stdout.flush()  # here it can still be said that this fails
        except KeyboardInterrupt:
            sys.exit(INTERRUPTED)
        except BrokenPipeError:  # `| head` has seen enough
            _write_no_more()
            sys.exit(0)
        except OSError as error:
            if error.errno not in _NO_ROOM or error.filename is not None:
                raise
            _write_no_more()
            sys.stderr.write(f"ipcreel: the output cannot be written: {error.strerror}.\n")
            sys.exit(2)


def _write_no_more() -> None:
    """What is still in the buffer would fail at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ipcreel")
def group() -> None:
    """Record a multi-process Python program, and ask of the run what you like."""


def main() -> None:
    """The console script."""
    with report_trouble():
        group()
