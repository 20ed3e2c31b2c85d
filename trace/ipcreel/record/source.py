"""The text of the wrapper of a row: straight-line code, in which a row pays only for what it uses.

What is done at every operation is done in C where that could be compiled (see `tape.plain`).
"""

from __future__ import annotations

from ipcreel.interpose.targets import OBJECT_SLOT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ipcreel.mechanism.operation import Operation


def source_of(row: Operation, semantic: bool, is_usual: bool = False) -> str:
    """The wrapper of `row`.

    The begin of what blocks is written before the call, so that a process that hangs or dies leaves it on its tape.
    An event tells a fork apart: what began before it is completed by the parent alone, and a child that comes back
    through the same call (from a fork, from a signal's handler that forked) leaves its own tape as it is.
    At the very end of an interpreter nothing is recorded any more: the operation itself must go on working.

    Args:
        row: the operation.
        semantic: what it calls is not recorded.
        is_usual: for its usual form alone. Any other call is handed on to `general`, the wrapper for all forms.
    """
    form = _usual(row) if is_usual else _general(row)
    rest = _attempting if row.attempt else _blocking if row.blocks else _prompt
    inside = ["here, lane = process.here, event.lane"] if semantic else []
    return "\n".join([*form.head, *_indented([*form.before, *inside, *rest(row, form, semantic)], 1)])


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
        start, stop: set the begin and the end apart from what is asked of the row, where that takes its time.
    """

    __slots__ = (
        "after", "attempt", "before", "call", "gets", "head", "identified", "names", "sends", "start", "stop"
    )  # fmt: skip

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
        timed: bool = False,
    ) -> None:
        self.head = head
        self.before = before
        self.call = call
        self.attempt = attempt
        self.after = after
        self.identified = identified
        self.names = names
        self.sends, self.gets = payloads
        self.start = ["event.start()"] if timed else []
        self.stop = ["event.stop()"] if timed else []


def _general(row: Operation) -> _Form:
    return _Form(
        head=[
            "def wrapper(*args, **kwargs):",
            *_in_c(row),
            f"    event = enter({'args' if is_of_object(row) else ''})",
            f"    if event is None{' or not concerns(args, kwargs)' if asks_itself(row) else ''}:",
            "        return original(*args, **kwargs) if kwargs else original(*args)",
        ],
        before=_before(row),
        call="result = original(*args, **kwargs) if kwargs else original(*args)",
        attempt="result = attempt(args, kwargs)",
        after=_mended("a, b, got = after(args, kwargs, result)", "b, got = 0, None") if row.after else ["b = 0"],
        identified=lambda result: _identified(row, f"args, kwargs, {result}", "args[0]"),
        names="args = kwargs",
        payloads=(row.before is not None, row.after is not None),
        timed=True,
    )


def _in_c(row: Operation) -> list[str]:
    """What has to do with shared memory is done in C where it can be."""
    if row.shared is None:
        return []
    return [
        "    if not kwargs:",
        "        result = in_c(*args)",
        "        if result is not MISSING:",
        "            return result",
    ]


def _usual(row: Operation) -> _Form:
    usual = row.usual
    assert usual is not None, f"{row.name} has no usual form"
    names = usual.arguments
    given, as_tuple = ", ".join(names), f"({''.join(f'{name}, ' for name in names)})"
    concerns = usual.concerns or (f"concerns({as_tuple}, {{}})" if asks_itself(row) else "")
    general = f"        return general(*[one for one in {as_tuple} if one is not MISSING], *args, **kwargs)"
    plain = f"        return {usual.call or f'original({given})'}"
    return _Form(
        head=[
            f"def wrapper({''.join(f'{name}=MISSING, ' for name in names)}{'/, ' if names else ''}*args, **kwargs):",
            *(_entered_of_object(names, general) if is_of_object(row) else _entered(names, general, plain)),
            *([f"    if not ({usual.when}):", general] if usual.when else []),
            *([f"    if not ({concerns}):", plain] if concerns else []),
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


def _entered(names: tuple[str, ...], general: str, plain: str) -> list[str]:
    """At the very end of an interpreter there are no builtins for what follows."""
    is_short = f" or {names[-1]} is MISSING" if names else ""
    return [f"    if args or kwargs{is_short}:", general, "    event = enter()", "    if event is None:", plain]


def _entered_of_object(names: tuple[str, ...], general: str) -> list[str]:
    """Of the library's own objects nothing is recorded, whatever the form."""
    given = ", ".join(names)
    return [
        f"    if {names[-1]} is MISSING:",
        general,
        f"    event = enter({names[0]})",
        "    if event is None:",
        f"        return original({given}, *args, **kwargs) if args or kwargs else original({given})",
        "    if args or kwargs:",
        general,
    ]


