"""Payloads, objects and times as a person reads them. Nothing is ever unpickled."""

from __future__ import annotations

import json
import pickletools
from typing import Any

from ipcreel.reel import payload

_UNITS = (("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000), ("µs", 1_000), ("ns", 1))


def duration_text(duration_ns: int) -> str:
    """A duration with the unit that fits it."""
    if duration_ns < 1_000:
        return f"{duration_ns} ns"
    if duration_ns < 1_000_000:
        return f"{duration_ns / 1e3:.1f} µs"
    if duration_ns < 1_000_000_000:
        return f"{duration_ns / 1e6:.2f} ms"
    return f"{duration_ns / 1e9:.3f} s"


def parse_duration(text: str) -> int | None:
    """`1.5s`, `20ms`, `300us`, `7ns` in nanoseconds; None where it is none of these."""
    for unit, size_ns in sorted(_UNITS, key=lambda pair: -len(pair[0])):
        number = text.removesuffix(unit)
        if number != text:
            try:
                return round(float(number) * size_ns)
            except (ValueError, OverflowError):
                return None
    return None


def payload_text(value: Any, limit: int = 120) -> str:
    """A payload in one line: text, JSON, msgpack, the strings in a pickle, or hex."""
    if value is None:
        return ""
    if isinstance(value, dict) and value.keys() >= {"raised", "text"}:
        return f"{value['raised']}: {value['text']}"
    text = _bytes_text(bytes(value), limit) if isinstance(value, bytes | bytearray) else _repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _repr(value: Any) -> str:
    try:
        return repr(value)
    except ValueError:  # Python writes no integer of more than 4,300 digits
        return f"a value of type {type(value).__name__} with an integer of more digits than Python writes"


def _bytes_text(data: bytes, limit: int) -> str:
    if not data:
        return "b''"
    try:
        text = data.decode()
        if all(char.isprintable() or char in "\r\n\t" for char in text):
            return json.dumps(text, ensure_ascii=False)[1:-1].replace(r"\"", '"')  # nothing stands around it
    except UnicodeDecodeError:
        pass
    if looks_pickled(data):
        return f"pickle of {', '.join(pickle_strings(data)) or f'{len(data)} bytes'}"
    packed = _msgpack_text(data)
    return packed if packed is not None else data[:limit].hex(" ", 4)


def looks_pickled(data: bytes) -> bool:
    """Whether `data` is, by its first and last bytes, a pickle of protocol 2 to 5."""
    return len(data) > 2 and data[0] == 0x80 and 2 <= data[1] <= 5 and data[-1:] == b"."


def pickle_strings(data: bytes, most: int = 12) -> list[str]:
    """The names, texts and numbers that stand in a pickle, read from its opcodes: nothing is loaded."""
    found: list[str] = []
    try:
        for opcode, argument, _ in pickletools.genops(data):
            if opcode.name not in ("PROTO", "FRAME", "MEMOIZE", "BINPUT", "BINGET") and argument is not None:
                found.append(repr(argument))
            if len(found) >= most:
                found.append("…")
                break
    except Exception as error:  # pickletools raises what it likes on damaged data
        found.append(f"damaged: {error}")
    return found


def pickle_opcodes(data: bytes) -> str:
    """The opcodes of a pickle, a line each: what there is to see of it without loading it."""
    lines = []
    try:
        for opcode, argument, position in pickletools.genops(data):
            lines.append(f"{position:6} {opcode.name}" + (f" {argument!r}" if argument is not None else ""))
    except Exception as error:
        lines.append(f"damaged: {error}")
    return "\n".join(lines)


def _msgpack_text(data: bytes) -> str | None:
    try:
        value = payload.decode(data)
    except (ValueError, RecursionError):
        return None
    return f"msgpack {value!r}" if isinstance(value, dict | list) else None
