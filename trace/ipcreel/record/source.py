"""The text of the wrapper of a row: straight-line code, in which a row pays only for what it uses.

The tape is written from here directly, as `tape.writer` does it: a call costs as much as what it would do.
"""

from __future__ import annotations

from ipcreel.event import SIZE
from ipcreel.interpose.targets import OBJECT_SLOT
from ipcreel.tape.layout import CHUNK_BITS
from ipcreel.tape.writer import SHORT_BYTES, SHORT_SIZE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ipcreel.mechanism.operation import Operation


def shape_of(row: Operation, semantic: bool, is_usual: bool = False) -> tuple[object, ...]:
    """What the wrapper's text depends on: equal for rows whose wrappers are the same code."""
    identify = row.identify
    given = (row.concerns, row.before, row.after, row.attempt, identify)
    usual = row.usual.texts if is_usual and row.usual else ()
    form = row.alone, getattr(identify, "in_slot", False), row.blocks, semantic, usual
    return *(part is not None for part in given), *form


def source_of(row: Operation, semantic: bool, is_usual: bool = False) -> str:
    """The wrapper of `row`.

    The begin of what blocks is written before the call, so that a process that hangs or dies leaves it on its tape.
    The tape's name tells a fork apart: what began before it is completed by the parent alone, and a child that comes
    back through the same call (from a fork, from a signal's handler that forked) leaves its own tape as it is.
    At the very end of an interpreter `here` may be gone already: the operation itself must go on working.

    Args:
        row: the operation.
        semantic: what it calls is not recorded.
        is_usual: for its usual form alone. Any other call is handed on to `general`, the wrapper for all forms.
    """
    form = _usual(row) if is_usual else _general(row)
    rest = _attempting if row.attempt else _blocking if row.blocks else _prompt
    return "\n".join([*form.head, *_indented([*_SITE, *form.before, *rest(row, form, semantic)], 1)])


class _Form:
    """How a wrapper is called, and what it asks of its row then: lines of its text.

    Attributes:
        head: its first lines.
        before: set `a` and, where `sends`, `sent`.
        call, attempt: what gives the `result`.
        after: set `b` and, where `gets`, `a` and `got`.
        identified: set `object_`, by what stands for the result.
        sends, gets: whether there may be a payload.
        names: what the program gave.
    """

    __slots__ = ("after", "attempt", "before", "call", "gets", "head", "identified", "names", "sends")

    def __init__(
        self,
        head: list[str],
        before: list[str],
        call: str,
        attempt: str,
        after: list[str],
        identified: Callable[[str], list[str]],
        names: str,
        payloads: tuple[bool, bool],
    ) -> None:
        self.head = head
        self.before = before
        self.call = call
        self.attempt = attempt
        self.after = after
        self.identified = identified
        self.names = names
        self.sends, self.gets = payloads


def _general(row: Operation) -> _Form:
    return _Form(
        head=[
            "def wrapper(*args, **kwargs):",
            "    here = process.here",
            "    if here is None:",
            "        return original(*args, **kwargs)",
            "    lane = here.mark",
            f"    if lane < 0{' or not concerns(args, kwargs)' if row.concerns else ''}:",
            "        return original(*args, **kwargs)",
        ],
        before=_before(row),
        call="result = original(*args, **kwargs) if kwargs else original(*args)",
        attempt="result = attempt(args, kwargs)",
        after=_mended("a, b, got = after(args, kwargs, result)", "b, got = 0, None") if row.after else ["b = 0"],
        identified=lambda result: _identified(row, f"args, kwargs, {result}", "args[0]"),
        names="args = kwargs",
        payloads=(row.before is not None, row.after is not None),
    )


