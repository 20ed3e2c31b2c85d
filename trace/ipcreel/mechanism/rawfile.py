"""A raw file of `io` that records what goes through it, to lie beneath real buffers."""

from __future__ import annotations

import os
from _io import FileIO

from ipcreel.interpose.sleep import shielded
from ipcreel.interpose.streams import kind_of
from ipcreel.mechanism.keeping import describe, number
from ipcreel.mechanism.operation import IN, OUT, Operation
from ipcreel.tape import process
from ipcreel.tape.process import object_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ipcreel.mechanism.reading import Reading

_fstat = os.fstat
_FORMAT, _FIFO = 0o170000, 0o010000


def behind(descriptor: int) -> int:
    """The number of the pipe behind `descriptor` as it is now, 0 where there is none."""
    try:
        status = _fstat(descriptor)
    except OSError:
        return 0
    if status.st_mode & _FORMAT != _FIFO:
        return 0
    return object_number("pipe", (status.st_dev, status.st_ino), f"pipe {status.st_ino}")


def _descriptor(file: Any) -> int:
    try:
        return file if type(file) is int else file.fileno()
    except (AttributeError, OSError, ValueError):  # it is closed; what a signal's handler raises here is the program's
        return -1


def pipe_of(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> int:
    """An `identify` for calls whose first argument is a raw file or a descriptor."""
    return behind(_descriptor(args[0])) if args else 0


def _given(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
    data = args[1] if len(args) > 1 else None
    kept = bytes(data) if isinstance(data, (bytes, bytearray, memoryview)) else None
    return _descriptor(args[0]) if args else -1, kept


def _written(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> tuple[int, int, object]:
    return _descriptor(args[0]), -1 if result is None else number(result), None


def _asked(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
    return _descriptor(args[0]) if args else -1, None


def _filled(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> tuple[int, int, object]:
    if result is None:
        return _descriptor(args[0]), -1, None
    return _descriptor(args[0]), result, bytes(memoryview(args[1]).cast("B")[:result])


def _read(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> tuple[int, int, object]:
    return _descriptor(args[0]), -1 if result is None else len(result), result


def _give_count(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: Any) -> object:
    if b < 0:
        return None
    # What holds an address, or a handle of the kernel's, may be longer or shorter in a replay: all was written.
    given = len(memoryview(args[1]).cast("B"))
    return given if payload is None or b == len(payload) else min(b, given)


def _give_filled(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: Any) -> object:
    if b < 0:
        return None
    memoryview(args[1]).cast("B")[:b] = payload
    return b


def _give_read(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: Any) -> object:
    return payload


_READ = "bytes read, -1 where none were there yet"


def write_row(code: int, name: str, target: str | None = None, **more: Any) -> Operation:
    """Writing to a raw file, or to a descriptor."""
    return Operation(
        code, name, target, identify=pipe_of, before=_given, after=_written, blocks=True, flow=OUT, give=_give_count,
        a="descriptor", b="bytes written, -1 where none could be yet", payload="the bytes given", **more,
    )  # fmt: skip


def read_row(code: int, name: str, target: str | None = None, **more: Any) -> Operation:
    """Reading from a raw file, or from a descriptor."""
    return Operation(
        code, name, target, identify=pipe_of, before=_asked, after=_read, blocks=True, flow=IN, give=_give_read,
        a="descriptor", b=_READ, payload="the bytes", **more,
    )  # fmt: skip


def rows(first: int, prefix: str) -> tuple[Operation, ...]:
    """What such a file does: four operations from the code `first` on."""
    fill = Operation(
        first + 1, f"{prefix}.fill", identify=pipe_of, before=_asked, after=_filled, blocks=True, flow=IN,
        give=_give_filled, a="descriptor", b=_READ, payload="the bytes",
    )  # fmt: skip
    return (
        write_row(first, f"{prefix}.write"),
        fill,
        read_row(first + 2, f"{prefix}.read"),
        read_row(first + 3, f"{prefix}.read_all"),
    )


def recording(reading: Reading, operations: tuple[Operation, ...]) -> type[FileIO]:
    """A raw file that records as `rows` says, under the name of the plain one."""
    return kind_of(methods(reading, operations))


def methods(reading: Reading, operations: tuple[Operation, ...]) -> dict[str, Any]:
    """The methods of a raw file that record as `rows` says, by name."""
    write, fill, read, read_all = operations
    return {
        "write": _writing(reading, write),
        "readinto": reading.wrap(fill, FileIO.readinto),
        "read": reading.wrap(read, FileIO.read),
        "readall": reading.wrap(read_all, FileIO.readall),
    }


def _writing(reading: Reading, row: Operation) -> Any:
    """`write`, written down before it is done, with no moment after it in which a signal's handler could run.

    An exception that a handler raises after the bytes have left, and before this returns, would make the buffer above
    write them once more: a program that is sent a signal as soon as its "ready" is read would print it twice. C has no
    such moment. Here the bytes have left where `written` is there, which a `for` sees to without one (CPython 3.11 to
    3.13 runs handlers at calls and at the end of a round): `delivery` lets a signal come again then. As long as it
    waits in a full pipe, handlers run as they do in C.
    """
    if reading.replays:
        return reading.wrap(row, FileIO.write)
    plain, each = FileIO.write, map
    tape = process.tape

    def write(*args: Any) -> Any:
        here = process.here
        if len(args) != 2:
            return plain(*args)
        slot, descriptor, generation = -1, -1, tape.generation
        given = None
        if here is not None and not here.inside:
            descriptor, given = _given(args, {})
        if given is not None:
            slot = reading.note(row, behind(descriptor), descriptor, len(given), given)  # type: ignore[arg-type]
        try:
            for written in each(plain, args[:1], args[1:]):  # noqa: B007
                pass
        except BaseException as error:
            if slot >= 0 and tape.generation == generation:  # no handler has forked
                tape.end(slot, descriptor, 0, -process.now())
                tape.payload(slot, describe(error))
            args = given = None  # type: ignore[assignment]  # the traceback keeps this frame
            raise
        if slot >= 0 and tape.generation == generation:
            tape.end(slot, descriptor, -1 if written is None else written, process.now())
        return written

    shielded[write.__code__] = "written"
    return write


def put_beneath(buffer: Any, raw: FileIO, size: int | None = None) -> None:
    """Initialise a buffer again on another raw file, as large as it is where no size is given."""
    buffer.__init__(raw, size or buffer.__sizeof__() - type(buffer).__basicsize__)  # beyond itself it has its memory
