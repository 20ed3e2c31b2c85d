"""What the timeline itself does when asked for an action by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from reelview.timeline.keys import hint
from reelview.timeline.neighbours import along_flow, in_lane, next_of

if TYPE_CHECKING:
    from reelview.timeline.widget import Timeline

_MARK_REACH_PX = 6


def run(timeline: Timeline, name: str) -> bool:
    """Does an action; False where it is not the timeline's."""
    if name.startswith("set_bookmark_"):
        timeline.view.set_bookmark(int(name[-1]))
        return True
    if name.startswith("bookmark_"):
        timeline.view.go_to_bookmark(int(name[-1]))
        return True
    command = _COMMANDS.get(name)
    if command:
        command(timeline)
    return command is not None


def _zoom(factor: float) -> Callable[[Timeline], None]:
    def command(timeline: Timeline) -> None:
        timeline.view.zoom(factor, (timeline.view.begin_ns + timeline.view.end_ns) // 2)

    return command


def _pan(share: float) -> Callable[[Timeline], None]:
    def command(timeline: Timeline) -> None:
        timeline.view.pan(round(share * timeline.view.length_ns))

    return command


def _focus(timeline: Timeline) -> None:
    """Centres the selected range or event, or the cursor; fits the selection where it is centred already."""
    view, spans, span = timeline.view, timeline.data.spans, timeline.selected_span
    if timeline.selection.range_ns:
        begin_ns, end_ns = timeline.selection.range_ns
    elif span is not None:
        begin_ns, end_ns = int(spans.begin_ns[span]), int(spans.end_ns[span])
    else:
        view.centre(timeline.cursor_model.at_ns)
        return
    before = (view.begin_ns, view.end_ns)
    view.centre((begin_ns + end_ns) // 2)
    if (view.begin_ns, view.end_ns) == before:
        view.show_around(begin_ns, end_ns)


def _show_end(timeline: Timeline) -> None:
    timeline.view.show_end()
    timeline.cursor_model.move_to(timeline.cursor_model.extent_ns[1])


def _mark(timeline: Timeline) -> None:
    at_ns = timeline.cursor_model.at_ns
    timeline.marks.mark(*(timeline.selection.range_ns or (at_ns, at_ns)))


def _keep_mark(timeline: Timeline) -> None:
    if all(mark.kept for mark in timeline.marks.all):
        _mark(timeline)
    timeline.marks.keep()


def _remove_mark(timeline: Timeline) -> None:
    timeline.marks.remove_near(timeline.cursor_model.at_ns, timeline.range_window.pixel_ns * _MARK_REACH_PX)


def _step(by: int) -> Callable[[Timeline], None]:
    """To the next event of the lane of the selected one; else to the next of the current line after the cursor."""

    def command(timeline: Timeline) -> None:
        spans, span = timeline.data.spans, timeline.selected_span
        lanes = _current_lanes(timeline)
        if span is not None and (not lanes or int(spans.row_lane[spans.row_of(span)]) in lanes):
            found = in_lane(spans, span, by)
        else:
            found = next_of(spans, lanes, timeline.cursor_model.at_ns, by)
        if found is not None:
            select(timeline, int(spans.event[found]))

    return command


def _current_lanes(timeline: Timeline) -> tuple[int, ...]:
    """The lanes of the current line; of the first that has any where there is none."""
    lines = timeline.layout_.lines
    if timeline.current_line is not None:
        return lines[timeline.current_line].lanes
    return () if timeline.selected_span is not None else next((line.lanes for line in lines if line.rows), ())


def _lane(by: int) -> Callable[[Timeline], None]:
    """To the next line that has events."""

    def command(timeline: Timeline) -> None:
        lines, here = timeline.layout_.lines, timeline.current_line
        since = (-1 if by > 0 else len(lines)) if here is None else here
        there = range(since + by, len(lines) if by > 0 else -1, by)
        found = next((number for number in there if lines[number].rows), None)
        if found is not None:
            timeline.set_current_line(found)
            timeline.scroll_to_line(found)

    return command


def _flow(by: int) -> Callable[[Timeline], None]:
    def command(timeline: Timeline) -> None:
        event = timeline.selection.selected_event
        found = None if event is None else along_flow(timeline.data.flows.flows, event, by)
        if found is not None:
            select(timeline, found)

    return command


def select(timeline: Timeline, event: int) -> None:
    """Selects an event, and moves the cursor and the view so that it is seen."""
    with timeline.history.step():
        timeline.selection.select_event(event)
        span = timeline.selected_span
        if span is not None:
            begin_ns, end_ns = int(timeline.data.spans.begin_ns[span]), int(timeline.data.spans.end_ns[span])
            timeline.cursor_model.move_to(begin_ns)
            if end_ns <= timeline.view.begin_ns or begin_ns >= timeline.view.end_ns:
                timeline.view.centre(begin_ns)


def _lanes(timeline: Timeline) -> tuple[int, ...]:
    """The lanes of the line under the mouse, else of the current one, else of the selected event."""
    number = timeline.hover.line if timeline.hover else timeline.current_line
    if number is not None:
        return timeline.layout_.lines[number].lanes
    spans, span = timeline.data.spans, timeline.selected_span
    return () if span is None else (int(spans.row_lane[spans.row_of(span)]),)


def _clear(timeline: Timeline) -> None:
    """What stands out first, then the selection."""
    if timeline.highlight.rows is not None:
        timeline.highlight.highlight(None)
    else:
        timeline.selection.clear()


def _pin(timeline: Timeline) -> None:
    for lane in _lanes(timeline):
        timeline.order.pin(lane)


_COMMANDS: dict[str, Callable[[Timeline], None]] = {
    "zoom_in": _zoom(1 / 1.5),
    "zoom_out": _zoom(1.5),
    "pan_left": _pan(-0.2),
    "pan_right": _pan(0.2),
    "focus": _focus,
    "show_all": lambda timeline: timeline.view.show_all(),
    "show_end": _show_end,
    "back": lambda timeline: timeline.history.back(),
    "forward": lambda timeline: timeline.history.forward(),
    "mark": _mark,
    "keep_mark": _keep_mark,
    "remove_mark": _remove_mark,
    "next_event": _step(1),
    "previous_event": _step(-1),
    "lane_above": _lane(-1),
    "lane_below": _lane(1),
    "follow_flow": _flow(1),
    "follow_flow_back": _flow(-1),
    "pin": _pin,
    "hide": lambda timeline: timeline.order.hide(_lanes(timeline)),
    "show_hidden": lambda timeline: timeline.order.show(),
    "taller": lambda timeline: timeline.order.grow(1),
    "lower": lambda timeline: timeline.order.grow(-1),
    "arrows": lambda timeline: timeline.set_arrows(not timeline.with_arrows),
    "clear": _clear,
}


def menu(timeline: Timeline, number: int | None) -> QMenu:
    """What can be done with a line, and with all of them."""
    shown = QMenu(timeline)
    order = timeline.order
    if number is not None:
        line = timeline.layout_.lines[number]
        pinned = set(line.lanes) <= set(order.pinned)
        _entry(shown, "Let go of the pin" if pinned else "Pin", "pin", lambda: _pin_line(timeline, line.lanes, pinned))
        _entry(shown, "Hide", "hide", lambda: order.hide(line.lanes))
        _entry(shown, "Show only this", None, lambda: order.show_only(line.lanes))
        if len(order.tracks[line.track].lanes) > 1:
            folded = order.is_folded(line.track)
            _entry(shown, "Unfold" if folded else "Fold", None, lambda: order.fold(line.track))
        shown.addSeparator()
    _entry(shown, "Fold all", None, lambda: order.fold_all(True))
    _entry(shown, "Unfold all", None, lambda: order.fold_all(False))
    _entry(shown, f"Show hidden lanes ({len(order.hidden)})", "show_hidden", order.show).setEnabled(bool(order.hidden))
    _entry(shown, "Higher lanes", "taller", lambda: order.grow(1))
    _entry(shown, "Lower lanes", "lower", lambda: order.grow(-1))
    return shown


def show_menu(timeline: Timeline, y_px: float, at: QPoint) -> None:
    """Shows what can be done with the line at a height."""
    shown = menu(timeline, timeline.line_at(y_px))
    shown.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    shown.popup(at)


def _pin_line(timeline: Timeline, lanes: tuple[int, ...], pinned: bool) -> None:
    for lane in lanes:
        if (lane in timeline.order.pinned) == pinned:
            timeline.order.pin(lane)


def _entry(shown: QMenu, text: str, name: str | None, slot: Callable[[], object]) -> QAction:
    action = shown.addAction(text + (f"\t{hint(name)}" if name else ""))
    action.triggered.connect(lambda _checked: slot())
    return action