def is_of_object(row: Operation) -> bool:
    """Whether it depends on the object alone if a call is one of the operation's."""
    return hasattr(row.concerns, "of_object")


def asks_itself(row: Operation) -> bool:
    """Whether the row has to be asked."""
    return row.concerns is not None and not is_of_object(row) and not hasattr(row.concerns, "judge")


_UNLESS_OURS = ["if not is_own(fault):", "    raise"]


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
        *form.identified("None"),
        *form.start,
        "try:",
        f"    event.begin(object_, a, {'sent' if form.sends else None})",
        *_indented(_called(form.call, semantic)),
        "except BaseException as error:",
        *_indented(_outside(semantic)),
        "    event.end_raised()",
        *_indented(_raised(form)),
        *_ended(row, form),
        "return result",
    ]


def _prompt(row: Operation, form: _Form, semantic: bool) -> list[str]:
    return [
        *form.start,
        "try:",
        *_indented(_called(form.call, semantic)),
        "except BaseException as error:",
        *_indented(_outside(semantic)),
        *_indented(form.stop),
        *_indented(form.identified("None")),
        "    event.raised(object_, a)",
        *_indented(_raised(form)),
        *_told(form),
        "return result",
    ]


def _attempting(row: Operation, form: _Form, semantic: bool) -> list[str]:
    """A row that tries first whether it can do without waiting: most often it can."""
    return [
        *form.start,
        "try:",
        *_indented(_called(form.attempt, semantic)),
        "    if result is WAIT:",
        *_indented(form.identified("None"), 2),
        f"        event.begin(object_, a, {'sent' if form.sends else None})",
        *_indented(_called(form.call, semantic), 2),
        "except BaseException as error:",
        *_indented(_outside(semantic)),
        "    if event.left:",
        "        raise",
        "    if event.slot < 0:",
        *_indented(form.stop, 2),
        *_indented(form.identified("None"), 2),
        "        event.raised(object_, a)",
        "    else:",
        "        event.end_raised()",
        *_indented(_raised(form)),
        "if event.left:",
        "    return result",
        "if event.slot < 0:",
        *_indented(_told(form)),
        "else:",
        *_indented(_ended(row, form)),
        "return result",
    ]


def _called(call: str, semantic: bool) -> list[str]:
    """Stands in a `try` whose `except` says `_outside` first: no exception leaves the mark behind."""
    return ["here.mark = -1", call, *_outside(semantic)] if semantic else [call]


def _outside(semantic: bool) -> list[str]:
    return ["here.mark = lane"] if semantic else []


def _told(form: _Form) -> list[str]:
    """Of what has ended and was not written before."""
    return [
        *form.stop,
        *form.after,
        *form.identified("result"),
        "event.whole(object_, a, b)",
        *_indented(_payload("got"), 0, form.gets),
        *_indented(_payload("sent"), 0, form.sends),
    ]


def _ended(row: Operation, form: _Form) -> list[str]:
    if not row.after:
        return ["event.end()"]
    return [*form.stop, *form.after, "event.end(a, b)", *_indented(_payload("got"), 0, form.gets)]


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
    return [f"if {name} is not None:", f"    event.payload({name})"]


def _raised(form: _Form) -> list[str]:
    """The traceback keeps this frame: what the program gave must not live longer for it."""
    return ["event.payload(describe(error))", f"{form.names} = sent = None", "raise"]


def _indented(lines: list[str], levels: int = 1, wanted: bool = True) -> list[str]:
    return ["    " * levels + line for line in lines] if wanted else []
