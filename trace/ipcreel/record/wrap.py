"""Makes a row of the table into a wrapper that records: generated code, so that a row pays only for what it uses."""

from __future__ import annotations

import sys

from ipcreel.interpose.frames import WRAPPER_FILE, program_frame
from ipcreel.mechanism.operation import WAIT, Operation
from ipcreel.mechanism.reading import Reading
from ipcreel.tape import process
from ipcreel.tape.process import now, site_of, sites, tape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType, FunctionType
    from typing import Any
else:
    FunctionType = type(program_frame)  # `types` would be one more import at every start

internals = False  # record the operations inside operations too

_codes: dict[str, CodeType] = {}


class Recording(Reading):
    """The table read in order to record."""

    def wrap(self, row: Operation, original: Callable[..., Any], bound: bool = False) -> FunctionType:
        if row.mechanism in self.skip:
            return _unrecorded(original, bound)
        return recorded(row, original, bound)

    def note(
        self, row: Operation, object_: int, a: int = 0, b: int = 0, payload: object = None, begin_ns: int = 0
    ) -> None:
        if row.mechanism in self.skip:
            return
        at_ns = now()
        frame = program_frame(sys._getframe(1))
        site = site_of(frame) if frame is not None else 0
        slot = tape.whole(begin_ns or at_ns, process.here.lane, row.code, object_, site, a, b, at_ns)
        if payload is not None:
            tape.payload(slot, payload)


def _unrecorded(original: Callable[..., Any], bound: bool) -> FunctionType:
    """A function that only does what `original` does: it may do more than the operation that is left out."""

    def call(*args: Any, **kwargs: Any) -> Any:
        return original(*args, **kwargs)

    def bound_call(_: object, /, *args: Any, **kwargs: Any) -> Any:
        return original(*args, **kwargs)

    chosen: Any = bound_call if bound else call
    return chosen  # type: ignore[no-any-return]


def recorded(row: Operation, original: Callable[..., Any], bound: bool) -> FunctionType:
    """A function that does what `original` does, and records it as `row` says.

    Args:
        row: the operation.
        original: what is called.
        bound: the wrapper is called with one argument more, before the others, which it drops.
    """
    scope: dict[str, Any] = {
        "CODE": row.code,
        "WAIT": WAIT,
        "after": row.after,
        "attempt": row.attempt,
        "before": row.before,
        "begin": tape.begin,
        "concerns": row.concerns,
        "describe": describe,
        "end": tape.end,
        "getframe": sys._getframe,
        "identify": row.identify,
        "now": now,
        "original": original,
        "payload": tape.payload,
        "process": process,
        "site_of": site_of,
        "sites": sites,
        "tape": tape,
        "whole": tape.whole,
    }
    function = FunctionType(_generate.__code__, scope, "wrapper")
    scope["generated"] = lambda: _generated(function, row, bound)
    return function


def _generate(*args: Any, **kwargs: Any) -> Any:
    """What a wrapper is before its first call: most are never called, and to compile one takes longer than to start."""
    return generated()(*args, **kwargs)  # type: ignore[name-defined]  # noqa: F821


def _generated(function: FunctionType, row: Operation, bound: bool) -> FunctionType:
    """Give a wrapper its code."""
    source = _source(row, bound)
    code = _codes.get(source)
    if code is None:
        code = _codes[source] = next(part for part in compile(source, WRAPPER_FILE, "exec").co_consts if _is_code(part))
    function.__code__ = code
    return function


def _is_code(value: object) -> bool:
    return isinstance(value, type(_generate.__code__))


