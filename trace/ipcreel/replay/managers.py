"""The server of a `multiprocessing` manager in a replay: its objects are called what they were called.

It calls them by their addresses, and those who ask it say these names, as they did.
"""

from __future__ import annotations

import re
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ipcreel.replay.reading import Replaying

_ANSWER = "connection.message.send"
_ADDRESS = re.compile(rb"[0-9a-f]{12}")
_address_of = id


def adapt(module: ModuleType, reading: Replaying) -> None:
    """Have `multiprocessing.managers` ask the tape for the address of what it makes: the answer that follows has it."""
    if module.__name__ != "multiprocessing.managers":
        return
    script = reading.script

    def address_of(thing: Any) -> int:
        events = () if reading.has_left else reversed(reading.here.events)
        answer = next((event for event in events if script.operations[event.op].name == _ANSWER), None)
        taped = None if answer is None else script.payload(answer)
        found = _ADDRESS.search(taped) if isinstance(taped, bytes) else None
        return int(found[0], 16) if found else _address_of(thing)

    setattr(module, "id", address_of)  # noqa: B010
