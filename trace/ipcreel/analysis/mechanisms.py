"""Which mechanism each event belongs to, as a person names it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.keys import dense, first_places

Rows = NDArray[np.int64]

TRANSPORTS = ("tcp", "udp", "unix")
_OF_ANY_SOCKET = ("socket", "pipe")  # their operations work on whatever the descriptor is


def mechanism_of(operation: str, kind: str) -> str:
    """The mechanism of an operation on an object of that kind: a socket's is its transport."""
    mechanism, transport = operation.partition(".")[0], kind.partition(".")[0]
    return transport if transport in TRANSPORTS and mechanism in _OF_ANY_SOCKET else mechanism


def find_mechanisms(
    op: Rows, object_: Rows, operation: Callable[[int], str], kind: Callable[[int], str]
) -> tuple[list[str], Rows]:
    """The mechanisms that occur, by name, and for each event which of them is its own.

    Args:
        op: (n,) the code of each event's operation.
        object_: (n,) the row of its object.
        operation: code → name.
        kind: row of an object → its kind.
    """
    width = int(object_.max(initial=0)) + 1
    event, _ = dense(dense(op)[0] * width + object_)
    first = first_places(event)
    pairs = zip(op[first].tolist(), object_[first].tolist(), strict=True)
    named = [mechanism_of(operation(code), kind(row)) for code, row in pairs]
    names = sorted(set(named))
    place = {name: number for number, name in enumerate(names)}
    return names, np.array([place[name] for name in named], np.int64)[event]