def _source(row: Operation, bound: bool) -> str:
    """The wrapper of `row`.

    The begin of what blocks is written before the call, so that a process that hangs or dies leaves it on its tape.
    The tape's name tells a fork apart: what began before it is completed by the parent alone, and a child that comes
    back through the same call (from a fork, from a signal's handler that forked) leaves its own tape as it is.
    At the very end of an interpreter `here` may be gone already: the operation itself must go on working.
    """
    semantic = row.semantic and not internals
    what = "identify(args, kwargs, None)" if row.identify else "0"
    late = "identify(args, kwargs, result)" if row.identify else "0"
    lines = [
        f"def wrapper({'_, /, ' if bound else ''}*args, **kwargs):",
        "    here = process.here",
        f"    if here is None or here.inside{' or not concerns(args, kwargs)' if row.concerns else ''}:",
        "        return original(*args, **kwargs)",
        "    try:",
        "        frame = getframe(1)",
        "        site = sites.get(id(frame.f_code) + frame.f_lasti) or site_of(frame)",
        "    except ValueError:",  # called by C at the bottom of a stack: an exit hook, the flush at the end
        "        site = 0",
        "    a, sent = before(args, kwargs)" if row.before else "    a = 0",
    ]
    if row.attempt:
        return "\n".join([*lines, *_source_of_attempt(row, semantic, what)])
    if row.blocks:
        lines += ["    began = tape.name"]
        lines += [f"    slot = begin(now(), here.lane, CODE, {what}, site, a)"]
        lines += ["    if sent is not None:", "        payload(slot, sent)"] if row.before else []
    lines += ["    here.inside = True"] if semantic else []
    lines += ["    begin_ns = now()"] if not row.blocks else []
    lines += [
        "    try:",
        "        result = original(*args, **kwargs)",
        "    except BaseException as error:",
        "        end_ns = now()",
    ]
    lines += ["        here.inside = False"] if semantic else []
    lines += (
        ["        if tape.name is not began:", "            raise", "        end(slot, a, 0, -end_ns)"]
        if row.blocks
        else [f"        slot = whole(begin_ns, here.lane, CODE, {what}, site, a, 0, -end_ns)"]
    )
    # The traceback keeps this frame: what the program gave must not live longer for it.
    lines += ["        payload(slot, describe(error))", "        args = kwargs = sent = None", "        raise"]
    lines += ["    end_ns = now()"]
    lines += ["    here.inside = False"] if semantic else []
    lines += ["    if tape.name is not began:", "        return result"] if row.blocks else []
    lines += ["    a, b, got = after(args, kwargs, result)"] if row.after else []
    b = "b" if row.after else "0"
    keep_slot = row.after or (row.before and not row.blocks)
    lines += (
        [f"    end(slot, a, {b}, end_ns)"]
        if row.blocks
        else [f"    {'slot = ' if keep_slot else ''}whole(begin_ns, here.lane, CODE, {late}, site, a, {b}, end_ns)"]
    )
    if row.after:
        lines += ["    if got is not None:", "        payload(slot, got)"]
    if row.before and not row.blocks:
        lines += ["    if sent is not None:", "        payload(slot, sent)"]
    return "\n".join([*lines, "    return result"])


def _source_of_attempt(row: Operation, semantic: bool, what: str) -> list[str]:
    """The rest of the wrapper of a row that tries first whether it can do without waiting: most often it can."""
    return [
        "    slot = -1",
        "    began = tape.name",
        *(["    here.inside = True"] if semantic else []),
        "    begin_ns = now()",
        "    try:",
        "        result = attempt(args, kwargs)",
        "        if result is WAIT:",
        f"            slot = begin(begin_ns, here.lane, CODE, {what}, site, a)",
        *(["            if sent is not None:", "                payload(slot, sent)"] if row.before else []),
        "            result = original(*args, **kwargs)",
        "    except BaseException as error:",
        "        end_ns = now()",
        *(["        here.inside = False"] if semantic else []),
        "        if tape.name is not began:",
        "            raise",
        "        if slot < 0:",
        f"            slot = whole(begin_ns, here.lane, CODE, {what}, site, a, 0, -end_ns)",
        "        else:",
        "            end(slot, a, 0, -end_ns)",
        "        payload(slot, describe(error))",
        "        raise",
        "    end_ns = now()",
        *(["    here.inside = False"] if semantic else []),
        "    if tape.name is not began:",
        "        return result",
        "    a, b, got = after(args, kwargs, result)" if row.after else "    b, got = 0, None",
        "    if slot < 0:",
        f"        slot = whole(begin_ns, here.lane, CODE, {what}, site, a, b, end_ns)",
        *(["        if sent is not None:", "            payload(slot, sent)"] if row.before else []),
        "    else:",
        "        end(slot, a, b, end_ns)",
        *(["    if got is not None:", "        payload(slot, got)"] if row.after else []),
        "    return result",
    ]


def describe(error: BaseException) -> dict[str, object]:
    """An exception as a payload: enough to raise an equal one, and to read it."""
    kind = type(error)
    return {
        "raised": f"{kind.__module__}.{kind.__qualname__}",
        "args": tuple(error.args),
        "text": _text(error),
    }


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:
        return "(its text could not be made)"
