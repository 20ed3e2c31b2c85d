"""What goes through a socket: the bytes, addresses and ancillary data of each form of send and receive.

What was sent is taken from the buffer after the call, cut to what the kernel took: a non-blocking program offers the
same megabytes again and again. `sendall` cannot say how much it took, so its payload is what it was given.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Args = tuple[Any, ...]
    Kwargs = dict[str, Any]


def content(data: Any, size: int) -> bytes | None:
    """The first `size` bytes of a buffer; None where it is none, or is one no more."""
    if type(data) is bytes:
        return data if len(data) == size else data[:size]
    try:
        with memoryview(data) as view:
            return bytes(view)[:size] if view.nbytes <= size or not view.c_contiguous else bytes(view.cast("B")[:size])
    except (TypeError, ValueError, BufferError):
        return None


def contents(buffers: Any, size: int) -> bytes | None:
    """The first `size` bytes of a sequence of buffers; None where it was an iterator, which is used up now."""
    if type(buffers) is not list and type(buffers) is not tuple:
        return None
    parts = []
    for buffer in buffers:
        if size <= 0:
            break
        part = content(buffer, size)
        if part is None:
            return None
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def fill(buffer: Any, data: bytes) -> None:
    """Write `data` to the begin of a buffer."""
    if data:
        with memoryview(buffer) as view, view.cast("B") as plain:
            plain[: len(data)] = data


def fill_all(buffers: Any, data: bytes) -> None:
    """Write `data` to buffers, one after the other."""
    for buffer in buffers:
        with memoryview(buffer) as view:
            room = view.nbytes
        fill(buffer, data[:room])
        data = data[room:]


def _integer(value: Any) -> int:
    return int(value) if isinstance(value, int) and -(2**31) <= value < 2**31 else 0


def flags_second(args: Args, kwargs: Kwargs) -> tuple[int, object]:
    """The flags are the second argument."""
    return (
        _integer(args[2]) if len(args) > 2 else _integer(kwargs["flags"]) if kwargs and "flags" in kwargs else 0
    ), None


def flags_third(args: Args, kwargs: Kwargs) -> tuple[int, object]:
    """The flags are the third argument."""
    return (_integer(args[3]) if len(args) > 3 else _integer(kwargs.get("flags", 0)) if kwargs else 0), None


def sent(args: Args, kwargs: Kwargs, result: int) -> tuple[int, int, object]:
    """send(data[, flags]) → size."""
    data = args[1]
    taken = data if type(data) is bytes and len(data) == result else content(data, result)
    return (0 if len(args) < 3 else _integer(args[2])), result, taken


def all_before(args: Args, kwargs: Kwargs) -> tuple[int, object]:
    """sendall(data[, flags])."""
    flags = _integer(args[2]) if len(args) > 2 else 0
    if len(args) < 2:
        return flags, None
    data = args[1]
    return flags, data if type(data) is bytes else content(data, 1 << 62)


def all_sent(args: Args, kwargs: Kwargs, result: None) -> tuple[int, int, object]:
    """sendall → None: all was sent."""
    data = args[1]
    flags = _integer(args[2]) if len(args) > 2 else 0
    if type(data) is bytes:
        return flags, len(data), None
    try:
        return flags, memoryview(data).nbytes, None
    except (TypeError, ValueError):
        return flags, 0, None


def sent_to(args: Args, kwargs: Kwargs, result: int) -> tuple[int, int, object]:
    """sendto(data[, flags], address) → size."""
    return (_integer(args[2]) if len(args) > 3 else 0), result, (content(args[1], result), args[-1])


def message_sent(args: Args, kwargs: Kwargs, result: int) -> tuple[int, int, object]:
    """sendmsg(buffers[, ancillary[, flags[, address]]]) → size."""
    ancillary = args[2] if len(args) > 2 and type(args[2]) in (list, tuple) else ()
    items = [tuple(content(part, 1 << 30) if i == 2 else part for i, part in enumerate(item)) for item in ancillary]
    flags = _integer(args[3]) if len(args) > 3 else 0
    return flags, result, (contents(args[1], result), items, args[4] if len(args) > 4 else None)


def received(args: Args, kwargs: Kwargs, result: bytes) -> tuple[int, int, object]:
    """recv(size[, flags]) → bytes."""
    return (0 if len(args) < 3 else _integer(args[2])), len(result), result


def received_into(args: Args, kwargs: Kwargs, result: int) -> tuple[int, int, object]:
    """recv_into(buffer[, nbytes[, flags]]) → size."""
    data = content(args[1] if len(args) > 1 else kwargs.get("buffer"), result)
    return flags_third(args, kwargs)[0], result, data


def received_from(args: Args, kwargs: Kwargs, result: tuple[bytes, Any]) -> tuple[int, int, object]:
    """recvfrom(size[, flags]) → bytes, address."""
    return flags_second(args, kwargs)[0], len(result[0]), result


def received_from_into(args: Args, kwargs: Kwargs, result: tuple[int, Any]) -> tuple[int, int, object]:
    """recvfrom_into(buffer[, nbytes[, flags]]) → size, address."""
    data = content(args[1] if len(args) > 1 else kwargs.get("buffer"), result[0])
    return flags_third(args, kwargs)[0], result[0], (data, result[1])


def message_received(args: Args, kwargs: Kwargs, result: tuple[Any, ...]) -> tuple[int, int, object]:
    """recvmsg(size[, ancillary size[, flags]]) → bytes, ancillary, flags, address."""
    data, ancillary, flags, address = result
    return flags_third(args, kwargs)[0], len(data), (data, ancillary, int(flags), address)


def message_received_into(args: Args, kwargs: Kwargs, result: tuple[Any, ...]) -> tuple[int, int, object]:
    """recvmsg_into(buffers[, ancillary size[, flags]]) → size, ancillary, flags, address."""
    size, ancillary, flags, address = result
    return flags_third(args, kwargs)[0], size, (contents(args[1], size), ancillary, int(flags), address)


def file_sent(args: Args, kwargs: Kwargs, result: int) -> tuple[int, int, object]:
    """sendfile(file[, offset[, count]]) → size."""
    return 0, result, None


def give_size(args: Args, kwargs: Kwargs, a: int, b: int, payload: Any) -> int:
    """The size."""
    return b


def give_payload(args: Args, kwargs: Kwargs, a: int, b: int, payload: Any) -> Any:
    """What was received."""
    return payload


def give_into(args: Args, kwargs: Kwargs, a: int, b: int, payload: Any) -> int:
    """The bytes, into the program's buffer."""
    fill(args[1] if len(args) > 1 else kwargs["buffer"], payload)
    return b


def give_from_into(args: Args, kwargs: Kwargs, a: int, b: int, payload: Any) -> tuple[int, Any]:
    """The bytes, into the program's buffer, and the address."""
    fill(args[1] if len(args) > 1 else kwargs["buffer"], payload[0])
    return b, payload[1]


def give_message_into(args: Args, kwargs: Kwargs, a: int, b: int, payload: Any) -> tuple[Any, ...]:
    """The bytes, into the program's buffers, and the rest."""
    fill_all(args[1], payload[0])
    return (b, *payload[1:])


def give_file_sent(args: Args, kwargs: Kwargs, a: int, b: int, payload: Any) -> int:
    """The size; the program's file stands where it stood."""
    file = args[1] if len(args) > 1 else kwargs["file"]
    offset = args[2] if len(args) > 2 else kwargs.get("offset", 0)
    if b > 0 and hasattr(file, "seek"):
        file.seek(offset + b)
    return b