def _usual(row: Operation) -> _Form:
    usual = row.usual
    assert usual is not None, f"{row.name} has no usual form"
    names = usual.arguments
    given, as_tuple = ", ".join(names), f"({''.join(f'{name}, ' for name in names)})"
    concerns = usual.concerns or (f"concerns({as_tuple}, {{}})" if row.concerns else "")
    is_short = f" or {names[-1]} is MISSING" if names else ""
    return _Form(
        head=[
            f"def wrapper({''.join(f'{name}=MISSING, ' for name in names)}{'/, ' if names else ''}*args, **kwargs):",
            "    here = process.here",
            f"    if args or kwargs{is_short} or here is None{_unless(usual.when)}:",
            f"        return general(*[one for one in {as_tuple} if one is not MISSING], *args, **kwargs)",
            "    try:",
            "        lane = here.mark",
            "    except RecursionError:",  # its message would speak of a comparison
            "        raise RecursionError(TOO_DEEP) from None",
            f"    if lane < 0{_unless(concerns)}:",
            f"        return {usual.call or f'original({given})'}",
        ],
        before=[f"a = {usual.a}", *([f"sent = {usual.sent}"] if usual.sent else [])],
        call=f"result = {usual.call or f'original({given})'}",
        attempt=f"result = {usual.attempt}",
        after=[
            *([f"a = {usual.a_after}"] if usual.a_after else []),
            f"b = {usual.b}",
            *([f"got = {usual.got}"] if usual.got else []),
        ],
        identified=lambda result: _identified(row, f"{as_tuple}, {{}}, {result}", "", usual.object_),
        names=" = ".join((*names, "args")),
        payloads=(bool(usual.sent), bool(usual.got)),
    )


def _unless(condition: str) -> str:
    return f" or not ({condition})" if condition else ""


_UNLESS_OURS = ["if not is_own(fault):", "    raise"]
_SITE = [
    "try:",
    "    frame = getframe(1)",
    "except ValueError as fault:",  # called by C at the bottom of a stack: an exit hook, the flush at the end
    *[f"    {line}" for line in _UNLESS_OURS],
    "    site = 0",
    "else:",
    "    code, site = near.get(frame.f_lasti, NOWHERE)",
    "    if code is not frame.f_code:",
    "        site = site_near(frame, near)",
]


def _before(row: Operation) -> list[str]:
    if not row.before:
        return ["a = 0"]
    asked = _mended("a, sent = before(args, kwargs)", "a, sent = 0, None")
    if row.alone is None:
        return asked
    return [
        "if kwargs or len(args) != 1:",
        *_indented(asked),
        "else:",
        f"    a, sent = {row.alone}, None",
    ]


def _blocking(row: Operation, form: _Form, semantic: bool) -> list[str]:
    return [
        "began = tape.name",
        *form.identified("None"),
        *_slot_taken(),
        "try:",
        *_indented(_packed("pack_begin", "at", "now(), lane, CODE, object_, site, a")),
        *_indented(_payload("sent"), 1, form.sends),
        *_indented(_called(form.call, semantic)),
        "except BaseException as error:",
        *_indented(_outside(semantic)),
        "    end_ns = now()",
        "    if tape.name is not began:",
        "        raise",
        "    pack_end(view, at + END_AT, -end_ns)",
        *_indented(_raised(form)),
        "end_ns = now()",
        "if tape.name is not began:",
        "    return result",
        *_ended(row, form),
        "return result",
    ]


def _prompt(row: Operation, form: _Form, semantic: bool) -> list[str]:
    return [
        "begin_ns = now()",
        "try:",
        *_indented(_called(form.call, semantic)),
        "except BaseException as error:",
        *_indented(_outside(semantic)),
        "    end_ns = -now()",
        "    b = 0",
        *_indented(form.identified("None")),
        *_indented(_whole()),
        *_indented(_raised(form)),
        "end_ns = now()",
        *form.after,
        *form.identified("result"),
        *_whole(),
        *_indented(_payload("got"), 0, form.gets),
        *_indented(_payload("sent"), 0, form.sends),
        "return result",
    ]


def _attempting(row: Operation, form: _Form, semantic: bool) -> list[str]:
    """A row that tries first whether it can do without waiting: most often it can."""
    return [
        "slot = -1",
        "began = tape.name",
        "begin_ns = now()",
        "try:",
        *_indented(_called(form.attempt, semantic)),
        "    if result is WAIT:",
        *_indented(form.identified("None"), 2),
        *_indented(_slot_taken(), 2),
        *_indented(_packed("pack_begin", "at", "begin_ns, lane, CODE, object_, site, a"), 2),
        *_indented(_payload("sent"), 2, form.sends),
        *_indented(_called(form.call, semantic), 2),
        "except BaseException as error:",
        *_indented(_outside(semantic)),
        "    end_ns = -now()",
        "    if tape.name is not began:",
        "        raise",
        "    if slot < 0:",
        "        b = 0",
        *_indented(form.identified("None"), 2),
        *_indented(_whole(), 2),
        "    else:",
        "        pack_end(view, at + END_AT, end_ns)",
        *_indented(_raised(form)),
        "end_ns = now()",
        "if tape.name is not began:",
        "    return result",
        "if slot < 0:",
        *_indented(form.after),
        *_indented(form.identified("result")),
        *_indented(_whole()),
        *_indented(_payload("got"), 1, form.gets),
        *_indented(_payload("sent"), 1, form.sends),
        "else:",
        *_indented(_ended(row, form)),
        "return result",
    ]


