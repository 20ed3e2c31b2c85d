"""What a replayed process asks of whoever started it, who has the reel, and what it leaves behind for them."""

from __future__ import annotations

import json
import os
from typing import Any

from ipcreel.interpose import environment

_read, _write, _open, _close = os.read, os.write, os.open, os.close


class RefusedError(Exception):
    """The reel has no answer; the text says why."""


class Asking:
    """Our end of what leads to the one who has the reel.

    Attributes:
        terminal: the descriptors of the input and the output that the replay was started with.
        editor: the descriptor of the connection to an editor, -1 without.
        scratch: the folder of this replay.
        is_waiting: the answer to a question is still to come. It may take long on a busy machine.
    """

    def __init__(self) -> None:
        self.scratch = os.path.dirname(environment.setting("IPCREEL_SCRIPT"))
        self._link, *terminal = map(int, environment.setting("IPCREEL_DESCRIPTORS").split(","))
        self.terminal = (terminal[0], terminal[1])
        self.editor = terminal[2] if len(terminal) > 2 else -1
        self.is_waiting = False

    def ask(self, what: str, **question: Any) -> Any:
        """The answer to a question, see `ipcreel.replay.answers`.

        Raises:
            RefusedError: there is none.
        """
        self.is_waiting = True
        try:
            _write(self._link, json.dumps({"what": what, **question}).encode() + b"\n")
            said = b""
            while not said.endswith(b"\n"):
                part = _read(self._link, 65536)
                if not part:
                    raise RefusedError("nobody has the reel any more.")
                said += part
        except OSError as error:
            raise RefusedError(f"the reel cannot be asked: {error.strerror}.") from None
        finally:
            self.is_waiting = False
        answer = json.loads(said)
        if "error" in answer:
            raise RefusedError(answer["error"])
        return answer["answer"]

    def note(self, **what: Any) -> None:
        """Leave a note on how the replay went."""
        file = _open(os.path.join(self.scratch, "result"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        _write(file, json.dumps(what).encode() + b"\n")
        _close(file)
