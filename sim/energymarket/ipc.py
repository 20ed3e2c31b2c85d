"""The SysV objects of a run: made by main, opened by everybody, removed by main."""

import errno
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import sysv_ipc

from energymarket.bugs import Bug
from energymarket.offer import MAX_OFFER_BYTES, queue_capacity
from energymarket.primitives import NodeKeys, QueueCounter, count_groups
from energymarket.registry import Registry

NEEDS = 1  # the message types of the counters
OFFERS = 2
MODE = 0o600
OPEN: dict[str, Callable[[int], Any]] = {"queue": sysv_ipc.MessageQueue, "semaphore": sysv_ipc.Semaphore}
SYSCTLS = {
    "queue": "kernel.msgmni (how many queues there may be)",
    "semaphore": "kernel.sem (its fourth number: how many sets there may be; its second: how many semaphores)",
}


class LimitError(Exception):
    """The kernel does not allow what the run needs; the message names the setting."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of a run's objects, as every process is told them."""

    offers: int
    counters: int
    slots: int
    offered: int
    acknowledged: int
    barrier: tuple[NodeKeys, ...]

    def semaphores(self) -> list[int]:
        gates = [key for node in self.barrier for key in (node.arrived, node.even, node.odd)]
        return [self.slots, self.offered, self.acknowledged, *gates]


@dataclass(slots=True)
class Ipc:
    """A run's objects, in main."""

    keys: Keys
    slots: int
    _made: list[tuple[str, Any]] = field(default_factory=list)

    def remove(self, bug: Bug = Bug.NONE) -> None:
        """Removes all; whoever is blocked on one of them wakes with an error."""
        for kind, made in self._made:
            if bug is Bug.LEAK and made.key == self.keys.counters:
                continue
            remove_quietly(kind, made)
        self._made.clear()


def remove_quietly(kind: str, made: Any) -> bool:
    """Removes an object; False where it was gone already."""
    assert kind in OPEN, f"{kind} is no kind of object"
    try:
        made.remove()
    except sysv_ipc.ExistentialError:
        return False
    return True


def draw_keys(members: int) -> Keys:
    """Random keys: two runs do not meet, and no key is that of somebody else's well-known object."""
    drawn: set[int] = set()
    groups = count_groups(members)
    while len(drawn) < 5 + 3 * groups:
        drawn.add(1 + secrets.randbelow(2**31 - 1))
    keys = list(drawn)
    offers, counters, slots, offered, acknowledged, *gates = keys
    barrier = tuple(NodeKeys(*gates[start : start + 3]) for start in range(0, len(gates), 3))
    return Keys(offers, counters, slots, offered, acknowledged, barrier)


def create(members: int, registry: Registry, queue_bytes: int = 0) -> Ipc:
    """Makes the objects of a run of so many processes.

    Args:
        queue_bytes: makes the homes' queue smaller than the kernel's default; 0 leaves it.

    Raises:
        LimitError: the kernel has no room for them.
    """
    keys = draw_keys(members)
    queues, semaphores = [keys.offers, keys.counters], keys.semaphores()
    registry.note_objects("queue", dict.fromkeys(queues))
    registry.note_objects("semaphore", dict.fromkeys(semaphores))
    ipc = Ipc(keys, slots=0)
    try:
        for key in queues:
            ipc._made.append(("queue", _make("queue", key)))
        for key in semaphores:
            ipc._made.append(("semaphore", _make("semaphore", key)))
        offers = ipc._made[0][1]
        if 0 < queue_bytes < offers.max_size:
            offers.max_size = queue_bytes
        ipc.slots = _slots(offers.max_size)
    except BaseException:
        ipc.remove()
        raise
    for kind in OPEN:
        registry.note_objects(kind, {made.key: made.id for each, made in ipc._made if each == kind})
    counters = ipc._made[1][1]
    for counter in (NEEDS, OFFERS):
        QueueCounter(counters, counter).create()
    return ipc


def _slots(max_bytes: int) -> int:
    slots = queue_capacity(max_bytes)
    if not slots:
        raise LimitError(
            f"the homes' queue holds {max_bytes} bytes; expected {MAX_OFFER_BYTES} or more: "
            "raise run.queue_bytes, or kernel.msgmnb (sysctl -w kernel.msgmnb=16384)"
        )
    return slots


def _make(kind: str, key: int) -> Any:
    try:
        return OPEN[kind](key, sysv_ipc.IPC_CREX, MODE)  # type: ignore[call-arg]
    except (OSError, sysv_ipc.Error) as error:
        full = getattr(error, "errno", None) == errno.ENOSPC or "limit" in str(error).lower()
        if not full:
            raise
        raise LimitError(f"the kernel makes no more {kind}s ({error}): raise {SYSCTLS[kind]} with sysctl") from None
