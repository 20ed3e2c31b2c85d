"""Pipes and FIFOs, and sockets where a program reads and writes them through their descriptor."""

from __future__ import annotations

import os

from ipcreel.mechanism import descriptors
from ipcreel.mechanism.descriptors import forget, is_stream, put, replayed, stream
from ipcreel.mechanism.operation import IN, OUT, Operation, Usual
from ipcreel.mechanism.socket_data import content, contents, fill_all, give_payload, give_size
from ipcreel.tape.process import name_object, object_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any

    from ipcreel.mechanism.reading import Reading

_stat, _fstat = os.stat, os.fstat
_FORMAT, _FIFO = 0o170000, 0o010000


def _pipe(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> int:
    if result is None:
        return 0
    number = descriptors.look(result[0])
    descriptors.numbers[result[0]] = descriptors.numbers[result[1]] = number
    return number


def _made(args: tuple[Any, ...], kwargs: dict[str, Any], result: tuple[int, int]) -> tuple[int, int, object]:
    return *result, None


def _written(args: tuple[Any, ...], kwargs: dict[str, Any], result: int) -> tuple[int, int, object]:
    return args[0], result, content(args[1], result)


def _written_all(args: tuple[Any, ...], kwargs: dict[str, Any], result: int) -> tuple[int, int, object]:
    return args[0], result, contents(args[1], result)


def _sent_file(args: tuple[Any, ...], kwargs: dict[str, Any], result: int) -> tuple[int, int, object]:
    return _out(args, kwargs)[0], result, None


def _read(args: tuple[Any, ...], kwargs: dict[str, Any], result: bytes) -> tuple[int, int, object]:
    return args[0], len(result), result


def _read_into(args: tuple[Any, ...], kwargs: dict[str, Any], result: int) -> tuple[int, int, object]:
    return args[0], result, contents(args[1], result)


def _out(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, object]:
    return (args[0] if args else kwargs.get("out_fd", -1)), None


def _sends_to_stream(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    return is_stream(_out(args, kwargs)[:1], {})


def _out_stream(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> int:
    return stream(_out(args, kwargs)[:1], {}, result)


def _ends(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, Any]:
    """The descriptors that `os.splice` moves bytes from and to."""
    return (
        args[0] if args else kwargs.get("src", -1),
        args[1] if len(args) > 1 else kwargs.get("dst", -1),
    )


def _splices(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    source, target = _ends(args, kwargs)
    return is_stream((source,), {}) or is_stream((target,), {})


def _spliced(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, object]:
    return _ends(args, kwargs)[1], None


def _spliced_from(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> int:
    source, target = _ends(args, kwargs)
    return stream((source,) if is_stream((source,), {}) else (target,), {}, result)


def is_fifo(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Whether a FIFO is to be opened. In a replay the tape knows."""
    path: Any = args[0] if args else kwargs.get("path")
    if descriptors.inert is not None or not isinstance(path, (str, bytes, os.PathLike)):
        return False
    try:
        return _stat(path, dir_fd=kwargs.get("dir_fd")).st_mode & _FORMAT == _FIFO
    except (OSError, ValueError, TypeError):
        return False


def _path(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
    path = args[0] if args else kwargs.get("path")
    flags = args[1] if len(args) > 1 else kwargs.get("flags", 0)
    return (flags if type(flags) is int else 0), path if type(path) in (str, bytes) else str(path)


def _fifo(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> int:
    path: Any = args[0] if args else kwargs.get("path")
    try:
        status = _stat(path, dir_fd=kwargs.get("dir_fd"))
    except (OSError, ValueError, TypeError):
        return 0
    return object_number("pipe", (status.st_dev, status.st_ino), f"fifo {os.fsdecode(path)}")


def _opened(args: tuple[Any, ...], kwargs: dict[str, Any], result: int) -> tuple[int, int, object]:
    number = descriptors.look(result)
    status = _fstat(result)
    name = f"fifo {_path(args, kwargs)[1]}"
    name_object(number, "pipe", (status.st_dev, status.st_ino), name)
    return _path(args, kwargs)[0], result, None


def _give_pipe(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: object) -> tuple[int, int]:
    return replayed(a), replayed(b)


def _give_opened(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: object) -> int:
    return replayed(b)


def _give_made(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: Any) -> None:
    descriptors.stand_in_file(payload)


def _give_read_into(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: Any) -> int:
    fill_all(args[1], payload)
    return b


PIPE = Operation(
    0x1101, "pipe.end.create", identify=_pipe, after=_made, give=_give_pipe,
    a="descriptor of the end to read", b="descriptor of the end to write",
)  # fmt: skip
PIPE2 = Operation(
    0x1102, "pipe.end.create2", identify=_pipe, after=_made, give=_give_pipe,
    a="descriptor of the end to read", b="descriptor of the end to write",
)  # fmt: skip
OPEN = Operation(
    0x1103, "pipe.fifo.open", concerns=is_fifo, identify=_fifo, before=_path, after=_opened, blocks=True,
    give=_give_opened, a="flags", b="descriptor", payload="the path",
)  # fmt: skip
_KNOWN = "descriptor in descriptors.numbers or is_stream((descriptor,), {})"
_NUMBER = "descriptors.numbers[descriptor]"
_READ = Usual(
    "descriptor", "size", scope=globals(), when="type(descriptor) is int", concerns=_KNOWN, a_after="descriptor",
    b="len(result)", got="result", object_=_NUMBER,
)  # fmt: skip
_WRITE = Usual(
    "descriptor", "data", scope=globals(), when="type(descriptor) is int and type(data) is bytes", concerns=_KNOWN,
    a_after="descriptor", b="result", got="data if len(data) == result else data[:result]", object_=_NUMBER,
)  # fmt: skip
OPERATIONS = (
    PIPE,
    PIPE2,
    OPEN,
    Operation(
        0x1104, "pipe.fifo.make", "os.mkfifo", before=_path, give=_give_made, a="mode", payload="the path",
    ),
    Operation(
        0x1110, "pipe.end.read", "os.read", concerns=is_stream, identify=stream,
        after=_read, blocks=True, flow=IN, give=give_payload, a="descriptor", b="size in bytes", payload="the bytes",
        usual=_READ,
    ),
    Operation(
        0x1111, "pipe.end.readv", "os.readv", concerns=is_stream, identify=stream,
        after=_read_into, blocks=True, flow=IN, give=_give_read_into, a="descriptor", b="size in bytes",
        payload="the bytes",
    ),
    Operation(
        0x1112, "pipe.end.write", "os.write", concerns=is_stream, identify=stream,
        after=_written, blocks=True, flow=OUT, give=give_size, a="descriptor", b="size in bytes",
        payload="the bytes taken", usual=_WRITE,
    ),
    Operation(
        0x1113, "pipe.end.writev", "os.writev", concerns=is_stream, identify=stream,
        after=_written_all, blocks=True, flow=OUT, give=give_size, a="descriptor", b="size in bytes",
        payload="the bytes taken",
    ),
    Operation(
        0x1114, "pipe.end.sendfile", "os.sendfile", concerns=_sends_to_stream, identify=_out_stream, before=_out,
        after=_sent_file, blocks=True, flow=OUT, give=give_size, a="descriptor", b="size in bytes",
    ),
    Operation(
        0x1115, "pipe.end.splice", "os.splice", concerns=_splices, identify=_spliced_from, before=_spliced,
        after=lambda args, kwargs, result: (_spliced(args, kwargs)[0], result, None), blocks=True, give=give_size,
        a="descriptor that it goes to", b="size in bytes",
    ),
)  # fmt: skip


def install(module: ModuleType, reading: Reading) -> None:
    """Patch what gives new descriptors: they are known whether the call is recorded or not."""
    put(module, "pipe", PIPE, _piping(module.pipe), reading)
    if hasattr(module, "pipe2"):
        put(module, "pipe2", PIPE2, _piping(module.pipe2), reading)
    put(module, "open", OPEN, descriptors.making(module.open), reading)


def _piping(original: Callable[..., tuple[int, int]]) -> Callable[..., tuple[int, int]]:
    def pipe(*args: Any, **kwargs: Any) -> tuple[int, int]:
        ends = original(*args, **kwargs)
        for end in ends:
            forget(end)
        return ends

    return pipe
