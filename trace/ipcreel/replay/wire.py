"""What a replay and an editor say to each other: the base protocol of the Debug Adapter Protocol.

A message is `Content-Length: N`, an empty line, and N bytes of JSON
(https://microsoft.github.io/debug-adapter-protocol/overview). No more is read than one message has: the process that
goes on from a checkpoint reads the next.
"""

from __future__ import annotations

import json
import os
from fcntl import ioctl
from typing import Any

_WAITING = 0x541B  # FIONREAD: how many bytes can be read
_read, _write = os.read, os.write
_LENGTH = b"content-length:"


class Wire:
    """Our end of a connection to an editor.

    Attributes:
        reason: why the program will stand next, as far as the editor has asked for it.
    """

    def __init__(self, descriptor: int) -> None:
        self.reason = "entry"
        self._descriptor = descriptor
        self._said = 0

    @property
    def is_asked(self) -> bool:
        """Whether the editor has said something that was not read."""
        try:
            return any(ioctl(self._descriptor, _WAITING, bytes(4)))
        except OSError:
            return False

    def receive(self) -> dict[str, Any] | None:
        """The next message, None where the editor has gone."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            byte = self._exactly(1)
            if not byte:
                return None
            head += byte
        size = next(
            int(line[len(_LENGTH) :]) for line in head.split(b"\r\n") if line[: len(_LENGTH)].lower() == _LENGTH
        )
        body = self._exactly(size)
        message: dict[str, Any] | None = json.loads(body) if len(body) == size else None
        return message

    def _exactly(self, size: int) -> bytes:
        content = b""
        while len(content) < size:
            try:
                part = _read(self._descriptor, size - len(content))
            except OSError:
                part = b""
            if not part:
                return b""
            content += part
        return content

    def answer(self, request: dict[str, Any], body: dict[str, Any] | None = None, error: str = "") -> None:
        """Answer a request: with what it asks for, or with why not."""
        answer = {"type": "response", "request_seq": request["seq"], "command": request["command"]}
        self._send({**answer, "success": not error, "message": error, "body": body or {}})

    def tell(self, event: str, **body: Any) -> None:
        """Something happened."""
        self._send({"type": "event", "event": event, "body": body})

    def _send(self, message: dict[str, Any]) -> None:
        self._said += 1
        content = json.dumps({"seq": self._said, **message}).encode("utf-8", "surrogatepass")
        left = memoryview(b"Content-Length: %d\r\n\r\n%s" % (len(content), content))
        try:
            while left:
                left = left[_write(self._descriptor, left) :]
        except OSError:  # it has gone: the next receive says so
            pass
