"""Long work: a bar on stderr where that is a terminal, and an end at once when Ctrl-C is pressed."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from ipcreel.cli.trouble import INTERRUPTED

_CLEAR_LINE_AND_SHOW_CURSOR = b"\r\x1b[K\x1b[?25h"

MATCHING, ORDERING = "matching causes with effects", "ordering by cause"

Stage = Callable[[str], None]


@contextmanager
def working(stages: int, partial: Path | None = None) -> Iterator[Stage]:
    """Do long work; what is yielded is called at the begin of each stage, with what is done in it.

    Args:
        stages: how many there are.
        partial: a file that the work writes: where it is interrupted, half of it is of no use to anyone.
    """
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with _ended_by_ctrl_c(partial), Progress(*columns, console=console, transient=True, disable=not _shown()) as bar:
        task = bar.add_task("", total=stages)
        begun = False

        def stage(what: str) -> None:
            nonlocal begun
            bar.update(task, description=what, advance=1 if begun else 0)
            begun = True

        yield stage


def _shown() -> bool:
    return sys.stderr.isatty()


@contextmanager
def _ended_by_ctrl_c(partial: Path | None) -> Iterator[None]:
    """A thread that waits for SIGINT: the main one may be inside a sort of ten million numbers, and hears nothing."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    read_end, write_end = os.pipe()
    os.set_blocking(write_end, False)
    existed = partial is not None and partial.exists()
    thread = threading.Thread(target=_wait, args=(read_end, None if existed else partial), daemon=True)
    former = signal.signal(signal.SIGINT, lambda *_: None)
    former_fd = signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)
    thread.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(former_fd)
        signal.signal(signal.SIGINT, former)
        os.close(write_end)
        thread.join()
        os.close(read_end)


def _wait(read_end: int, partial: Path | None) -> None:
    while number := os.read(read_end, 1):
        if number[0] == signal.SIGINT:
            if partial is not None:
                partial.unlink(missing_ok=True)
            if _shown():
                os.write(2, _CLEAR_LINE_AND_SHOW_CURSOR)
            os._exit(INTERRUPTED)
