"""One recording: a private directory of tapes beside the reel to be, and the reel that is made of them."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any

import msgpack

from ipcreel import mechanism
from ipcreel.record import calibration
from ipcreel.record.family import is_alive
from ipcreel.record.launch import Outcome
from ipcreel.record.trouble import LaunchError
from ipcreel.tape.layout import TAPES, VERSION, tape_names

RUN = "run"  # the file in which the directory says what is being recorded


def begin(command: list[str], output: Path) -> Path:
    """Make the directory for the tapes of `command`.

    Raises:
        LaunchError: it cannot be made beside `output`.
    """
    try:
        tapes = Path(tempfile.mkdtemp(prefix=f".{output.name}.", suffix=TAPES, dir=output.parent))
    except OSError as error:
        raise _unwritable(output.parent, error) from None
    try:
        said = {"command": command, "output": str(output), "began_unix_s": time.time(), "recorder": os.getpid()}
        (tapes / RUN).write_bytes(msgpack.packb(said))
    except OSError as error:
        discard(tapes)
        raise _unwritable(output.parent, error) from None
    return tapes


def _unwritable(folder: Path, error: OSError) -> LaunchError:
    return LaunchError(f"{folder}: cannot be written: {error.strerror}. Name another place with -o.")


def load() -> None:
    """Import what a reel is made with."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy's others wait in a loop, beside the program that runs
    mechanism.all_operations()
    import_module("ipcreel.tape.merge")


def finish(tapes: Path, outcome: Outcome, output: Path) -> dict[str, Any]:
    """Make the reel, and remove the tapes once it is written. Returns what `merge` says.

    Raises:
        LaunchError: the reel cannot be written and the tapes are kept, or there are no tapes any more.
    """
    if not tapes.is_dir():
        raise LaunchError(f"{tapes.name} was removed while the program ran, and with it what was recorded: no reel.")
    with _interruptible(tapes):
        run = {
            **said_of(tapes),
            "pid": outcome.pid,
            "words": outcome.words,
            "status": outcome.status,
            "seconds": outcome.seconds,
            "cpu_seconds": outcome.cpu_seconds,
            "asked_to_end_ns": outcome.asked_to_end_ns,
            "still_running": outcome.still_running,
            "cost_ns": calibration.measure(tapes),
        }
        written = _make(tapes, output, run)
    discard(tapes)
    return written


def recover(tapes: Path, output: Path | None) -> tuple[Path, dict[str, Any] | None]:
    """Make the reel of a recording whose recorder did not live to make it.

    Returns:
        The reel, and what `merge` says; None where it had been made, and the recorder was killed before it removed the
        tapes.

    Raises:
        LaunchError: there are no tapes, or the reel cannot be written.
    """
    if not tapes.is_dir() or not (tape_names(tapes) or (tapes / RUN).exists()):
        where = "A recording in progress keeps them in .NAME.reel.….tapes beside the reel."
        raise LaunchError(f"{tapes}: holds no tapes. {where}")
    _check_versions(tapes)
    run = said_of(tapes)
    output = output or Path(run.get("output", str(tapes) + ".reel"))
    if output.exists():
        if not _is_reel_of(run, output):
            raise LaunchError(f"{output} exists. Name another with -o.")
        discard(tapes)
        return output, None
    pids = {int(name.rpartition("-")[2]) for name in tape_names(tapes)}
    still_running = sorted(pid for pid in pids if is_alive(pid))
    with _interruptible(tapes):
        written = _make(tapes, output, {**run, "status": None, "recovered": True, "still_running": still_running})
    discard(tapes)
    return output, written


def _is_reel_of(said: dict[str, Any], output: Path) -> bool:
    """Whether a file is the reel of the recording that said this at its begin: it is whole, then."""
    from ipcreel.reel import ReelError, open_reel

    try:
        run = open_reel(output).run
    except ReelError:
        return False
    return bool(said) and all(run.get(key) == value for key, value in said.items())


def _check_versions(tapes: Path) -> None:
    from ipcreel.tape.reader import TapeError, read_header

    for name in tape_names(tapes):
        try:
            version = read_header(tapes, name).get("version")
        except TapeError:
            continue
        if version != VERSION:
            raise LaunchError(
                f"{tapes}: tapes of version {version}; this ipcreel reads {VERSION}. "
                "Recover them with the ipcreel that recorded them."
            )


def discard(tapes: Path) -> None:
    """Remove the directory of a recording: for whoever reads on in it, all at once."""
    gone = tapes.with_name(tapes.name.removesuffix(TAPES) + ".gone")
    try:
        tapes.rename(gone)
    except OSError:
        gone = tapes
    shutil.rmtree(gone, ignore_errors=True)


def _make(tapes: Path, output: Path, run: dict[str, Any]) -> dict[str, Any]:
    notes = sorted(tapes.glob("*.unrecorded"))  # left by processes that could not be recorded
    from ipcreel.tape.merge import merge

    run["unrecorded"] = [f"{note.read_text() or 'no room left on the disk'} (process {note.stem})" for note in notes]
    try:
        return merge(tapes, output, mechanism.all_operations(), run)
    except OSError as error:
        kept = f"The tapes are kept: make room, or name another place with -o: ipcreel recover {tapes}"
        raise LaunchError(f"{output}: cannot be written: {error.strerror or error}. {kept}") from None


class _Interrupted(BaseException):
    """A signal asked for the end while the reel was being made."""


@contextmanager
def _interruptible(tapes: Path) -> Iterator[None]:
    """Answer at once to a signal that asks for the end.

    Raises:
        LaunchError: one did. The tapes are kept.
    """

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise _Interrupted

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    except _Interrupted:
        raise LaunchError(f"interrupted. The tapes are kept: ipcreel recover {tapes}") from None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def said_of(tapes: Path) -> dict[str, Any]:
    """What was known of the run when it began."""
    try:
        said: dict[str, Any] = msgpack.unpackb((tapes / RUN).read_bytes())
    except (OSError, ValueError):
        return {"command": []}
    return said
