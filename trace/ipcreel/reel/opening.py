"""Opens the file of a reel, or says in one line why it cannot be opened."""

from __future__ import annotations

import mmap
import shlex
import stat
from pathlib import Path
from typing import Any

from ipcreel import event
from ipcreel.reel import integrity, payload
from ipcreel.reel.error import ReelError
from ipcreel.reel.model import Reel
from ipcreel.tape import reel_file
from ipcreel.tape.layout import newest_tapes
from ipcreel.tape.upgrade import upgrade


def open_reel(path: str | Path) -> Reel:
    """Open a reel by mapping it.

    Raises:
        ReelError: it is not there, is no reel, is damaged, or was made by a newer version.
    """
    path = Path(path)
    data = _map(path)
    header = _header(path, data)
    try:
        definitions = payload.decode(data[header["definitions"] : header["payloads"]])
    except ValueError as error:
        raise ReelError(f"{path}: its definitions are damaged: {error}.") from None
    if isinstance(definitions, dict):
        definitions = upgrade(header["version"], definitions)
    wrong = integrity.wrong_definitions(definitions)
    if wrong is not None:
        raise ReelError(f"{path}: its definitions are damaged: {wrong}.")
    return Reel(path, data, header, definitions)


def _map(path: Path) -> mmap.mmap:
    try:
        # A pipe is not waited for: nobody may write to it.
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise ReelError(f"{path}: it is a directory. `ipcreel recover` makes the reel of a directory of tapes.")
        if not stat.S_ISREG(mode):
            raise ReelError(f"{path}: it is no file.")
        with path.open("rb") as file:
            if path.stat().st_size == 0:
                raise ReelError(f"{path}: it is empty: no recording has come to its end there.")
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except FileNotFoundError:
        raise ReelError(f"{path}: there is no such file.{_of_tapes(path)}") from None
    except OSError as error:
        raise ReelError(f"{path}: cannot be read: {error.strerror}.") from None
    except ValueError as error:
        raise ReelError(f"{path}: cannot be read: {error}.") from None


def _of_tapes(path: Path) -> str:
    """What to do where a recording was to make a reel, and has not."""
    tapes = newest_tapes(path)
    if tapes is None:
        return ""
    return (
        f" Where its recorder was killed, this makes it: ipcreel recover {shlex.quote(str(path.parent / tapes.name))}"
    )


def _header(path: Path, data: mmap.mmap) -> dict[str, Any]:
    try:
        header = payload.decode(data[:4096])
    except ValueError:
        header = None
    if not isinstance(header, dict) or header.get("format") != reel_file.FORMAT:
        raise ReelError(f"{path}: this is not a reel. `ipcreel record` makes one.")
    version = header.get("version")
    if type(version) is not int or version < 1:
        raise ReelError(f"{path}: its header is damaged: it has no version.")
    if version > reel_file.VERSION:
        raise ReelError(
            f"{path}: it has version {version}, this ipcreel reads up to {reel_file.VERSION}. Install a newer ipcreel."
        )
    numbers = [
        number for name in reel_file.NUMBERS if type(number := header.get(name)) is int and 0 <= number < 1 << 62
    ]
    if len(numbers) < len(reel_file.NUMBERS):
        raise ReelError(f"{path}: its header is damaged: numbers were expected as {', '.join(reel_file.NUMBERS)}.")
    definitions, payloads, events, count, index, size = numbers
    if not (definitions <= payloads <= events and events + count * event.SIZE == index <= size):
        raise ReelError(f"{path}: its header is damaged: its parts overlap.")
    if len(data) <= events and count:
        raise ReelError(
            f"{path}: {len(data):,} bytes, its header says {size:,}. It was cut off before its first event."
        )
    return header
