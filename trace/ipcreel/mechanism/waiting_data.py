"""What a wait was asked for, and which of it is ready: as places in what the program gave."""

from __future__ import annotations

import sys

from ipcreel.mechanism.inside import of_program

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from typing import Any

_CONTAINERS: tuple[type[Collection[Any]], ...] = (list, tuple, set, frozenset, type({}.keys()), type({}.values()))


def microseconds(timeout: Any, a_second: int) -> int:
    """A timeout of the program's in µs, -1 where there is none. `a_second`: how many µs its unit has."""
    if timeout is None:
        return -1
    if isinstance(timeout, (int, float)) and timeout >= 0:
        return int(min(timeout * a_second, 1 << 62))
    return -1


def descriptor_of(thing: Any) -> int:
    """The descriptor of something to wait for, -1 where only its own code knows it: that must not run twice."""
    if type(thing) is int:
        return thing
    module = sys.modules.get("_socket")
    if module is not None and isinstance(thing, module.socket):
        return int(module.socket.fileno(thing))
    handle = getattr(thing, "_handle", None)
    return handle if type(handle) is int else -1


def ask(thing: Any) -> None:
    """In a replay: let something to wait for tell its descriptor, as C does."""
    if descriptor_of(thing) < 0:
        of_program(thing.fileno)()


def asked(groups: Sequence[Any]) -> list[Any]:
    """The descriptors of each group; None for a group that is an iterator: it must not be used up."""
    return [[descriptor_of(thing) for thing in group] if isinstance(group, _CONTAINERS) else None for group in groups]


def chosen(groups: Sequence[Any], results: Sequence[Sequence[Any]]) -> list[Any]:
    """The places of the ready things in the groups; None for a group that was an iterator."""
    return [_places(group, result) for group, result in zip(groups, results, strict=False)]


def _places(group: Any, result: Sequence[Any]) -> list[int] | None:
    if not result:
        return []
    if not isinstance(group, _CONTAINERS):
        return None
    places = {id(thing): place for place, thing in enumerate(group)}
    found = [places.get(id(thing), -1) for thing in result]
    return found if -1 not in found else None


def give_chosen(groups: Sequence[Any], places: Sequence[list[int] | None]) -> list[list[Any]]:
    """What is ready, as the program's own objects.

    Raises:
        LookupError: the program gave an iterator; what was ready of it is not on the tape.
    """
    given = []
    for group, found in zip(groups, places, strict=True):
        if found is None:
            raise LookupError("the program waited for what an iterator gave: what was ready of it is not on the tape")
        things = list(group) if found else []
        given.append([things[place] for place in found])
    return given
