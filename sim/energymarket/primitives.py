"""What the market builds out of SysV queues and semaphores for itself: a counter, a barrier."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TypeVar

import sysv_ipc

BARRIER_WIDTH = 16  # measured: see docs/market.md

Result = TypeVar("Result")


def uninterrupted(operation: Callable[..., Result], *arguments: object) -> Result:
    """Does a blocking SysV operation again when a signal's handler ran in its middle (EINTR: nothing was done)."""
    while True:
        try:
            return operation(*arguments)
        except sysv_ipc.Error as error:
            if type(error) is not sysv_ipc.Error:
                raise


class QueueCounter:
    """A number kept as the only message of its type in a SysV queue.

    Who has received the message owns the number until the message is back, so that an addition is atomic.
    """

    def __init__(self, queue: sysv_ipc.MessageQueue, message_type: int) -> None:
        self._queue = queue
        self._type = message_type

    def create(self, value: int = 0) -> None:
        """Puts the first message in; once for all who use the counter."""
        self._put(value)

    def add(self, difference: int) -> int:
        """The new value."""
        value = self._take() + difference
        self._put(value)
        return value

    def set(self, value: int) -> None:
        self._take()
        self._put(value)

    @property
    def value(self) -> int:
        return self.add(0)

    def _take(self) -> int:
        message, _ = uninterrupted(self._queue.receive, True, self._type)
        return int(message)

    def _put(self, value: int) -> None:
        uninterrupted(self._queue.send, b"%d" % value, True, self._type)


@dataclass(frozen=True, slots=True)
class NodeKeys:
    """The SysV keys of one group of a barrier: who arrived, and a gate for rounds of each parity."""

    arrived: int
    even: int
    odd: int


def group_sizes(members: int, width: int) -> list[list[int]]:
    """How many members each group of a barrier has: a list a level, from the leaves to the one group at the root."""
    levels = []
    while True:
        levels.append([min(width, members - start) for start in range(0, members, width)])
        members = len(levels[-1])
        if members == 1:
            return levels


def count_groups(members: int, width: int = BARRIER_WIDTH) -> int:
    return sum(len(level) for level in group_sizes(members, width))


class _Node:
    """One group of a barrier, as its leader or one of its followers sees it."""

    def __init__(self, keys: NodeKeys, followers: int) -> None:
        self.arrived = sysv_ipc.Semaphore(keys.arrived)
        self.gates = (sysv_ipc.Semaphore(keys.even), sysv_ipc.Semaphore(keys.odd))
        self.followers = followers


class TickBarrier:
    """Lets nobody on before all have come; can be used again at once.

    Members are grouped by `width`, the first of a group leads it, and the leaders are grouped again: one gate for a
    thousand waiters would make the kernel walk all of them. In a group, followers announce themselves on `arrived` and
    wait at a gate; the leader takes all announcements in one operation, waits for the groups above, and opens the gate
    for all in one operation. Two gates alternate, so that a fast follower cannot take the pass of a slow one: it
    comes to the same gate again only after a round for which the slow one has announced itself too.
    """

    def __init__(self, member: int, members: int, keys: Sequence[NodeKeys], width: int = BARRIER_WIDTH) -> None:
        self._led: list[_Node] = []
        self._followed: _Node | None = None
        self._parity = 0
        levels = group_sizes(members, width)
        starts = [0, *accumulate(len(level) for level in levels)]
        for level, start in zip(levels, starts[:-1], strict=True):
            group, place = divmod(member, width)
            node = _Node(keys[start + group], level[group] - 1)
            if place:
                self._followed = node
                return
            if node.followers:
                self._led.append(node)
            member = group

    @property
    def leads(self) -> bool:
        """Whether others pass only after this member has waited for them."""
        return bool(self._led)

    def wait(self) -> None:
        self.arrive()
        self.depart()

    def arrive(self) -> None:
        """Announces this member; a leader waits here for those that it leads."""
        for node in self._led:
            uninterrupted(node.arrived.acquire, None, node.followers)
        if self._followed:
            self._followed.arrived.release()

    def depart(self) -> None:
        """Waits until all have arrived."""
        if self._followed:
            gate = self._followed.gates[self._parity]
            uninterrupted(gate.acquire)
        for node in reversed(self._led):
            node.gates[self._parity].release(node.followers)
        self._parity ^= 1
