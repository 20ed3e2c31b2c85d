"""Makes a row of the table into a wrapper that records: generated code, so that a row pays only for what it uses."""

from __future__ import annotations

import marshal

from ipcreel.interpose.frames import WRAPPER_FILE, is_ours, program_frame
from ipcreel.mechanism.keeping import describe, text_of
from ipcreel.mechanism.operation import WAIT, Operation
from ipcreel.mechanism.reading import Reading
from ipcreel.record.later import load, prepared
from ipcreel.tape import process
from ipcreel.tape.process import tape
from ipcreel.tape.writer import Entry, Shared, Wrapper

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType, FunctionType
    from typing import Any
else:
    FunctionType = type(program_frame)  # `types` would be one more import at every start

internals = False  # record the operations inside operations too

_codes: dict[tuple[object, ...], CodeType] = {}


class Recording(Reading):
    """The table read in order to record."""

    def __init__(self) -> None:
        super().__init__()
        self._entries: dict[int, Entry] = {}

    def load(self, name: str) -> Any:
        return load(name)

    def wrap(self, row: Operation, original: Callable[..., Any]) -> Callable[..., Any]:
        return _unrecorded(original) if self.skip and row.mechanism in self.skip else recorded(row, original)

    def teller(self, row: Operation) -> Callable[[int], object]:
        return _nothing if self.skip and row.mechanism in self.skip else Entry(row.code, tape, process.__dict__).tell

    def note(
        self, row: Operation, object_: int, a: int = 0, b: int = 0, payload: object = None, begin_ns: int = 0
    ) -> int:
        if self.skip and row.mechanism in self.skip:
            return -1
        entry = self._entries.get(row.code)
        if entry is None:
            entry = self._entries[row.code] = Entry(row.code, tape, process.__dict__)
        slot = entry.note(begin_ns, process.here.lane, object_, a, b)
        if payload is not None:
            tape.payload(slot, payload)
        return slot


def _nothing(object_: int) -> None:
    """What tells of an operation that is left out."""


def _unrecorded(original: Callable[..., Any]) -> FunctionType:
    """A function that only does what `original` does: it may do more than the operation that is left out."""

    def call(*args: Any, **kwargs: Any) -> Any:
        return original(*args, **kwargs)

    chosen: Any = call
    return chosen  # type: ignore[no-any-return]


def recorded(row: Operation, original: Callable[..., Any]) -> Callable[..., Any]:
    """A function that does what `original` does, and records it as `row` says."""
    general, native = in_python(row, original), row.native
    owner: Any = getattr(original, "__objclass__", None)  # its class in C
    if Wrapper is None or native is None or (owner is None and native.call is None):
        return general
    call = native.call or (owner.acquire if native.tries else original)
    fileno = None if native.numbers is None else owner.fileno
    return Wrapper(general, call, row.code, row.blocks, tape, process.__dict__, fileno, native.form)


def in_python(row: Operation, original: Callable[..., Any], is_general: bool = False) -> FunctionType:
    """The same, whatever the form of the call.

    Args:
        row: the operation.
        original: what is called.
        is_general: without a path of its own for the usual form of the call.
    """
    scope: dict[str, Any] = {
        "__builtins__": __builtins__,  # what C imports for a call is looked up through the globals of its caller
        "generated": _generated,
        "is_general": is_general,
        "original": original,
        "process": process,
        "row": row,
    }
    function = scope["wrapper"] = FunctionType(_FIRST_CALL, scope, "wrapper")
    return function


# What a wrapper is until its first recorded call, with its scope for globals: most are never called, and to compile one
# takes longer than to start. They work without this module too, which the interpreter empties before the program's end.


def _first_call(*args: Any, **kwargs: Any) -> Any:
    here = process.here
    if here is None or here.mark < 0:
        return original(*args, **kwargs)  # type: ignore[name-defined]  # noqa: F821
    return generated(wrapper, row, is_general)(*args, **kwargs)  # type: ignore[name-defined]  # noqa: F821


_FIRST_CALL = _first_call.__code__.replace(co_filename=WRAPPER_FILE)


def _generated(function: FunctionType, row: Operation, is_general: bool = False) -> Callable[..., Any]:
    """Give a wrapper its code, and what that needs. Returns what to call."""
    semantic, usual = row.semantic and not internals, None if is_general else row.usual
    code = _code_of(row, semantic, usual is not None)
    if code is None:
        return function.__globals__["original"]  # type: ignore[no-any-return]
    scope = function.__globals__
    if usual is not None:
        scope.update({name: usual.scope[name] for name in code.co_names if name in usual.scope and name not in scope})
        scope["general"] = in_python(row, scope["original"], True)
        function.__defaults__ = (_MISSING,) * len(usual.arguments)
    if row.shared is not None:
        scope["in_c"] = Shared(row.code, tape, process.__dict__, row.shared.form, *row.shared.lock(), _MISSING)
    scope.update(
        _NEEDED,
        CODE=row.code,
        after=row.after,
        attempt=row.attempt,
        before=row.before,
        concerns=row.concerns,
        enter=Entry(row.code, tape, process.__dict__, getattr(row.concerns, "judge", None)),
        identify=row.identify,
    )
    function.__code__ = code
    return function


def shape_of(row: Operation, semantic: bool, is_usual: bool = False) -> tuple[object, ...]:
    """What the wrapper's text depends on: equal for rows whose wrappers are the same code."""
    identify = row.identify
    given = (row.concerns, row.before, row.after, row.attempt, identify)
    usual = row.usual.texts if is_usual and row.usual else ()
    known = hasattr(row.concerns, "of_object"), hasattr(row.concerns, "judge"), getattr(identify, "in_slot", False)
    form = row.alone, *known, row.blocks, semantic, row.shared is not None, usual
    return *(part is not None for part in given), *form


def _code_of(row: Operation, semantic: bool, is_usual: bool) -> CodeType | None:
    """None where this comes in the middle of the import of what writes the text."""
    shape = shape_of(row, semantic, is_usual)
    code = _codes.get(shape)
    if code is None:
        ready = prepared("wrappers", shape)
        if not ready and load("ipcreel.record.source") is None:
            return None
        code = _codes[shape] = marshal.loads(ready) if ready else compiled(row, semantic, is_usual)
    return code


def compiled(row: Operation, semantic: bool, is_usual: bool) -> CodeType:
    """The code of a wrapper: it takes longer to compile than most programs to use."""
    from ipcreel.record.source import source_of

    text = source_of(row, semantic, is_usual)
    code: CodeType = next(filter(_is_code, compile(text, WRAPPER_FILE, "exec").co_consts))
    return code


def _is_code(value: object) -> bool:
    return isinstance(value, type(_first_call.__code__))


def is_own(fault: BaseException) -> bool:
    """Whether an exception was raised by our code, and not by a signal's handler that ran meanwhile."""
    entry = fault.__traceback__
    while entry is not None and entry.tb_next is not None:
        entry = entry.tb_next
    return entry is None or is_ours(entry.tb_frame.f_code.co_filename)


def mend(fault: Exception, code: int) -> None:
    """State a fault of ours on the tape and let the program go on; raise again what is none."""
    if not is_own(fault):
        raise fault
    process.fact("fault", f"{code:#06x}: {type(fault).__name__}: {text_of(fault)}")


_MISSING = object()
_NEEDED: dict[str, Any] = {"MISSING": _MISSING, "WAIT": WAIT, "describe": describe, "is_own": is_own, "mend": mend}
