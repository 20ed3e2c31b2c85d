"""The state at a moment, in words."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.flows.streams import SENDS, WRITES, peers
from ipcreel.analysis.state import BLOCKED, LaneState, Lock, Moment, States
from ipcreel.reel import Reel
from ipcreel.reel.describe import message_text, text_of
from ipcreel.reel.text import duration_text, payload_text
from reelview import page
from reelview.usage import Usage

_MOST = 60
_MOST_MESSAGES = 30
_LONG = 70
_MOST_ITEMS = 64
_TYPES = {"sysv.queue.send": "type", "posix.queue.send": "priority"}
_ARRAYS = ("mp.array.", "mp.structure.", "mp.shareable_list.")


class StatePage:
    """Writes what was so at a moment of a reel.

    Args:
        states, usage: what answers for each moment, and names objects by their functions; by default they are worked
            out at the first question.
    """

    def __init__(self, reel: Reel, states: States | None = None, usage: Usage | None = None) -> None:
        self.reel = reel
        self.states = states or reel.states
        self._names = [reel.lane_name(lane) for lane in range(len(reel.lanes))]
        self._usage = usage or Usage(reel)
        self._last: tuple[int, Moment] | None = None

    def at(self, at_ns: int) -> Moment:
        """The state at a moment; the last one asked for is kept."""
        if self._last is None or self._last[0] != at_ns:
            self._last = at_ns, self.states.at(at_ns)
        return self._last[1]

    def write(self, at_ns: int) -> str:
        moment = self.at(at_ns)
        sections = (self._rings, self._queues, self._locks, self._lanes, self._connections, self._values)
        return "".join(section(moment) for section in sections)

    def _object(self, number: int) -> str:
        return str(self.reel.objects[number][3])

    def _lane_links(self, lanes: tuple[int, ...], moment: Moment) -> str:
        named = []
        for lane in lanes[:8]:
            event = moment.lanes[lane].event
            named.append(
                page.text(self._names[lane]) if event is None else page.link(f"event:{event}", self._names[lane])
            )
        return ", ".join(named) + (page.faint(f" and {len(lanes) - 8} more") if len(lanes) > 8 else "")

    def _rings(self, moment: Moment) -> str:
        lines = []
        waits = {wait.lane: wait for wait in moment.graph.waits}
        for ring in moment.graph.cycles:
            parts = [
                f"{page.link(f'event:{waits[lane].event}', self._names[lane])} waits for "
                f"{page.text(self._object(int(self.reel.object[waits[lane].event])))}, held by "
                f"{page.text(self._names[waits[lane].holders[0]])}"
                for lane in ring
            ]
            lines.append(f"{page.bad('Deadlock:')} {'; '.join(parts)}.")
        return "<br>".join(lines)

    def _queues(self, moment: Moment) -> str:
        blocks = []
        for object_, sends in moment.queues.items():
            lines = []
            for number, send in enumerate(sends[:_MOST_MESSAGES], 1):
                content = message_text(self.reel, send, _LONG) or "(no payload)"
                sender = self._names[int(self.reel.lane[send])]
                waited = duration_text(moment.at_ns - int(self.reel.end[send]))
                lines.append(
                    f"{number}. {page.link(f'event:{send}', content)} "
                    + page.faint(f"{self._type(send)}from {sender}, {waited} ago")
                )
            blocks.append(
                f"<b>{page.text(self._object(object_))}</b>: {len(sends)} message{'s' * (len(sends) != 1)} "
                f"{page.faint(self._usage.text(object_))}<br>" + page.first(lines, _MOST_MESSAGES, "messages")
            )
        return page.heading("Queues") + ("<br>".join(blocks) or page.faint("all are empty"))

    def _type(self, send: int) -> str:
        word = _TYPES.get(str(self.reel.operations[int(self.reel.op[send])]["name"]))
        return f"{word} {int(self.reel.a[send])}, " if word else ""

    def _locks(self, moment: Moment) -> str:
        busy_first = sorted(moment.locks, key=lambda lock: not (lock.holders or lock.waiters))
        rows = [self._lock(lock, moment) for lock in busy_first]
        shown = page.table_in_pieces(
            [("", page.faint("value"), page.faint("held by"), page.faint("waited for by")), *rows], (39, 12, 24, 25)
        )
        return page.heading("Locks and semaphores") + (shown if rows else page.faint("none is held or waited for"))

    def _lock(self, lock: Lock, moment: Moment) -> tuple[str, ...]:
        value = "" if lock.value is None else str(lock.value)
        return (
            f"{page.text(self._object(lock.object))}<br>{page.faint(self._usage.text(lock.object))}",
            value,
            self._lane_links(lock.holders, moment),
            self._lane_links(lock.waiters, moment),
        )

    def _lanes(self, moment: Moment) -> str:
        rows = [self._lane(each, moment) for each in moment.lanes[:_MOST]]
        counts = Counter(map(self._state, moment.lanes))
        summary = ", ".join(f"{count} {state}" for state, count in counts.items())
        rest = len(moment.lanes) - _MOST
        more = page.faint(f"and {rest} lanes more") if rest > 0 else ""
        return page.heading(f"Processes and threads: {summary}") + page.table_in_pieces(rows, (33, 67)) + more

    def _state(self, each: LaneState) -> str:
        """A lane that did nothing that is recorded may have run all the time."""
        return each.state if self._has_events[each.lane] else "of unknown state"

    @cached_property
    def _has_events(self) -> NDArray[np.bool_]:
        return np.bincount(self.reel.lane, minlength=len(self.reel.lanes)) > 0

    def _lane(self, each: LaneState, moment: Moment) -> tuple[str, str]:
        name = page.text(self._names[each.lane])
        since = duration_text(max(moment.at_ns - each.since_ns, 0))
        if each.event is None:
            return name, page.faint(self._state(each))
        operation = str(self.reel.operations[int(self.reel.op[each.event])]["name"])
        what = page.link(
            f"event:{each.event}", f"{operation} {self._object(int(self.reel.object[each.event]))}".strip()
        )
        if each.state != BLOCKED:
            return name, f"{each.state} {page.faint(f'for {since}, after')} {what}"
        return name, f"blocked {since} in {what}{self._for_whom(each.event, moment)}"

    def _for_whom(self, event: int, moment: Moment) -> str:
        """Who holds what it waits for; else who let it through in the end; else who is at the other end."""
        holders = next((wait.holders for wait in moment.graph.waits if wait.event == event), ())
        if holders:
            return f", held by {self._lane_links(tuple(dict.fromkeys(holders)), moment)}"
        cause = self.states.let_through(event)
        if cause is not None and not self.reel.pending[event]:
            name = self._names[int(self.reel.lane[cause])]
            return f", until {page.link(f'event:{cause}', f'{name} lets it through')}"
        other = self._other_end(int(self.reel.object[event]))
        return f", the other end is {page.text(other)}'s" if other else ""

    def _other_end(self, object_: int) -> str:
        peer = int(self._peers[object_])
        return self.reel.process_name(int(self._process_of[peer])) if peer and self._process_of[peer] >= 0 else ""

    @cached_property
    def _peers(self) -> np.ndarray:
        return peers(self.reel.objects)

    @cached_property
    def _process_of(self) -> np.ndarray:
        """(objects,) the process that used an object last, -1 where none did."""
        process = np.full(len(self.reel.objects), -1, np.int64)
        process[self.reel.object] = self.reel.process
        return process

    def _connections(self, moment: Moment) -> str:
        rows = [
            (page.text(self._object(end)), self._under_way(end, count, moment.at_ns))
            for end, count in moment.connections.items()
            if count
        ]
        if not moment.connections:
            return page.heading("Connections") + page.faint("none")
        idle = len(moment.connections) - len(rows)
        where = "the others" if rows else f"{idle} direction{'s' * (idle != 1)}"
        note = page.faint(f"nothing is under way in {where}")
        return page.heading("Connections") + page.table(rows, (30, 70)) + (note if idle else "")

    def _under_way(self, end: int, count: int, at_ns: int) -> str:
        """How many bytes, and the sends that they are of: the last ones, as far back as the bytes go."""
        other = self._other_end(end)
        lines = [page.text(f"{count:,} bytes under way" + (f" to {other}" if other else ""))]
        rows, size = self._sends_of.get(end, (np.zeros(0, np.int64), np.zeros(0, np.int64)))
        until = int(self.reel.end[rows].searchsorted(np.int64(at_ns), "right"))
        newer = np.cumsum(size[:until][::-1]) - size[:until][::-1]
        for row in rows[:until][::-1][newer < count][::-1].tolist():
            sender = self._names[int(self.reel.lane[row])]
            content = text_of(self.reel, row, _LONG) or "(no payload)"
            ago = duration_text(at_ns - int(self.reel.end[row]))
            lines.append(f"{page.link(f'event:{row}', content)} {page.faint(f'from {sender}, {ago} ago')}")
        return page.first(lines, _MOST_MESSAGES, "sends")

    @cached_property
    def _sends_of(self) -> dict[int, tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """End of a connection, or pipe → what was sent there, in order of end, and how many bytes each was."""
        of_messages = self.reel.events.rows("connection.message.send")
        rows = np.concatenate((self.reel.events.rows(*SENDS, *WRITES), of_messages))
        rows = rows[np.lexsort((self.reel.end[rows], self.reel.object[rows]))]
        size = np.maximum(np.where(np.isin(rows, of_messages), self.reel.a[rows], self.reel.b[rows]), 0)
        objects, starts = np.unique(self.reel.object[rows], return_index=True)
        parts = zip(np.split(rows, starts[1:]), np.split(size, starts[1:]), strict=True)
        return dict(zip(objects.tolist(), parts, strict=True))

    def _values(self, moment: Moment) -> str:
        rows = [
            (
                page.text(self._object(object_)),
                self._value(object_, row, moment.at_ns),
                page.faint(f"by {self._names[int(self.reel.lane[row])]}"),
            )
            for object_, row in list(moment.values.items())[:_MOST]
        ]
        return page.heading("Shared values, as last written") + (
            page.table_in_pieces(rows, (28, 50, 22)) or page.faint("none")
        )

    def _value(self, object_: int, row: int, at_ns: int) -> str:
        """A value with the way to its last write; of an array all items, the one that was written last in bold."""
        operation = str(self.reel.operations[int(self.reel.op[row])]["name"])
        if not operation.startswith(_ARRAYS):
            return page.link(f"event:{row}", text_of(self.reel, row, 40))
        items = self.states.items_at(object_, at_ns)
        last = -1 if operation.endswith(".create") else int(self.reel.a[row])
        shown = [
            f"<b>{page.link(f'event:{row}', _item(each))}</b>" if place == last else page.text(_item(each))
            for place, each in enumerate(items[:_MOST_ITEMS])
        ]
        rest = page.faint(f" and {len(items) - _MOST_ITEMS:,} more") if len(items) > _MOST_ITEMS else ""
        whole = f"[{', '.join(shown)}{rest}]"
        return whole if last >= 0 else f"{whole} {page.link(f'event:{row}', 'made')}"


def _item(value: Any) -> str:
    return "·" if value is None else f"{value:.6g}" if isinstance(value, float) else payload_text(value, 24)