def _called(call: str, semantic: bool) -> list[str]:
    """Stands in a `try` whose `except` says `_outside` first: no exception leaves the mark behind."""
    return ["here.mark = -1", call, *_outside(semantic)] if semantic else [call]


def _outside(semantic: bool) -> list[str]:
    return ["here.mark = lane"] if semantic else []


def _slot_taken() -> list[str]:
    """Nothing comes between the reading of a position and its storing (see `Tape`)."""
    return [
        "slot = tape.slot",
        "tape.slot = slot + 1",
        "view, first = tape.events_place",
        f"at = slot * {SIZE} - first",
        f"if at >> {CHUNK_BITS}:",  # before the window, or behind it
        "    view, at = tape.events_slid(slot)",
    ]


def _packed(pack: str, place: str, values: str) -> list[str]:
    """One call into the view. A value that an event has no room for is a fault of the row, and is cut."""
    return [
        "try:",
        f"    {pack}(view, {place}, {values})",
        "except PackingError:",
        "    a = fit(a)",
        *(["    b = fit(b)"] if " b," in values else []),
        f"    {pack}(view, {place}, {values})",
    ]


def _whole() -> list[str]:
    return [*_slot_taken(), *_packed("pack_whole", "at", "begin_ns, lane, CODE, object_, site, a, b, end_ns")]


def _ended(row: Operation, form: _Form) -> list[str]:
    if not row.after:
        return ["pack_end(view, at + END_AT, end_ns)"]
    return [
        *form.after,
        *_packed("pack_rest", "at + REST_AT", "a, b, end_ns"),
        *_indented(_payload("got"), 0, form.gets),
    ]


def _identified(row: Operation, given: str, first: str, quick: str = "") -> list[str]:
    if not row.identify:
        return ["object_ = 0"]
    asked = _mended(f"object_ = identify({given})", "object_ = 0")
    if quick:
        return ["try:", f"    object_ = {quick}", "except Exception as fault:", *_indented([*_UNLESS_OURS, *asked])]
    if not getattr(row.identify, "in_slot", False):
        return asked
    return ["try:", f"    object_ = {first}.{OBJECT_SLOT}", "except (AttributeError, IndexError):", *_indented(asked)]


def _mended(line: str, otherwise: str) -> list[str]:
    """A fault of a row does not reach the program; what a signal's handler raises meanwhile does."""
    return ["try:", f"    {line}", "except Exception as fault:", "    mend(fault, CODE)", f"    {otherwise}"]


def _payload(name: str) -> list[str]:
    """Short bytes, which most payloads are, are written from here, as `Tape.payload` does it."""
    return [
        f"if {name} is not None:",
        f"    if type({name}) is bytes and (length := len({name})) <= tape.short_limit:",
        "        begin = tape.stream_at",
        f"        tape.stream_at = end = begin + length + {SHORT_SIZE}",
        "        stream, stream_first, stream_last = tape.stream.place",
        "        if begin < stream_first or end > stream_last:",
        "            stream, stream_first, stream_last = tape.stream.slide(begin, end)",
        "        begin -= stream_first",
        f"        short_packers[length](stream, begin, SHORT_HEAD, slot, {SHORT_BYTES} | length, {name})",
        "    else:",
        f"        payload(slot, {name})",
    ]


def _raised(form: _Form) -> list[str]:
    """The traceback keeps this frame: what the program gave must not live longer for it."""
    return ["payload(slot, describe(error))", f"{form.names} = sent = None", "raise"]


def _indented(lines: list[str], levels: int = 1, wanted: bool = True) -> list[str]:
    return ["    " * levels + line for line in lines] if wanted else []
