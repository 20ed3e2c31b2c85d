"""A new thread that is to be late, see `interleavings`, first lets whoever started it go on."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

from ipcreel.mechanism.stand_in import dressed

if TYPE_CHECKING:
    from ipcreel.replay.reading import Replaying
    from ipcreel.replay.script import Event

_BEGIN = "threads.thread.begin"


def adapt(module: ModuleType, reading: Replaying) -> None:
    """Have threads that are late wait when their start may return, and not already where they note their begin."""
    if module.__name__ != "threading" or not reading.script.is_late:
        return
    kind: Any = module.Thread
    plain = kind._set_native_id

    def _set_native_id(self: Any) -> None:
        plain(self)
        begun = reading.here.begun
        if begun is None:
            return
        tell = self._started.set

        def tell_and_wait() -> None:
            tell()
            reading.turns.come_back(begun)

        self._started.set = tell_and_wait

    kind._set_native_id = dressed(_set_native_id, plain)


def come_back(reading: Replaying, event: Event) -> None:
    """Return when the thread may go on behind an event: with its begin alone it does so at once, see `adapt`."""
    if reading.script.operations[event.op].name == _BEGIN:
        reading.here.begun = event
    else:
        reading.turns.come_back(event)
