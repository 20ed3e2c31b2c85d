"""The terminal of whoever replays, while a person is asked: what the program made of its own streams stays as it is."""

from __future__ import annotations

import os
import sys
from io import FileIO, TextIOWrapper
from types import TracebackType
from typing import Any

_dup, _dup2, _close, _read, _isatty = os.dup, os.dup2, os.close, os.read, os.isatty


class Terminal:
    """Puts the terminal in the place of the standard input and output, and gives those back."""

    def __init__(self, descriptors: tuple[int, int]) -> None:
        """Take the descriptors of the input and the output that the replay was started with."""
        self._given = descriptors
        self._kept: list[tuple[int, int | None]] = []
        self._streams: tuple[Any, Any] = (None, None)

    def __enter__(self) -> tuple[Any, Any]:
        for number, descriptor in enumerate(self._given):
            try:
                self._kept.append((number, _dup(number)))
            except OSError:  # the program closed it
                self._kept.append((number, None))
            _dup2(descriptor, number)
        self._streams = sys.stdin, sys.stdout
        is_person = all(_isatty(number) for number in (0, 1))
        sys.stdin = TextIOWrapper(FileIO(0, "r", closefd=False)) if is_person else _Lines()
        sys.stdout = TextIOWrapper(FileIO(1, "w", closefd=False), "utf-8", "replace", write_through=True)
        return sys.stdin, sys.stdout

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        sys.stdout.flush()
        sys.stdin, sys.stdout = self._streams
        for number, kept in self._kept:
            if kept is None:
                _close(number)
            else:
                _dup2(kept, number)
                _close(kept)
        self._kept.clear()


class _Lines:
    """Input that is no terminal, read to the end of a line and no further: what follows is for the next who asks."""

    encoding, errors = "utf-8", "replace"

    def readline(self, size: int = -1) -> str:
        said = b""
        while not said.endswith(b"\n") and (byte := _read(0, 1)):
            said += byte
        return said.decode("utf-8", "replace")

    def fileno(self) -> int:
        return 0

    def isatty(self) -> bool:
        return False
