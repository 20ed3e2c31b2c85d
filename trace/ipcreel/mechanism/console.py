"""What a process writes to stdout and stderr, and reads from stdin.

`sys.stdout` and its kin stay the objects that they are: only the raw file beneath each buffer is of a subclass that
records, and another one where it could not become that (see `interpose.streams`). So buffering, encoding and the flush
at exit stay as they were.
"""

from __future__ import annotations

from ipcreel.interpose.sleep import Sleeper
from ipcreel.interpose.streams import STREAMS, raw_beneath
from ipcreel.interpose.targets import put
from ipcreel.mechanism.operation import Operation
from ipcreel.mechanism.rawfile import methods, put_beneath, read_row, recording, rows, write_row
from ipcreel.tape import process

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _io import FileIO
    from types import ModuleType
    from typing import Any

    from ipcreel.mechanism.reading import Reading

_PLAIN = (str, int, float)  # whose text is made without code of the program's


def _line(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> tuple[int, int, object]:
    return 0, len(result), result


def _is_output(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    return len(args) == 2 and type(args[0]) is int and 1 <= args[0] <= 2


def _is_input(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    return len(args) == 2 and type(args[0]) is int and args[0] == 0


def _give_line(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: Any) -> object:
    return payload


_STREAM_ROWS = rows(0x4501, "console")
INPUT = Operation(
    0x4507, "console.input", after=_line, blocks=True, semantic=True, give=_give_line,
    b="characters", payload="the line",
)  # fmt: skip
PROMPT = Operation(0x4508, "console.prompt", a="descriptor", b="bytes", payload="what `input` asks on a terminal")

OPERATIONS = (
    *_STREAM_ROWS,
    write_row(0x4505, "console.descriptor.write", "os.write", concerns=_is_output),
    read_row(0x4506, "console.descriptor.read", "os.read", concerns=_is_input),
    INPUT,
    PROMPT,
)


def install(module: ModuleType, reading: Reading) -> None:
    """Put a recording file beneath the standard streams that the interpreter opened."""
    if module.__name__ == "builtins":
        _install_input(module, reading)
    if module.__name__ == "os" and reading.streams:
        _install_isatty(module, reading)
    if module.__name__ != "sys":
        return
    if isinstance(module, Sleeper):
        for name, function in methods(reading, _STREAM_ROWS).items():
            module.give(name, function)
        return
    kind = recording(reading, _STREAM_ROWS)
    for name, descriptor in STREAMS.items():
        if reading.streams and reading.streams[descriptor] is None:
            setattr(module, name, None)
            continue
        try:
            _replace_raw(getattr(module, name, None), kind, descriptor, reading.streams)
        except (OSError, ValueError):  # it was closed
            pass


def _install_isatty(module: ModuleType, reading: Reading) -> None:
    """In a replay: whether a standard stream is a terminal is what it was."""
    plain = module.isatty

    def isatty(fd: int, /) -> bool:
        streams = reading.streams  # others in a process that was forked with a terminal of its own
        known = isinstance(fd, int) and 0 <= fd < len(streams) and streams[fd] is not None
        return bool(streams[fd][0]) if known else plain(fd)

    put(module, "isatty", isatty)


def _replace_raw(stream: Any, kind: type[FileIO], descriptor: int, taped: tuple[Any, ...]) -> None:
    """Build buffer and text layer anew, in the same objects, on a raw file of `kind`; as large as the taped ones."""
    plain: Any = raw_beneath(stream, descriptor)
    if plain is None:
        return
    buffer: Any = stream.buffer
    line_buffering, size = stream.line_buffering, None
    if taped:
        is_terminal, size, line_buffering = taped[descriptor]
        kind = type(kind.__name__, (kind,), {"isatty": lambda self: bool(is_terminal)})
    raw: Any = kind(descriptor, "rb" if descriptor == 0 else "wb", closefd=False)
    raw.name = plain.name
    if buffer is plain:
        buffer = raw
    else:
        put_beneath(buffer, raw, size)
    stream.__init__(
        buffer,
        encoding=stream.encoding,
        errors=stream.errors,
        newline="\n",
        line_buffering=bool(line_buffering),
        write_through=stream.write_through,
    )


def _flush(*streams: Any) -> None:
    for stream in streams:
        try:
            stream.flush()
        except Exception:  # nor does `input` tell of that
            pass


def _install_input(module: ModuleType, reading: Reading) -> None:
    """On a terminal `input` writes and reads through readline, in C: what it asks, and what it is told."""
    import sys

    from ipcreel.interpose.targets import replace_function

    def on_terminal(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
        try:
            streams = (sys.stdin, sys.stdout)
            return all(stream.fileno() == at and stream.isatty() for at, stream in enumerate(streams))
        except Exception:
            return False

    def wrap(row: Operation, original: Any) -> Any:
        ask = reading.wrap(row, original)

        def asking(*args: Any, **kwargs: Any) -> Any:
            here = process.here
            if here is not None and not here.inside and not kwargs and len(args) < 2 and on_terminal(args, kwargs):
                _flush(sys.stderr, sys.stdout)  # as `input` does: what was printed stands before what is asked
                text = str(args[0]).encode("utf-8", "surrogatepass") if args and type(args[0]) in _PLAIN else b""
                if text:
                    reading.note(PROMPT, 0, 1, len(text), text)
            return ask(*args, **kwargs)

        return asking

    INPUT.concerns = on_terminal
    replace_function(module, "input", INPUT, wrap)
