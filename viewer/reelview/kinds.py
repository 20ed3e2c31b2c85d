"""Which colour an operation has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

KIND_NAMES = (
    "queue",
    "socket",
    "lock",
    "semaphore",
    "process",
    "pipe",
    "shared value",
    "signal",
    "time and chance",
    "console",
    "waiting",
    "thread and future",
)
"""What each kind of spans is, in the order of the palette."""

# The longest beginning of an operation's name decides; what is unknown counts as waiting, which is no mechanism's own.
_BEGINNINGS = {
    "queue": ("sysv.queue", "posix.queue", "mp.queue", "mp.simple_queue", "queues"),
    "socket": ("socket", "connection", "resolver"),
    "lock": ("mp.lock", "mp.condition", "mp.event", "mp.barrier", "threads.lock", "threads.condition"),
    "semaphore": ("sysv.semaphore", "posix.semaphore", "mp.semaphore", "threads.semaphore"),
    "process": ("process", "subprocess", "mp.process"),
    "pipe": ("pipe",),
    "shared value": ("mp", "sysv.memory", "posix.memory", "sysv", "posix"),
    "signal": ("signal",),
    "time and chance": ("clock", "chance"),
    "console": ("console",),
    "waiting": ("waiting", "threads.event", "threads.barrier"),
    "thread and future": ("threads", "futures", "mp.pool", "mp.manager"),
}
_KIND_OF = {beginning: KIND_NAMES.index(name) for name, beginnings in _BEGINNINGS.items() for beginning in beginnings}
_OTHER = KIND_NAMES.index("waiting")

SIGNALS = ("signal.delivered", "signal.handler.run", "signal.kill", "signal.killpg", "signal.abort", "signal.raise")
"""Operations that are rare and urgent whatever their number."""

CONSOLE = ("console.write", "console.descriptor.write", "console.prompt", "console.input")
"""Operations that a person at the console saw or did."""


def kind_of(operation: str) -> int:
    """The kind of an operation: the place of its colour in the palette."""
    words = operation.split(".")
    for length in range(len(words), 0, -1):
        kind = _KIND_OF.get(".".join(words[:length]))
        if kind is not None:
            return kind
    return _OTHER


def codes_named(operations: Mapping[int, Mapping[str, Any]], names: Iterable[str]) -> list[int]:
    """The codes of some operations, of those that a reel knows."""
    wanted = set(names)
    return [code for code, row in operations.items() if row["name"] in wanted]
