"""What the objects of a replayed program are called on the tape, learned from the operations on which both agreed."""

from __future__ import annotations

import weakref
from typing import Any

from ipcreel.mechanism.operation import Operation
from ipcreel.tape import process

_AMBIGUOUS = -1
_MECHANISMS = frozenset(("sysv", "posix", "mp", "connection", "socket"))  # with other processes
_NUMBERED = frozenset(("mp",))  # asking for a number changes nothing there
_LOCK = "threads.lock"  # nor there; it is known by its number alone


class Known:
    """Finds the object on the tape that a call is on.

    An object is known by what the operation is called on, and by the number that its row gives it: two Python objects
    may be one semaphore. Neither is certain: what is inert has no id in the kernel to be numbered by, and what is
    called may be one thing (a type code) while the object is another (an array). A key that stood for several objects
    says nothing from then on.
    """

    def __init__(self) -> None:
        self._nouns: dict[int, str] = {}  # code of an operation: its noun, empty where it tells nothing of an object
        self._keys: dict[tuple[str, Any], int] = {}  # noun of the operations, and a key: the object
        self._kept: dict[int, Any] = {}  # by id: the object, held weakly where it can be; its end may be on the tape

    def learn(self, row: Operation, args: Any, kwargs: Any, object_: int) -> None:
        """A call was on `object_`."""
        if not object_ or row.name.endswith(".create"):  # which is called on a class, or a type code
            return
        for key in _keys(row, args, kwargs):
            self._learn(key, object_)
            if key[1] == id(args[0]):
                self._keep(args[0], key)

    def _keep(self, subject: Any, key: tuple[str, Any]) -> None:
        """Forget what is known by an id when its owner ends: another object may be given it."""
        try:
            self._kept[id(subject)] = weakref.ref(subject, lambda _: self._keys.pop(key, None))
        except TypeError:  # written in C, over an object of the kernel
            self._kept[id(subject)] = subject

    def learn_number(self, row: Operation, number: int, object_: int) -> None:
        """What has this number for operations such as `row` is `object_`."""
        if number > 0 and object_:
            self._learn((_noun(row), ("number", number)), object_)

    def of_number(self, noun: str, number: int) -> int:
        """What has this number for operations on `noun`; 0 where none of them was met."""
        return self._keys.get((noun, ("number", number)), 0)

    def _learn(self, key: tuple[str, Any], object_: int) -> None:
        before = self._keys.get(key, object_)
        self._keys[key] = object_ if before == object_ else _AMBIGUOUS

    def agrees(self, row: Operation, args: Any, kwargs: Any, object_: int) -> bool:
        """Learn that a call is on `object_`. Returns False where it is on something that was certainly another one."""
        noun = self._nouns.get(row.code)
        if noun is None:
            makes = row.mechanism not in _MECHANISMS or _makes(row)
            noun = self._nouns[row.code] = "" if makes else _noun(row)
        if not noun or not args or not object_:
            return True
        known = self._keys.get((noun, id(args[0])))
        if known == object_:  # nearly always
            return True
        if known not in (None, _AMBIGUOUS) and type(args[0]) is not int:
            return False
        self.learn(row, args, kwargs, object_)
        return True

    def object_of(self, row: Operation, args: Any, kwargs: Any) -> int | None:
        """The object of the tape that a call is on; None where that is not known."""
        known = map(self._keys.get, _keys(row, args, kwargs))
        return next((object_ for object_ in known if object_ not in (None, _AMBIGUOUS)), None)

    def is_other(self, row: Operation, args: Any, kwargs: Any, object_: int) -> bool:
        """Whether a call is certainly not on `object_`, which is known by other keys than those of the call."""
        keys = [] if _makes(row) or not object_ else _keys(row, args, kwargs)
        if any(self._keys.get(key) == object_ for key in keys):
            return False
        kinds = {_kind(key) for key in keys}
        return any(of == object_ and key[0] == _noun(row) and _kind(key) in kinds for key, of in self._keys.items())


def _noun(row: Operation) -> str:
    return row.name.rpartition(".")[0]


def _makes(row: Operation) -> bool:
    """Whether the object is not there before: it has no number yet, and asking for one would give it one."""
    return row.name.endswith((".create", ".open"))


def _keys(row: Operation, args: Any, kwargs: Any) -> list[tuple[str, Any]]:
    if not args or type(args[0]) is int:
        return []
    number = _number(row, args, kwargs)
    numbered: list[tuple[str, Any]] = [(_noun(row), ("number", number))] if number > 0 else []
    return [(_noun(row), id(args[0])), *numbered] if row.mechanism in _MECHANISMS else numbered


def _kind(key: tuple[str, Any]) -> str:
    """By what it is known."""
    return str(key[1][0]) if isinstance(key[1], tuple) else "subject"


def _number(row: Operation, args: Any, kwargs: Any) -> int:
    if row.identify is None or not (row.mechanism in _NUMBERED or _noun(row) == _LOCK) or _makes(row):
        return 0
    here = process.here
    before, here.inside = here.inside, True
    try:
        return row.identify(args, kwargs, None)
    except Exception:  # what it looks for is not there in a replay
        return 0
    finally:
        here.inside = before
