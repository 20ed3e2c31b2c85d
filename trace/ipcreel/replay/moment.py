"""What a whole run was doing at one moment, in lines for whoever stands in one of its processes."""

from __future__ import annotations

from pathlib import Path

from ipcreel.analysis.state import BLOCKED, ENDED, NOT_BEGUN, LaneState, Moment
from ipcreel.reel import Reel
from ipcreel.reel.describe import message_text
from ipcreel.reel.text import duration_text

_MOST_LANES, _MOST_MESSAGES, _MOST_FINDINGS = 60, 6, 4
_LONG = 60


class Around:
    """Tells of a reel what was so at a moment."""

    def __init__(self, reel: Reel) -> None:
        self.reel = reel
        self._names = [reel.lane_name(lane) for lane in range(len(reel.lanes))]

    def when(self, at_ns: int) -> str:
        """A moment: the time of the reel, and the tick where there are ticks."""
        ticks = self.reel.ticks
        tick = int((ticks <= at_ns).sum()) - 1
        return f"{(at_ns - self.reel.begin_ns) / 1e9:.6f} s" + (f", tick {tick}" if tick >= 0 else "")

    def tell(self, at_ns: int, lane: int) -> list[str]:
        """Who did what, who waited for whom, what was in the queues, and what is wrong with the run by then.

        Args:
            at_ns: the moment.
            lane: where the one who asks stands; the line of it is marked.
        """
        moment = self.reel.states.at(at_ns)
        lines = [f"At {self.when(at_ns)}:", *self._lanes(moment, lane), *self._rings(moment)]
        return lines + self._queues(moment) + self._findings(at_ns)

    def _lanes(self, moment: Moment, own: int) -> list[str]:
        shown = [state for state in moment.lanes if state.state != NOT_BEGUN]
        width = max((len(self._names[state.lane]) for state in shown), default=0)
        held = {wait.lane: wait.holders for wait in moment.graph.waits}
        lines = []
        for state in shown[:_MOST_LANES]:
            mark = ">" if state.lane == own else " "
            doing = self._doing(state, held.get(state.lane, ()), moment.at_ns)
            lines.append(f" {mark} {self._names[state.lane]:<{width}}  {doing}")
        rest, coming = len(shown) - _MOST_LANES, len(moment.lanes) - len(shown)
        lines += [f"   and {rest} more"] if rest > 0 else []
        return lines + ([f"   {coming} had not begun"] if coming else [])

    def _doing(self, state: LaneState, holders: tuple[int, ...], at_ns: int) -> str:
        if state.event is None:
            return state.state
        if state.state == ENDED:
            return "had ended"
        operation = f"{self._operation(state.event)} at {self._site(state.event)}"
        if state.state != BLOCKED:
            return f"ran; before that: {operation}"
        by = f", held by {', '.join(self._names[lane] for lane in holders)}" if holders else ""
        pending = ", and never left" if self.reel.pending[state.event] else ""
        return f"waited for {duration_text(at_ns - state.since_ns)} in {operation}{by}{pending}"

    def _operation(self, row: int) -> str:
        thing = str(self.reel.objects[int(self.reel.object[row])][3])
        return f"{self.reel.operations[int(self.reel.op[row])]['name']} {thing}".rstrip()

    def _site(self, row: int) -> str:
        file, line, _, _ = self.reel.sites[int(self.reel.site[row])]
        return f"{Path(file).name}:{line}"

    def _rings(self, moment: Moment) -> list[str]:
        rings = [" → ".join(self._names[lane] for lane in (*ring, ring[0])) for ring in moment.graph.cycles]
        return [f"They wait for each other: {ring}" for ring in rings]

    def _queues(self, moment: Moment) -> list[str]:
        lines = []
        for object_, sends in moment.queues.items():
            count = f"{len(sends)} message{'s' * (len(sends) != 1)}"
            lines.append(f"In {self.reel.objects[object_][3]}: {count}")
            for send in sends[:_MOST_MESSAGES]:
                content = message_text(self.reel, send, _LONG) or "(no payload)"
                lines.append(f"   {content}  from {self._names[int(self.reel.lane[send])]}, event {send}")
        return lines

    def _findings(self, at_ns: int) -> list[str]:
        numbered = list(enumerate(self.reel.findings, 1))
        near = sorted(numbered, key=lambda pair: abs(pair[1].at_ns - at_ns))[:_MOST_FINDINGS]
        return [
            f"Finding {number}, {finding.code} at {(finding.at_ns - self.reel.begin_ns) / 1e9:.6f} s: {finding.what}"
            for number, finding in sorted(near)
        ]
