"""Where a thread of a program stands: its stack, and the plain variables there."""

from __future__ import annotations

import linecache
from types import FrameType, MemberDescriptorType
from typing import Any

from ipcreel.interpose.frames import is_ours, program_frame

_MOST_FRAMES, _MOST_NAMES, _LONG = 5, 12, 60
_PLAIN = (int, float, str, bytes, bool, type(None))


def where(frame: FrameType) -> str:
    """The file and the line of the program, from `frame` outwards."""
    outer = program_frame(frame)
    return f"{outer.f_code.co_filename}:{outer.f_lineno}" if outer is not None else "an unknown place"


def report(frame: FrameType) -> list[str]:
    """The innermost frames, the one on top first, each with its line and its variables. No code of the program runs."""
    lines: list[str] = []
    shown = 0
    outer: FrameType | None = frame
    while outer is not None and shown < _MOST_FRAMES:
        if not is_ours(outer.f_code.co_filename):
            lines += _frame_lines(outer)
            shown += 1
        outer = outer.f_back
    return lines


def _frame_lines(frame: FrameType) -> list[str]:
    code = frame.f_code
    source = linecache.getline(code.co_filename, frame.f_lineno).strip()
    lines = [f"  {code.co_filename}:{frame.f_lineno} in {code.co_name}", f"    {source}"]
    if code.co_name == "<module>":
        return lines
    values = [f"{name} = {_text(value)}" for name, value in list(frame.f_locals.items())[:_MOST_NAMES]]
    return lines + ([f"    {', '.join(values)}"] if values else [])


def _text(value: Any, depth: int = 1) -> str:
    kind = type(value)
    if kind in _PLAIN:
        text = repr(value)
    elif kind in (list, tuple, set, frozenset) and depth:
        text = f"{kind.__name__}({', '.join(_text(each, depth - 1) for each in list(value)[:8])})"
    elif kind is dict and depth:
        pairs = list(value.items())[:8]
        text = "{" + ", ".join(f"{_text(key, 0)}: {_text(each, 0)}" for key, each in pairs) + "}"
    else:
        fields = [f"{name}={_text(each, 0)}" for name, each in _fields(value) if type(each) in _PLAIN] if depth else []
        text = f"{kind.__name__}({', '.join(fields[:8])})" if fields else f"<{kind.__name__}>"
    return text if len(text) <= _LONG else text[: _LONG - 1] + "…"


def _fields(value: Any) -> list[tuple[str, Any]]:
    """The attributes of an object that lie in it, read past whatever its class does about attributes."""
    found: list[tuple[str, Any]] = []
    for kind in type(value).__mro__:
        for name, member in kind.__dict__.items():
            if type(member) is MemberDescriptorType and not name.startswith("__"):
                try:
                    found.append((name, member.__get__(value)))
                except AttributeError:
                    pass  # not set
    try:
        found += object.__getattribute__(value, "__dict__").items()
    except AttributeError:
        pass
    return found
