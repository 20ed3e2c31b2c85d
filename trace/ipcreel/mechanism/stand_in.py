"""A class that stands in the place of one written in C, for those instances only that a line of the program makes."""

from __future__ import annotations

import sys

from ipcreel.interpose.targets import OBJECT_SLOT, dress
from ipcreel.mechanism.ownership import new_of_program
from ipcreel.tape.process import new_object

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ipcreel.mechanism.operation import Operation
    from ipcreel.mechanism.reading import Reading


class StandIn(type):
    """The type of such classes: the library's own instances, which are of the original class, are of this one too."""

    def __instancecheck__(cls, instance: Any) -> bool:
        return type.__instancecheck__(cls, instance) or isinstance(instance, cls.__dict__.get("_ipcreel_plain", ()))

    def __subclasscheck__(cls, subclass: type) -> bool:
        return type.__subclasscheck__(cls, subclass) or issubclass(subclass, cls.__dict__.get("_ipcreel_plain", ()))

    @property
    def __signature__(cls) -> Any:
        return sys.modules["inspect"].signature(cls.__dict__["_ipcreel_plain"])


def dressed(wrapper: Callable[..., Any], original: Any) -> Callable[..., Any]:
    """`wrapper` with the names and documentation of `original`."""
    dress(wrapper, original)
    return wrapper


def stand_in(original: type, kind: str, created: Operation, namespace: dict[str, Any], reading: Reading) -> type:
    """A subclass of `original` that records.

    Args:
        original: the class written in C.
        kind: what its instances are called.
        created: the row of their creation.
        namespace: the methods that record.
        reading: that of the table.
    """

    def __new__(cls: type, *args: Any, **kwargs: Any) -> Any:  # noqa: N807
        number = new_of_program(kind)
        if number < 0 and cls is replacement:
            return original(*args, **kwargs)
        self: Any = original.__new__(cls, *args, **kwargs)
        if number < 0:  # the library has a subclass of its own
            self._ipcreel_object = new_object(kind, None, kind)
        else:
            self._ipcreel_object = number
            reading.note(created, number)
        return self

    def __reduce_ex__(self: Any, protocol: Any) -> Any:  # noqa: N807
        if type(self) is replacement:
            raise TypeError(f"cannot pickle '{original.__module__}.{original.__qualname__}' object")
        return super(replacement, self).__reduce_ex__(protocol)

    attributes = {
        "__slots__": (OBJECT_SLOT,),
        "__module__": original.__module__,
        "__qualname__": original.__qualname__,
        "__doc__": original.__doc__,
        "__new__": __new__,
        "__reduce_ex__": __reduce_ex__,
        "_ipcreel_plain": original,
        **namespace,
    }
    replacement: Any = StandIn(original.__name__, (original,), attributes)
    return replacement  # type: ignore[no-any-return]
