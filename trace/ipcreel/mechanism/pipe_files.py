"""Pipes and FIFOs that a program reads and writes through a file object: `os.fdopen`, `open`."""

from __future__ import annotations

import os
from _io import FileIO, TextIOWrapper

from ipcreel.interpose.builtin import original_of
from ipcreel.mechanism import descriptors, pipes
from ipcreel.mechanism.operation import RUN, Operation
from ipcreel.mechanism.rawfile import behind, pipe_of, put_beneath, recording, rows

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any

    from ipcreel.mechanism.reading import Reading


_FLAGS = {
    "r": os.O_RDONLY, "w": os.O_WRONLY | os.O_CREAT | os.O_TRUNC, "a": os.O_WRONLY | os.O_CREAT | os.O_APPEND,
}  # fmt: skip


def _file(file: Any = None, *_: Any, **__: Any) -> Any:
    return file


def _opens_pipe(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    file = _file(*args, **kwargs)
    if type(file) is not int:
        return False
    if descriptors.inert is not None:
        return file in descriptors.inert
    return file > descriptors.CONSOLE and behind(file) != 0


def _descriptor(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
    return _file(*args, **kwargs), None


OPEN = Operation(
    0x1120, "pipe.file.open", concerns=_opens_pipe, identify=pipe_of, before=_descriptor, replay=RUN, a="descriptor",
)  # fmt: skip
_FILE_ROWS = rows(0x1121, "pipe.file")
OPERATIONS = (OPEN, *_FILE_ROWS)


def install(module: ModuleType, reading: Reading) -> None:
    """`io.open`, which is `open`, puts a raw file that records beneath what it makes of a pipe.

    A FIFO is opened as `os.open` does, and what it gives is a pipe then.
    """
    plain = module.open
    kind = recording(reading, _FILE_ROWS)
    open_pipe = reading.wrap(OPEN, _opening_pipe(plain, kind))
    open_fifo = reading.wrap(pipes.OPEN, _open_fifo)
    descriptors.put(module, "open", None, _opening(plain, open_pipe, open_fifo), reading)


def _opening(
    plain: Callable[..., Any], open_pipe: Callable[..., Any], open_fifo: Callable[..., Any]
) -> Callable[..., Any]:
    def open_(*args: Any, **kwargs: Any) -> Any:
        file = _file(*args, **kwargs)
        if type(file) is int:
            return open_pipe(*args, **kwargs)
        if descriptors.inert is None and not pipes.is_fifo((file,), {}):
            return plain(*args, **kwargs)
        flags = _flags(*args, **kwargs)
        descriptor = open_fifo(file, flags) if flags >= 0 else -1
        if descriptor < 0:
            return plain(*args, **kwargs)
        kwargs.pop("file", None)
        return _named(file, descriptor, open_pipe, *args[1:], **kwargs)

    return open_


def _flags(
    file: Any = None, mode: Any = "r", buffering: Any = -1, encoding: Any = None, errors: Any = None,
    newline: Any = None, closefd: Any = True, opener: Any = None,
) -> int:  # fmt: skip
    """What `open` asks the kernel for (open(2)); -1 where it would complain, or asks somebody else."""
    if not isinstance(file, (str, bytes, os.PathLike)) or type(mode) is not str or opener is not None or not closefd:
        return -1
    rest = mode.replace("b", "", 1) if "b" in mode else mode.replace("t", "", 1)
    is_right = buffering != 0 if "b" not in mode else encoding is errors is newline is None
    flags = _FLAGS.get(rest.replace("+", "", 1), -1) if is_right else -1
    return flags & ~os.O_ACCMODE | os.O_RDWR if flags >= 0 and "+" in rest else flags


def _open_fifo(path: Any, flags: int) -> int:
    if descriptors.inert is not None:
        return -1  # the tape has none here
    descriptor: int = original_of(os.open)(path, flags | os.O_CLOEXEC, 0o666)
    return descriptor


def _named(path: Any, descriptor: int, open_pipe: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    try:
        made = open_pipe(descriptor, *args, **kwargs)
    except BaseException:
        os.close(descriptor)
        raise
    beneath = getattr(made, "buffer", made)
    getattr(beneath, "raw", beneath).name = path
    return made


def _opening_pipe(plain: Callable[..., Any], kind: type[FileIO]) -> Callable[..., Any]:
    def open_(*args: Any, **kwargs: Any) -> Any:
        file = _file(*args, **kwargs)
        # Whoever holds the file closes the descriptor behind our back.
        descriptors.forget(file)
        if descriptors.inert is None and (file <= descriptors.CONSOLE or not behind(file)):
            return plain(*args, **kwargs)
        return _open(plain, kind, *args, **kwargs)

    return open_


def _open(
    plain: Callable[..., Any], kind: type[FileIO], file: int, mode: str = "r", buffering: int = -1,
    encoding: str | None = None, errors: str | None = None, newline: str | None = None, closefd: bool = True,
    opener: Any = None,
) -> Any:  # fmt: skip
    beneath = file if descriptors.inert is None else nothing()
    made, raw = on_raw_file(plain, kind, beneath, mode, buffering, encoding, errors, newline, closefd, opener)
    if beneath != file:
        setattr(raw, "fileno", lambda: file)  # noqa: B010
        raw.name = file
    return made


def on_raw_file(
    plain: Callable[..., Any],
    kind: type,
    descriptor: int,
    mode: str = "r",
    buffering: int = -1,
    encoding: str | None = None,
    errors: str | None = None,
    newline: str | None = None,
    closefd: bool = True,
    opener: Any = None,
) -> tuple[Any, Any]:
    """What `open` makes, on a raw file of `kind`, which is returned as well.

    The plain one checks arguments and chooses sizes and encodings.
    """
    made = plain(descriptor, mode, buffering, encoding, errors, newline, False, opener)
    raw = kind(descriptor, "".join(letter for letter in mode if letter in "xrwa+"), closefd)
    if type(made) is FileIO:
        return raw, raw
    is_text = type(made) is TextIOWrapper
    put_beneath(made.buffer if is_text else made, raw)
    if is_text:
        made.__init__(
            made.buffer,
            encoding=made.encoding,
            errors=made.errors,
            newline=newline,
            line_buffering=made.line_buffering,
            write_through=made.write_through,
        )
    return made, raw


def nothing() -> int:
    """A descriptor of its own in a replay, from which nothing comes."""
    import posix

    descriptor: int = original_of(posix.open)("/dev/null", posix.O_RDWR | posix.O_CLOEXEC)
    return descriptor
