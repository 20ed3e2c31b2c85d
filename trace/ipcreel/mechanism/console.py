"""What a process writes to stdout and stderr, and reads from stdin.

`sys.stdout` and its kin stay the objects that they are: only the raw file beneath each buffer is another one, of a
subclass that records. So buffering, encoding and the flush at exit stay as they were.
"""

from __future__ import annotations

from _io import FileIO, TextIOWrapper

from ipcreel.mechanism.keeping import number
from ipcreel.mechanism.operation import Operation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from ipcreel.mechanism.reading import Reading

_STREAMS = {"stdin": 0, "stdout": 1, "stderr": 2}


def _given(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
    descriptor = args[0] if type(args[0]) is int else args[0].fileno()
    data = args[1] if len(args) > 1 else None
    return descriptor, bytes(data) if isinstance(data, (bytes, bytearray, memoryview)) else None


def _written(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> tuple[int, int, object]:
    return args[0] if type(args[0]) is int else args[0].fileno(), number(result), None


def _give_written(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: Any) -> object:
    return b


def _asked(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
    return 0, None


def _filled(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> tuple[int, int, object]:
    return 0, number(result), bytes(memoryview(args[1])[: result or 0])


def _give_filled(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: Any) -> object:
    memoryview(args[1]).cast("B")[:b] = payload
    return b


def _read(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> tuple[int, int, object]:
    return 0, len(result) if result is not None else -1, result


def _give_read(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: Any) -> object:
    return payload


def _line(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> tuple[int, int, object]:
    return 0, len(result), result


def _is_output(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    return len(args) == 2 and type(args[0]) is int and 1 <= args[0] <= 2


def _is_input(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    return len(args) == 2 and type(args[0]) is int and args[0] == 0


_DESCRIPTOR = "descriptor: 1 stdout, 2 stderr"
WRITE = Operation(
    0x4501, "console.write", before=_given, after=_written, blocks=True, give=_give_written,
    a=_DESCRIPTOR, b="bytes written", payload="the bytes given",
)  # fmt: skip
READ_INTO = Operation(
    0x4502, "console.fill", before=_asked, after=_filled, blocks=True, give=_give_filled,
    b="bytes read", payload="the bytes",
)  # fmt: skip
READ = Operation(
    0x4503, "console.read", before=_asked, after=_read, blocks=True, give=_give_read,
    b="bytes read, -1 where none were there", payload="the bytes",
)  # fmt: skip
READ_ALL = Operation(
    0x4504, "console.read_all", before=_asked, after=_read, blocks=True, give=_give_read,
    b="bytes read, -1 where none were there", payload="the bytes",
)  # fmt: skip
INPUT = Operation(
    0x4507, "console.input", after=_line, blocks=True, semantic=True, give=_give_read,
    b="characters", payload="the line",
)  # fmt: skip

OPERATIONS = (
    WRITE,
    READ_INTO,
    READ,
    READ_ALL,
    Operation(
        0x4505, "console.descriptor.write", "os.write", concerns=_is_output, before=_given, after=_written, blocks=True,
        give=_give_written, a=_DESCRIPTOR, b="bytes written", payload="the bytes given",
    ),
    Operation(
        0x4506, "console.descriptor.read", "os.read", concerns=_is_input, before=_asked, after=_read, blocks=True,
        give=_give_read, b="bytes read", payload="the bytes",
    ),
    INPUT,
)  # fmt: skip


def install(module: ModuleType, reading: Reading) -> None:
    """Put a recording file beneath the standard streams that the interpreter opened."""
    if module.__name__ == "builtins":
        _install_input(module, reading)
    if module.__name__ != "sys":
        return
    kind = _recording(reading)
    for name, descriptor in _STREAMS.items():
        stream = getattr(module, name, None)
        if type(stream) is TextIOWrapper:
            try:
                _replace_raw(stream, kind, descriptor)
            except (OSError, ValueError):  # it was closed
                pass


def _recording(reading: Reading) -> type[FileIO]:
    """A raw file that records, under the name of the plain one."""
    write = reading.wrap(WRITE, FileIO.write)
    fill = reading.wrap(READ_INTO, FileIO.readinto)
    namespace = {
        "__module__": FileIO.__module__,
        "__qualname__": FileIO.__qualname__,
        "__doc__": FileIO.__doc__,
        "write": write,
        "readinto": fill,
        "read": reading.wrap(READ, FileIO.read),
        "readall": reading.wrap(READ_ALL, FileIO.readall),
    }
    return type(FileIO.__name__, (FileIO,), namespace)


def _replace_raw(stream: TextIOWrapper, kind: type[FileIO], descriptor: int) -> None:
    """Build buffer and text layer anew, in the same objects, on a raw file of `kind`."""
    buffer: Any = stream.buffer
    unbuffered = type(buffer) is FileIO  # as `python -u` has it
    plain = buffer if unbuffered else buffer.raw
    if type(plain) is not FileIO or plain.fileno() != descriptor:
        return
    raw: Any = kind(descriptor, "rb" if descriptor == 0 else "wb", closefd=False)
    raw.name = plain.name
    if unbuffered:
        buffer = raw
    else:
        buffer.__init__(
            raw, buffer.__sizeof__() - type(buffer).__basicsize__
        )  # what it has beyond itself is its buffer
    stream.__init__(  # type: ignore[misc]
        buffer,
        encoding=stream.encoding,
        errors=stream.errors,
        newline="\n",
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )


def _install_input(module: ModuleType, reading: Reading) -> None:
    """On a terminal `input` reads through readline, in C: it is one operation."""
    import sys

    from ipcreel.interpose.targets import replace_function

    def on_terminal(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
        try:
            streams = (sys.stdin, sys.stdout)
            return all(stream.fileno() == at and stream.isatty() for at, stream in enumerate(streams))
        except Exception:
            return False

    INPUT.concerns = on_terminal
    replace_function(module, "input", INPUT, reading.wrap)
