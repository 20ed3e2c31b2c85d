"""What each role of a run did: columns, put into words where they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import overload

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]
Column = NDArray[np.int32]

OPEN = "(open)"
"""What stands for a payload that was open to scheduling."""


@dataclass(frozen=True, slots=True)
class Deed:
    """One operation of a role.

    Attributes:
        operation: its name.
        on: what it was on, by role.
        carried: its payload as text, where it was not open to scheduling.
        cause: whose doing it followed, by role and number, or "".
        row: the event.
    """

    operation: str
    on: str
    carried: str
    cause: str
    row: int

    def __str__(self) -> str:
        parts = (self.operation, self.on, self.carried, self.cause and f"← {self.cause}")
        return "  ".join(part for part in parts if part)


@dataclass(frozen=True)
class Behaviour:
    """What each role did, in its order. Between roles there is no order but what the causes say.

    Attributes:
        names: of the roles. The runs of a task that several threads share are one role, sorted by what they did.
        first: (roles + 1,) where the deeds of each role begin.
        operations, objects: what the columns are places in.
        op, on: (d,) of each deed.
        cause, cause_number: (d,) whose doing it followed, place in `names`, and which of them; -1 where nobody's.
        digest: (d,) of what it carried: equal digests are equal texts; different ones may be.
        rows: (e,) the events.
        first_row: (d + 1,) where those of each deed begin: one, or the pieces of what was received.
        carried: (event) → what it carried as text.
    """

    names: list[str]
    first: Rows
    operations: list[str]
    objects: list[str]
    op: Column
    on: Column
    cause: Column
    cause_number: Column
    digest: NDArray[np.uint64]
    rows: Column
    first_row: Column
    carried: Callable[[int], str]

    @cached_property
    def roles(self) -> dict[str, Deeds]:
        """Role → its deeds."""
        bounds = self.first.tolist()
        return {name: Deeds(self, low, high) for name, low, high in zip(self.names, bounds, bounds[1:], strict=False)}

    def of(self, role: str) -> Deeds:
        """The deeds of a role: none where there is no such role."""
        return self.roles.get(role) or Deeds(self, 0, 0)

    def carried_by(self, place: int) -> str:
        """What a deed carried."""
        events = self.rows[self.first_row[place] : self.first_row[place + 1]]
        return "".join(map(self.carried, events.tolist()))

    def deed(self, place: int) -> Deed:
        """One deed in words."""
        cause = int(self.cause[place])
        return Deed(
            self.operations[self.op[place]],
            self.objects[self.on[place]],
            self.carried_by(place),
            "" if cause < 0 else f"{self.names[cause]} #{self.cause_number[place]}",
            int(self.rows[self.first_row[place + 1] - 1]),
        )

    def text(self) -> str:
        """For people to review, and for files to keep."""
        parts = []
        for role, deeds in sorted(self.roles.items()):
            lines = [str(deed) for deed in deeds]
            parts.append(role + "\n" + "".join(f"    {line}\n" for line in _folded(lines)))
        return "\n".join(parts)


class Deeds(Sequence[Deed]):
    """What one role did, in its order: the deeds of a behaviour from `low` up to `high`."""

    def __init__(self, of: Behaviour, low: int, high: int) -> None:
        self._of = of
        self.low, self.high = low, high

    def __len__(self) -> int:
        return self.high - self.low

    @overload
    def __getitem__(self, place: int) -> Deed: ...

    @overload
    def __getitem__(self, place: slice) -> list[Deed]: ...

    def __getitem__(self, place: int | slice) -> Deed | list[Deed]:
        chosen = range(self.low, self.high)[place]
        return self._of.deed(chosen) if isinstance(chosen, int) else [self._of.deed(each) for each in chosen]

    @property
    def rows(self) -> Column:
        """(n,) the event of each deed; of one in pieces the last."""
        return self._of.rows[self._of.first_row[self.low + 1 : self.high + 1] - 1]


def _folded(lines: list[str]) -> list[str]:
    """Lines with runs of equal ones as one that says how many."""
    folded: list[tuple[str, int]] = []
    for line in lines:
        if folded and folded[-1][0] == line:
            folded[-1] = (line, folded[-1][1] + 1)
        else:
            folded.append((line, 1))
    return [line if count == 1 else f"{line}  ({count} times)" for line, count in folded]
