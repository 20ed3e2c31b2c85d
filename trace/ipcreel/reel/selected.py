"""A choice of a reel's events, to be used from a notebook."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.events import Events
from ipcreel.analysis.keys import each_once
from ipcreel.analysis.order import concurrent, cone, happens_before
from ipcreel.reel import table
from ipcreel.reel.describe import describe

if TYPE_CHECKING:
    from ipcreel.reel.model import Reel

Rows = NDArray[np.int64]

_SHOWN = 8
_NUMBERS = ("begin", "end", "pending", "raised", "lane", "process", "op", "object", "site", "a", "b")


@dataclass(frozen=True)
class AllEvents(Events):
    """All events of a reel: columns for analyses, and, called, a choice of them."""

    reel: Reel | None = None

    def __call__(
        self,
        process: str | None = None,
        mechanism: str | None = None,
        operation: str | None = None,
        object: str | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> Selected:
        """The events that fit all of what is given; names may hold * and ?.

        Args:
            process: a name or a pid.
            mechanism: `sysv`, `tcp`, …
            operation: `sysv.queue.send`, or a part of it after which more comes, such as `sysv.queue`.
            object: the name of an object, or its role.
            since, until: moments: "1.5s", "tick 12", "tick 12 + 50ms".

        Raises:
            ReelError: a name or a moment that the reel does not know, with those that it does.
        """
        from ipcreel.reel.select import Selection, select

        assert self.reel is not None
        selection = Selection(process, mechanism, operation, object, since, until)
        return Selected(self.reel, select(self.reel, selection))

    def __len__(self) -> int:
        return len(self.begin_ns)

    def __iter__(self) -> Iterator[Event]:
        return iter(self())

    def __getitem__(self, row: int) -> Event:
        assert self.reel is not None
        return self.reel.event(row)

    def __repr__(self) -> str:
        return repr(self())

    def _repr_html_(self) -> str:
        return self()._repr_html_()


class Selected:
    """Some events of a reel, ascending.

    Attributes:
        reel: whose.
        rows: (n,) their numbers.
    """

    def __init__(self, reel: Reel, rows: Rows) -> None:
        self.reel = reel
        self.rows = rows

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Event]:
        return (Event(self.reel, row) for row in self.rows.tolist())

    @overload
    def __getitem__(self, place: int) -> Event: ...
    @overload
    def __getitem__(self, place: slice | Rows | NDArray[np.bool_]) -> Selected: ...
    def __getitem__(self, place: int | slice | Rows | NDArray[np.bool_]) -> Event | Selected:
        if isinstance(place, int | np.integer):
            return Event(self.reel, int(self.rows[place]))
        return Selected(self.reel, self.rows[place])

    def __repr__(self) -> str:
        lines = [
            f"{len(self):,} event{'s' * (len(self) != 1)} of {self.reel.path.name}",
            *(repr(event) for event in self[:_SHOWN]),
        ]
        return "\n".join(lines + (["…"] if len(self) > _SHOWN else []))

    def _repr_html_(self) -> str:
        from ipcreel.reel import notebook

        return notebook.of_events(self)

    def __getattr__(self, name: str) -> NDArray[Any]:
        """Columns of numbers, as a reel has them: `begin`, `end`, `pending`, `raised`, `lane`, `process`, `op`, …"""
        if name not in _NUMBERS:
            raise AttributeError(f"{type(self).__name__} has no {name!r}. Columns of numbers: {', '.join(_NUMBERS)}.")
        column: NDArray[Any] = getattr(self.reel, name)[self.rows]
        return column

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *_NUMBERS]

    @property
    def duration_ns(self) -> Rows:
        """(n,) how long each took; of a pending one up to the end of the reel."""
        return self.reel.end[self.rows] - self.reel.begin[self.rows]

    def columns(self) -> dict[str, Any]:
        """Named columns with readable values: those of the view `events` of docs/query.md."""
        return table.events(self.reel, self.rows)

    def to_arrow(self) -> Any:
        """The columns as a pyarrow.Table.

        Raises:
            ReelError: pyarrow is not installed.
        """
        return table.arrow_table("events", self.columns())

    def to_pandas(self) -> Any:
        """The columns as a pandas.DataFrame, with the event's number as index.

        Raises:
            ReelError: pandas is not installed.
        """
        return table.needed("pandas").DataFrame(self.columns()).set_index("event")

    def to_polars(self) -> Any:
        """The columns as a polars.DataFrame.

        Raises:
            ReelError: polars is not installed.
        """
        return table.needed("polars").DataFrame(self.columns(), strict=False)


class Event:
    """One event of a reel; times in seconds count from the begin of the reel."""

    def __init__(self, reel: Reel, row: int) -> None:
        self.reel = reel
        self.row = row

    def __repr__(self) -> str:
        return describe(self.reel, self.row)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Event) and (self.reel, self.row) == (other.reel, other.row)

    def __hash__(self) -> int:
        return hash((id(self.reel), self.row))

    @property
    def begin_s(self) -> float:
        """When it began."""
        return int(self.reel.begin[self.row] - self.reel.begin_ns) / 1e9

    @property
    def duration_ns(self) -> int:
        """How long it took; where it is pending, up to the end of the reel."""
        return int(self.reel.end[self.row] - self.reel.begin[self.row])

    @property
    def outcome(self) -> str:
        """`returned`, `raised` or `pending`."""
        return table.outcome(bool(self.reel.pending[self.row]), bool(self.reel.raised[self.row]))

    @property
    def process(self) -> str:
        """The name of its process."""
        return self.reel.process_name(int(self.reel.process[self.row]))

    @property
    def lane(self) -> str:
        """The name of its thread's lane."""
        return self.reel.lane_name(int(self.reel.lane[self.row]))

    @property
    def operation(self) -> str:
        """`sysv.queue.send`, …"""
        return str(self.reel.operations[int(self.reel.op[self.row])]["name"])

    @property
    def object(self) -> str | None:
        """The name of what it is on: `queue 0x2a`; None where it is on nothing."""
        return self.reel.objects[int(self.reel.object[self.row])][3] or None

    @property
    def role(self) -> str | None:
        """What its object is in every run of the program: `tcp home-3 ⇄ market`; None where it is on nothing."""
        return self.reel.object_roles[int(self.reel.object[self.row])] or None

    @property
    def site(self) -> tuple[str, int] | None:
        """File and line of the call; None where it has none."""
        file, line = self.reel.sites[int(self.reel.site[self.row])][:2]
        return (file, line) if file else None

    @property
    def a(self) -> int:
        """What `reel.operations` says of `a`."""
        return int(self.reel.a[self.row])

    @property
    def b(self) -> int:
        """What `reel.operations` says of `b`."""
        return int(self.reel.b[self.row])

    @property
    def payload(self) -> Any:
        """What it carried, decoded and never executed.

        Raises:
            ReelError: it is damaged.
        """
        return self.reel.payload(self.row)

    @property
    def causes(self) -> Selected:
        """The events that it followed, by flows."""
        flows = self.reel.flows
        return Selected(self.reel, each_once(flows.cause[flows.effect == self.row]))

    @property
    def effects(self) -> Selected:
        """The events that followed it, by flows."""
        flows = self.reel.flows
        return Selected(self.reel, each_once(flows.effect[flows.cause == self.row]))

    def happens_before(self, other: Event) -> bool:
        """Whether it could have had an influence on another event, and is not only earlier by the clock."""
        return happens_before(self.reel.order, self.row, other.row)

    def concurrent(self, other: Event) -> bool:
        """Whether neither happens before the other."""
        return concurrent(self.reel.order, self.row, other.row)

    def past(self) -> Selected:
        """All events that happen before it."""
        return Selected(self.reel, cone(self.reel.order, self.row, after=False))

    def future(self) -> Selected:
        """All events that it happens before."""
        return Selected(self.reel, cone(self.reel.order, self.row, after=True))

    def clock(self) -> dict[str, int]:
        """Its vector clock: of each lane how many of its begins and ends had happened before this began."""
        clock = self.reel.clocks.clock(self.row).tolist()
        return {self.reel.lane_name(lane): count for lane, count in enumerate(clock) if count}
