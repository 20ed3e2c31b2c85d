"""Answers what a replayed process asks of its reel: it has no part of ours that could read one as a whole."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ipcreel.reel import Reel, ReelError
from ipcreel.replay.changes import changed_files
from ipcreel.replay.divergence import Divergence
from ipcreel.replay.place import at_event, at_finding, at_moment
from ipcreel.replay.tried import Tried

if TYPE_CHECKING:
    from ipcreel.replay.moment import Around

Answer = Callable[[dict[str, Any]], Any]


class Answers:
    """Answers a line with a line, in JSON, until the other end is closed.

    Attributes:
        asks_a_person: whether the debugger is at its prompt.
    """

    def __init__(self, reel: Reel, process: int, end: socket.socket) -> None:
        """Take what was recorded, the process that is replayed, and our end of what leads to it."""
        self.asks_a_person = False
        self._reel = reel
        self._process = process
        self._end = end
        self._known: dict[str, Answer] = {
            "world": lambda asked: self._around.tell(asked["at_ns"], asked["lane"]),
            "when": lambda asked: self._around.when(asked["at_ns"]),
            "event": self._event,
            "divergence": lambda asked: Divergence.from_note(reel, process, asked["note"]).lines(),
            "tried": lambda asked: Tried(reel, process, asked["note"]).lines(),
            "changed": lambda asked: changed_files(reel),
            "prompt": self._prompt,
        }

    @cached_property
    def _around(self) -> Around:
        from ipcreel.replay.moment import Around

        return Around(self._reel)

    def serve(self) -> None:
        """Answer until the other end is closed."""
        with self._end, self._end.makefile("rw", encoding="utf-8") as lines:
            for line in lines:
                asked = json.loads(line)
                try:
                    answer = {"answer": self._known[asked["what"]](asked)}
                except ReelError as error:
                    answer = {"error": str(error)}
                lines.write(json.dumps(answer) + "\n")
                lines.flush()

    def _prompt(self, asked: dict[str, Any]) -> None:
        self.asks_a_person = asked["begins"]

    def _event(self, asked: dict[str, Any]) -> int:
        """The event that a person means: its number, a moment, or `finding 1`."""
        text: str = asked["text"]
        own = str(self._reel.processes[self._process]["pid"])
        word, _, number = text.partition(" ")
        if word == "finding" and number.isdigit():
            place = at_finding(self._reel, own, int(number))
        elif text.isdigit():
            place = at_event(self._reel, own, int(text))
        else:
            place = at_moment(self._reel, own, text)
        assert place.event is not None, "a moment is that of an event"
        return place.event
