"""Synchronization in words: each row leads to its place on the timeline."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.critical import FOLLOWS, RUNS, Step
from ipcreel.analysis.stats import step_detail
from ipcreel.analysis.waits import Blocked
from ipcreel.reel import Reel
from ipcreel.reel.names import names_of
from ipcreel.reel.text import duration_text
from reelview import page
from reelview.synchronization import Synchronization, meetings_of, step_at

_MOST = 12


class SyncPage:
    """Writes what was worked out of a reel; the critical path also as it is at a moment.

    Links of its own: `step:N` leads to a step of the critical path.
    """

    def __init__(self, reel: Reel, found: Synchronization, tick_ns: NDArray[np.int64]) -> None:
        self._reel = reel
        self._found = found
        self._names = names_of(reel)
        self._tables = "".join((self._meetings(tick_ns), self._contention(), self._blocked(), self._queues()))
        self._causes_text = self._causes()

    def write(self, at_ns: int) -> str:
        return self._at(at_ns) + page.SEAM + self._causes_text + self._tables

    def _at(self, at_ns: int) -> str:
        path = self._found.path
        if not path:
            return page.heading("Critical path") + page.faint("There is none: nothing happened.")
        number = step_at(path, at_ns)
        step = path[number]
        around = [
            page.link(f"step:{there}", shown)
            for there, shown in ((number - 1, "◀\u00a0step\u00a0before"), (number + 1, "step\u00a0after\u00a0▶"))
            if 0 <= there < len(path)
        ]
        length = duration_text(step.end_ns - step.begin_ns)
        detail = step_detail(step, self._reel.events, self._names)
        words = f"{self._names.lane(step.lane)} {step.what} {detail}".rstrip()
        return (
            page.heading(f"Critical path: what set the length of {duration_text(path[-1].end_ns - path[0].begin_ns)}")
            + f"At the cursor, step {number + 1:,} of {len(path):,}: {page.link(f'step:{number}', words)}, {length}"
            + f"<br>{' &nbsp; '.join(around)}"
        )

    def _causes(self) -> str:
        rows = [
            (
                f"{cause['share']:.0%}" if cause["share"] >= 0.01 else page.faint("<1%"),
                duration_text(cause["ns"]),
                page.link(f"step:{cause['longest_step']}", f"{cause['lane']} {cause['what']}")
                + page.faint(
                    f" {cause['detail']}".rstrip() + (f", {cause['steps']:,} steps" if cause["steps"] > 1 else "")
                ),
            )
            for cause in self._found.causes[:_MOST]
        ]
        return page.table(rows, (10, 20, 70)) + self._more(len(self._found.causes), "causes")

    def _meetings(self, tick_ns: NDArray[np.int64]) -> str:
        meetings = meetings_of(self._found.rounds, tick_ns)
        title = page.heading("Barriers: who came last" + (", by tick" if len(tick_ns) else ""))
        if not meetings:
            return title + page.faint("Nobody met at a barrier.")
        rows = []
        for meeting in meetings[:_MOST]:
            last = int(meeting.worst.arrivals[-1])
            where = f"tick {meeting.tick}" if meeting.tick >= 0 else self._names.object(meeting.worst.object)
            rows.append(
                (
                    page.link(f"time:{meeting.worst.at_ns}", where),
                    duration_text(meeting.skew_ns),
                    page.link(f"event:{last}", self._names.lane(int(self._reel.lane[last]))),
                    f"+{duration_text(meeting.worst.kept_ns)}",
                    duration_text(meeting.waited_ns),
                )
            )
        head = tuple(page.faint(each) for each in ("", "first to last", "came last", "after the others", "they waited"))
        return title + page.table([head, *rows], (14, 21, 25, 20, 20)) + self._more(len(meetings), "ticks")

    def _contention(self) -> str:
        waited = [one for one in self._found.contention if one.waited]
        title = page.heading("Locks and semaphores that were waited for")
        if not waited:
            return title + page.faint("None: whoever asked got it at once.")
        rows = [
            (
                page.text(self._names.object(one.object)),
                f"{one.waited:,} of {one.acquires:,}",
                duration_text(one.wait_ns),
                page.link(f"event:{one.longest}", duration_text(one.longest_ns))
                + page.faint(f" {self._names.lane(int(self._reel.lane[one.longest]))}"),
            )
            for one in waited[:_MOST]
        ]
        head = tuple(page.faint(each) for each in ("", "waited", "in all", "longest"))
        return title + page.table([head, *rows], (30, 18, 18, 34)) + self._more(len(waited), "locks")

    def _blocked(self) -> str:
        parts = (("process", self._found.by_lane, self._names.lane), ("object", self._found.by_object, None))
        return "".join(
            page.heading(f"Blocked, by {what}")
            + page.table([self._blocked_row(each, name or self._names.object) for each in found[:_MOST]], (36, 22, 42))
            + (self._more(len(found), f"{what}es" if what == "process" else "objects") if found else page.faint("none"))
            for what, found, name in parts
        )

    def _blocked_row(self, one: Blocked, name: object) -> tuple[str, ...]:
        assert callable(name), "a name is looked up by its row"
        operation = self._names.operation(int(self._reel.op[one.longest]))
        return (
            page.text(name(one.group)),
            duration_text(one.blocked_ns),
            page.link(f"event:{one.longest}", f"longest {duration_text(one.longest_ns)}") + page.faint(f" {operation}"),
        )

    def _queues(self) -> str:
        title = page.heading("Queues: messages in them")
        rows = []
        window = (self._reel.begin_ns, self._reel.end_ns)
        for depth in self._found.depths[:_MOST]:
            deepest = int(depth.at_ns[int(np.argmax(depth.messages))])
            rows.append(
                (
                    page.text(self._names.object(depth.object)),
                    page.link(f"time:{deepest}", f"{depth.most:,} at most"),
                    f"{depth.mean(window):.2f} on average",
                    f"{depth.left:,} left" if depth.left else "",
                )
            )
        return title + (page.table(rows, (36, 20, 26, 18)) or page.faint("No queue was used."))

    def _more(self, count: int, what: str) -> str:
        return page.faint(f"and {count - _MOST:,} more {what}") if count > _MOST else ""


def event_of(step: Step) -> int | None:
    """The event to select for a step: its wait, or what it followed; none where the lane's own code ran."""
    return None if step.what == RUNS else step.cause if step.what == FOLLOWS else step.event
