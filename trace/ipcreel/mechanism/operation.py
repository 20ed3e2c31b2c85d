"""One row of the table of operations."""

from __future__ import annotations

from ipcreel.compiled import is_compiled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Attempt = Callable[[tuple[Any, ...], dict[str, Any]], Any]
    Before = Callable[[tuple[Any, ...], dict[str, Any]], tuple[int, object]]
    After = Callable[[tuple[Any, ...], dict[str, Any], Any], tuple[int, int, object]]
    Identify = Callable[[tuple[Any, ...], dict[str, Any], Any], int]
    Concerns = Callable[[tuple[Any, ...], dict[str, Any]], bool]
    Give = Callable[[tuple[Any, ...], dict[str, Any], int, int, object], Any]

# What a replay does with an operation.
GIVE = "give"  # hands the taped outcome to the program: nothing is called
RUN = "run"  # calls the original once its turn in the taped order has come
FENCE = "fence"  # raises: it can be seen, not replayed

WAIT: Any = object()  # what `attempt` returns where the operation would have to wait


def known_when_installed(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Stands in the table for an `attempt` that takes what its mechanism finds where it is installed."""
    raise NotImplementedError


# Which end of a flow an operation is.
OUT = "out"
IN = "in"


class Usual:
    """The form in which nearly all calls of an operation are made, in text: what the row's functions would say of it.

    A wrapper for this form alone is made of it, which asks no functions: each would take as long as what it says.
    The texts are expressions of the arguments' names, of `result` where that is known, and of names in `scope`, none of
    which may be one that a wrapper has for itself (`record.source`). They must not raise.

    Attributes:
        arguments: names of the arguments, which are given by their places, and nothing else with them.
        when: what else makes it the usual form, such as a type; the row's functions are asked otherwise.
        concerns, a, sent, attempt, b, got: as the row's `concerns`, `before`, `attempt` and `after`.
        a_after: `a` where `after` says another than `before`.
        object_: as `identify`, which is asked where this raises.
        call: what the original does, where that is a function of ours that only hands on.
        scope: the globals of the module.
    """

    __slots__ = (
        "a", "a_after", "arguments", "attempt", "b", "call", "concerns", "got", "object_", "scope", "sent", "texts",
        "when",
    )  # fmt: skip

    def __init__(
        self,
        *arguments: str,
        scope: dict[str, Any],
        when: str = "",
        concerns: str = "",
        a: str = "0",
        sent: str = "",
        attempt: str = "",
        a_after: str = "",
        b: str = "0",
        got: str = "",
        object_: str = "",
        call: str = "",
    ) -> None:
        self.arguments = arguments
        self.scope = scope
        self.when = when
        self.concerns = concerns
        self.a = a
        self.sent = sent
        self.attempt = attempt
        self.a_after = a_after
        self.b = b
        self.got = got
        self.object_ = object_
        self.call = call
        self.texts = (*arguments, when, concerns, a, sent, attempt, a_after, b, got, object_, call)


# What a parameter of a native form is, and what is told of its result: as `wrapper.c` has them.
ANYTHING, NOTHING, NUMBER, BYTES, FLAGS = range(5)
GAVE_NOTHING, GAVE_TRUTH, GAVE_BYTES, GAVE_MESSAGE, GAVE_TAKEN, GAVE_ALL = range(6)


class Native:
    """The usual forms of calls of a function in C: the recorder's wrapper is in C too, and asks no function of the row.

    Args:
        parameters: name and kind of each behind the object: a NUMBER is kept as `a`, and so are FLAGS, which fit in 32
            bits; BYTES are what is sent, of ANYTHING nothing is kept, NOTHING is None. Where another parameter is
            given, or no bytes, the form is not a usual one and the row's functions are asked, as they are where there
            is no compiled wrapper.
        a: where no NUMBER and no FLAGS were given.
        sends: the bytes are the payload, whatever comes of it.
        gave: what is told of the result. GAVE_TRUTH: `b` is 1 for True; GAVE_BYTES: `b` is their size, they are the
            payload; GAVE_MESSAGE, of (bytes, kind): likewise, and `a` is the kind; GAVE_TAKEN: `b` is a number, as many
            of the bytes are the payload; GAVE_ALL: `b` is the size of the bytes that were given.
        tries: it is an `acquire`: called with False first, it gives True unless it would have to wait.
        inner: the attribute of the object in which that of `call` lies.
        call: the function in C, where one in Python that only hands on is wrapped.
        numbers: by descriptor, the numbers of objects that do not know theirs.
    """

    __slots__ = ("call", "form", "numbers", "tries")

    def __init__(
        self,
        *parameters: tuple[str, int],
        a: int = 0,
        sends: bool = False,
        gave: int = GAVE_NOTHING,
        tries: bool = False,
        inner: str | None = None,
        call: Callable[..., Any] | None = None,
        numbers: dict[int, int] | None = None,
    ) -> None:
        self.call = call
        self.tries = tries
        self.numbers = numbers
        self.form = parameters, a, sends, tries, inner, numbers, gave


# What is done with shared memory: as `shared.c` has them.
GET_VALUE, SET_VALUE, GET_ITEMS, SET_ITEMS = range(4)


class Shared:
    """The usual form of reading or writing a shared value: what is in C is asked first, where it was compiled.

    Args:
        form: one of the four.
        lock: gives `acquire` and `release` of the locks in C, where one is to be taken.
    """

    __slots__ = ("form", "lock")

    def __init__(self, form: int, lock: Callable[[], tuple[Any, Any]] = lambda: (None, None)) -> None:
        self.form = form
        self.lock = lock


class Operation:
    """How one operation is recorded, matched and replayed. Plain class: dataclasses cost 6 ms of every start.

    Attributes:
        code: two bytes, the mechanism in the upper: part of the format, never used again for another.
        name: `mechanism.noun.verb`, such as `sysv.queue.send`.
        target: what is replaced: `module.function`, `module.Class.method`, `module.Class.property:get`, or
            `module.Class` for its construction. None where the mechanism installs it by itself.
        identify: (args, kwargs, result) → the object's number. Called after the operation, and before it as well where
            it blocks, `result` being None then.
        attempt: (args, kwargs) → the result, or WAIT where the operation would have to wait. It is tried first, so that
            only what waits pays for a begin written ahead.
        before: (args, kwargs) → (a, payload), taken before the call: what is sent, what is waited for.
        alone: `a`, without a payload, where the operation was given nothing but its object: `before` is not asked then.
        after: (args, kwargs, result) → (a, b, payload), taken from the result.
        concerns: (args, kwargs) → whether this call is one of the operation's: `os.read` of a pipe is, of a file is
            not.
        blocks: it can wait; its begin is written before the call.
        flow: OUT for a cause, IN for an effect, None.
        semantic: other recorded operations happen inside it, and are left out unless internals are asked for.
        replay: GIVE, RUN or FENCE.
        give: (args, kwargs, a, b, payload) → the result that a replay hands out.
        usual, native, shared: the form of nearly all calls, for the recorder to be quick about.
        a, b, payload: what these fields hold, in words, for the format and for people.
    """

    __slots__ = (
        "a", "after", "alone", "attempt", "b", "before", "blocks", "code", "concerns", "flow", "give", "identify",
        "name", "native", "payload", "replay", "semantic", "shared", "target", "usual",
    )  # fmt: skip

    def __init__(
        self,
        code: int,
        name: str,
        target: str | None = None,
        *,
        identify: Identify | None = None,
        attempt: Attempt | None = None,
        before: Before | None = None,
        alone: int | None = None,
        after: After | None = None,
        concerns: Concerns | None = None,
        blocks: bool = False,
        flow: str | None = None,
        semantic: bool = False,
        replay: str = GIVE,
        give: Give | None = None,
        usual: Usual | None = None,
        native: Native | None = None,
        shared: Shared | None = None,
        a: str = "",
        b: str = "",
        payload: str = "",
    ) -> None:
        self.code = code
        self.name = name
        self.target = target
        self.identify = identify
        self.attempt = attempt
        self.before = before
        self.alone = alone
        self.after = after
        self.concerns = concerns
        self.blocks = blocks
        self.flow = flow
        self.semantic = semantic
        self.replay = replay
        self.give = give
        self.usual = usual
        self.native = native
        self.shared = shared if is_compiled else None
        self.a = a
        self.b = b
        self.payload = payload

    def like(self, **changes: Any) -> Operation:
        """The row with some of its attributes changed: the same operation reached in another way.

        Its usual form is that of the row's functions: where another one is not given, there is none.
        """
        same = {name: getattr(self, name) for name in self.__slots__}
        return Operation(**same | {"usual": None, "native": None, "shared": None} | changes)

    def __repr__(self) -> str:
        return f"<Operation {self.name}>"

    @property
    def mechanism(self) -> str:
        """The family that it belongs to: its name up to the first dot."""
        return self.name.partition(".")[0]
