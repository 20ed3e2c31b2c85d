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
    from ipcreel.mechanism.operation import Operation


def shape_of(row: Operation, semantic: bool) -> tuple[object, ...]:
    """What the wrapper's text depends on: equal for rows whose wrappers are the same code."""
    identify = row.identify
    given = (row.concerns, row.before, row.after, row.attempt, identify)
    return *(part is not None for part in given), row.alone, getattr(identify, "in_slot", False), row.blocks, semantic


def source_of(row: Operation, semantic: bool) -> str:
    """The wrapper of `row`.

    The begin of what blocks is written before the call, so that a process that hangs or dies leaves it on its tape.
    The tape's name tells a fork apart: what began before it is completed by the parent alone, and a child that comes
    back through the same call (from a fork, from a signal's handler that forked) leaves its own tape as it is.
    At the very end of an interpreter `here` may be gone already: the operation itself must go on working.

    Args:
        row: the operation.
        semantic: what it calls is not recorded.
    """
    rest = _attempting if row.attempt else _blocking if row.blocks else _prompt
    return "\n".join([*_head(row), *_indented(rest(row, semantic), 1)])


def _head(row: Operation) -> list[str]:
    return [
        "def wrapper(*args, **kwargs):",
        "    here = process.here",
        "    if here is None:",
        "        return original(*args, **kwargs)",
        "    lane = here.mark",
        f"    if lane < 0{' or not concerns(args, kwargs)' if row.concerns else ''}:",
        "        return original(*args, **kwargs)",
        "    try:",
        "        frame = getframe(1)",
        "        site = sites.get(id(frame.f_code) + frame.f_lasti) or site_of(frame)",
        "    except ValueError as fault:",  # called by C at the bottom of a stack: an exit hook, the flush at the end
        "        if not is_own(fault):",
        "            raise",
        "        site = 0",
        *_indented(_before(row)),
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


_CALL = "result = original(*args, **kwargs) if kwargs else original(*args)"


def _blocking(row: Operation, semantic: bool) -> list[str]:
    return [
        "began = tape.name",
        *_identified(row, "None"),
        *_slot_taken(),
        "try:",
        *_indented(_packed("pack_begin", "at", "now(), lane, CODE, object_, site, a")),
        *_indented(_payload("sent"), 1, row.before is not None),
        *_indented(_called(_CALL, semantic)),
        "except BaseException as error:",
        *_indented(_outside(semantic)),
        "    end_ns = now()",
        "    if tape.name is not began:",
        "        raise",
        "    pack_end(view, at + END_AT, -end_ns)",
        *_indented(_RAISED),
        "end_ns = now()",
        "if tape.name is not began:",
        "    return result",
        *_ended(row),
        "return result",
    ]


def _prompt(row: Operation, semantic: bool) -> list[str]:
    return [
        "begin_ns = now()",
        "try:",
        *_indented(_called(_CALL, semantic)),
        "except BaseException as error:",
        *_indented(_outside(semantic)),
        "    end_ns = -now()",
        "    b = 0",
        *_indented(_identified(row, "None")),
        *_indented(_whole()),
        *_indented(_RAISED),
        "end_ns = now()",
        *_got(row),
        *_identified(row, "result"),
        *_whole(),
        *_indented(_payload("got"), 0, row.after is not None),
        *_indented(_payload("sent"), 0, row.before is not None),
        "return result",
    ]


def _attempting(row: Operation, semantic: bool) -> list[str]:
    """A row that tries first whether it can do without waiting: most often it can."""
    return [
        "slot = -1",
        "began = tape.name",
        "begin_ns = now()",
        "try:",
        *_indented(_called("result = attempt(args, kwargs)", semantic)),
        "    if result is WAIT:",
        *_indented(_identified(row, "None"), 2),
        *_indented(_slot_taken(), 2),
        *_indented(_packed("pack_begin", "at", "begin_ns, lane, CODE, object_, site, a"), 2),
        *_indented(_payload("sent"), 2, row.before is not None),
        *_indented(_called(_CALL, semantic), 2),
        "except BaseException as error:",
        *_indented(_outside(semantic)),
        "    end_ns = -now()",
        "    if tape.name is not began:",
        "        raise",
        "    if slot < 0:",
        "        b = 0",
        *_indented(_identified(row, "None"), 2),
        *_indented(_whole(), 2),
        "    else:",
        "        pack_end(view, at + END_AT, end_ns)",
        *_indented(_RAISED),
        "end_ns = now()",
        "if tape.name is not began:",
        "    return result",
        "if slot < 0:",
        *_indented(_got(row)),
        *_indented(_identified(row, "result")),
        *_indented(_whole()),
        *_indented(_payload("got"), 1, row.after is not None),
        *_indented(_payload("sent"), 1, row.before is not None),
        "else:",
        *_indented(_ended(row)),
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
    values = "begin_ns, lane, CODE, object_, site, a, b, end_ns"
    return [*_slot_taken(), *_packed("pack_whole", "at", values)]


def _ended(row: Operation) -> list[str]:
    if not row.after:
        return ["pack_end(view, at + END_AT, end_ns)"]
    return [*_got(row), *_packed("pack_rest", "at + REST_AT", "a, b, end_ns"), *_payload("got")]


def _got(row: Operation) -> list[str]:
    return _mended("a, b, got = after(args, kwargs, result)", "b, got = 0, None") if row.after else ["b = 0"]


def _identified(row: Operation, result: str) -> list[str]:
    if not row.identify:
        return ["object_ = 0"]
    asked = _mended(f"object_ = identify(args, kwargs, {result})", "object_ = 0")
    if not getattr(row.identify, "in_slot", False):
        return asked
    return ["try:", f"    object_ = args[0].{OBJECT_SLOT}", "except (AttributeError, IndexError):", *_indented(asked)]


def _mended(line: str, otherwise: str) -> list[str]:
    """A fault of a row does not reach the program; what a signal's handler raises meanwhile does."""
    return ["try:", f"    {line}", "except Exception as fault:", "    mend(fault, CODE)", f"    {otherwise}"]


def _payload(name: str) -> list[str]:
    """Short bytes, which most payloads are, are written from here, as `Tape.payload` does it."""
    return [
        f"if {name} is not None:",
        f"    if type({name}) is bytes and (size := len({name})) <= tape.short_limit:",
        "        text_at = tape.stream_at",
        f"        tape.stream_at = text_end = text_at + size + {SHORT_SIZE}",
        "        text, text_first, text_last = tape.stream.place",
        "        if text_at < text_first or text_end > text_last:",
        "            text, text_first, text_last = tape.stream.slide(text_at, text_end)",
        f"        short_packers[size](text, text_at - text_first, SHORT_HEAD, slot, {SHORT_BYTES} | size, {name})",
        "    else:",
        f"        payload(slot, {name})",
    ]


# The traceback keeps this frame: what the program gave must not live longer for it.
_RAISED = ["payload(slot, describe(error))", "args = kwargs = sent = None", "raise"]


def _indented(lines: list[str], levels: int = 1, wanted: bool = True) -> list[str]:
    return ["    " * levels + line for line in lines] if wanted else []
