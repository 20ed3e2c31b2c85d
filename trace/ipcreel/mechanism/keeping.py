"""What many rows keep of a call: an argument in `a`, a result in `b`, the whole result or an exception as payload."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ipcreel.mechanism.operation import After, Before

_LEAST, _MOST = -(2**63), 2**63 - 1


def number(value: object) -> int:
    """`value` where it is a whole number that fits a field of an event, otherwise 0."""
    return int(value) if isinstance(value, int) and _LEAST <= value <= _MOST else 0


def describe(error: BaseException) -> dict[str, object]:
    """An exception as a payload: enough to raise an equal one, and to read it."""
    kind = type(error)
    described: dict[str, object] = {
        "raised": f"{kind.__module__}.{kind.__qualname__}",
        "args": tuple(error.args),
        "text": text_of(error),
    }
    files = (error.filename, error.filename2) if isinstance(error, OSError) else ()  # no arguments, in the end
    if any(file is not None for file in files):
        described["files"] = files
    return described


def text_of(error: BaseException) -> str:
    """What it says of itself."""
    try:
        return str(error)
    except Exception:
        return "(its text could not be made)"


def argument(place: int, name: str) -> Before:
    """A `before` that keeps a whole number, by its place or its name, in `a`."""

    def before(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
        return number(args[place] if len(args) > place else kwargs.get(name)), None

    return before


def result_after(place: int, name: str) -> After:
    """An `after` that keeps the same argument in `a` and a whole number that was returned in `b`."""

    def after(args: tuple[Any, ...], kwargs: dict[str, Any], result: object) -> tuple[int, int, object]:
        return number(args[place] if len(args) > place else kwargs.get(name)), number(result), None

    return after


def result_in_b(args: tuple[Any, ...], kwargs: dict[str, Any], result: object) -> tuple[int, int, object]:
    """An `after` that keeps a whole number."""
    return 0, number(result), None


def result_in_payload(args: tuple[Any, ...], kwargs: dict[str, Any], result: object) -> tuple[int, int, object]:
    """An `after` that keeps all of the result."""
    return 0, 0, tuple(result) if isinstance(result, tuple) else result


def give_b(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: object) -> int:
    """A `give` for `result_in_b` and `result_after`."""
    return b


def give_payload(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: object) -> object:
    """A `give` for `result_in_payload`."""
    return payload
