"""What was so at one moment, with the names that a reel has for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ipcreel.analysis.state import Moment
from ipcreel.reel.describe import message_text
from ipcreel.reel.text import duration_text

if TYPE_CHECKING:
    from ipcreel.reel.model import Reel


class Standing:
    """The state of a run at a moment: printed, it is text.

    Attributes:
        reel: the run.
        moment: the same in numbers: rows of lanes, objects and events.
    """

    def __init__(self, reel: Reel, moment: Moment) -> None:
        self.reel = reel
        self.moment = moment

    def __repr__(self) -> str:
        at_s = (self.moment.at_ns - self.reel.begin_ns) / 1e9
        return "\n".join([f"{self.reel.path.name} at {at_s:.6f} s", *self._lines()])

    def _lines(self) -> Iterator[str]:
        for lane in self.moment.lanes:
            doing = self._operation(lane.event) if lane.state == "blocked" and lane.event is not None else ""
            since = duration_text(max(self.moment.at_ns - lane.since_ns, 0)) if lane.state != "not begun" else ""
            words = (self.reel.lane_name(lane.lane), lane.state, doing, f"for {since}" if since else "")
            yield "  " + "  ".join(filter(None, words))
        for object_, sends in self.moment.queues.items():
            texts = [message_text(self.reel, row, 40) for row in sends]
            yield f"  {self._name(object_)}  holds {len(sends)}: {', '.join(texts)}"
        for lock in self.moment.locks:
            parts = [f"value {lock.value}"] if lock.value is not None else []
            parts += [f"held by {self._lanes(lock.holders)}"] if lock.holders else []
            parts += [f"waited for by {self._lanes(lock.waiters)}"] if lock.waiters else []
            yield f"  {self._name(lock.object)}  {', '.join(parts)}"
        for end, count in self.moment.connections.items():
            if count:
                yield f"  {self._name(end)}  {count:,} bytes under way"
        for object_, row in self.moment.values.items():
            yield f"  {self._name(object_)}  written last by {self._lanes((int(self.reel.lane[row]),))}, event {row}"
        for ring in self.moment.graph.cycles:
            yield f"  deadlock: {self._lanes(ring)}"

    def _operation(self, row: int) -> str:
        name = str(self.reel.operations[int(self.reel.op[row])]["name"])
        return f"in {name} {self._name(int(self.reel.object[row]))}".rstrip()

    def _name(self, object_: int) -> str:
        return str(self.reel.objects[object_][3])

    def _lanes(self, lanes: tuple[int, ...]) -> str:
        return ", ".join(map(self.reel.lane_name, lanes))
