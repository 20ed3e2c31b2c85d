"""The timeline: names at the left, axes on top, the picture of all lanes."""

from __future__ import annotations

import threading
import time

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QWidget

from reelview.raster.choose import Raster
from reelview.raster.palette import DARK, LIGHT, Theme
from reelview.raster.window import Window
from reelview.timeline import commands
from reelview.timeline.axis import axis_height_px
from reelview.timeline.cursor import Cursor
from reelview.timeline.data import TimelineData
from reelview.timeline.frame_paint import FramePainter
from reelview.timeline.highlight import Highlight
from reelview.timeline.history import History
from reelview.timeline.hover import Hover, under
from reelview.timeline.lane_order import LaneOrder
from reelview.timeline.layers import Layers
from reelview.timeline.layout import Layout, arrange_lines
from reelview.timeline.marks import Marks
from reelview.timeline.motion import Motion
from reelview.timeline.mouse import Mouse
from reelview.timeline.scrolling import Scrolling
from reelview.timeline.selection import Selection
from reelview.timeline.steered import Steered
from reelview.timeline.view_range import ViewRange

_NAMES_PX = 190
_LEAST_NAMES_PX = 40
_NAMES_SHARE = 0.4
_FONT_PX = 11


class Timeline(Steered):
    """Draws its models and forwards what is asked of it.

    `asked` carries the actions of keys.py that are for the window around: search, play, help, …
    """

    asked = Signal(str)
    hovered = Signal(object)
    data_changed = Signal()

    def __init__(
        self,
        data: TimelineData,
        raster: Raster,
        *,
        view: ViewRange,
        selection: Selection,
        cursor: Cursor,
        order: LaneOrder,
        marks: Marks,
        highlight: Highlight | None = None,
        layers: Layers | None = None,
        history: History | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.data, self.raster = data, raster
        self._whole = data, raster
        self.highlight: Highlight = highlight or Highlight(self)
        self.layers: Layers = layers or Layers(self)
        self.view: ViewRange = view
        self.selection: Selection = selection
        self.cursor_model: Cursor = cursor
        self.history: History = history or History(view, cursor, selection, self)
        self.order: LaneOrder = order
        self.marks: Marks = marks
        self.mouse = Mouse(self)
        self.painting = threading.Lock()
        """Held while a frame is drawn."""
        self.with_arrows: bool = True
        self.layout_: Layout = arrange_lines(order, data.lane_names, data.spans)
        self.hover: Hover | None = None
        self.hover_at_px = QPointF()
        self.current_line: int | None = None
        self.selected_span: int | None = None
        self._frames = FramePainter(data, raster)
        self.motion = Motion(view, self._zoom_anchor_ns, time.monotonic_ns, self)
        self._names_px = _NAMES_PX
        self._scrolling = Scrolling(self)
        font = self.font()
        font.setPixelSize(_FONT_PX)
        self.setFont(font)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Timeline")
        self._connect()

    def _connect(self) -> None:
        for changed in (self.view.range_changed, self.selection.range_changed, self.marks.marks_changed):
            changed.connect(self.update)
        self.cursor_model.moved.connect(self._on_cursor_moved)
        self.view.range_changed.connect(self._on_range_changed)
        self.selection.event_changed.connect(self._on_event_changed)
        self.order.order_changed.connect(self._on_order_changed)
        self.highlight.highlight_changed.connect(self._on_highlight_changed)
        self.layers.layers_changed.connect(self._on_layers_changed)
        self.highlight.filter_changed.connect(self._on_filter_changed)

    # geometry

    @property
    def picture_area(self) -> QRect:
        top = axis_height_px(len(self.data.tick_ns) > 0)
        right = self.width() - self._scrolling.width_px
        left = min(self._names_px, round(self.width() * _NAMES_SHARE))
        return QRect(left, top, max(right - left, 1), max(self.height() - top, 1))

    @property
    def range_window(self) -> Window:
        return Window(self.view.begin_ns, self.view.end_ns, self.picture_area.width())

    @property
    def scroll_px(self) -> int:
        return self._scrolling.at_px

    @property
    def fault(self) -> str:
        """Why the last frame could not be drawn; nothing where it was."""
        return self._frames.fault

    @property
    def theme(self) -> Theme:
        """Light or dark, as the system's palette is."""
        return DARK if self.palette().color(QPalette.ColorRole.Window).lightness() < 128 else LIGHT

    def at_ns(self, x_px: float) -> int:
        return self.range_window.at_ns(x_px - self.picture_area.left())

    def line_at(self, y_px: float) -> int | None:
        return self.layout_.line_at(y_px - self.picture_area.top(), self.scroll_px)

    def rows_in_view(self) -> NDArray[np.intp]:
        return np.unique(self.layout_.strips(self.scroll_px, self.picture_area.height()).row)

    def sizeHint(self) -> QSize:
        return QSize(1000, 500)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 100)

    # requests

    def show_data(self, data: TimelineData, raster: Raster) -> None:
        """Shows other data, such as more of the same run."""
        self.data, self.raster = data, raster
        self._frames.show_data(data, raster)
        self.hover = None
        self._find_selected()
        self._on_order_changed()
        self.data_changed.emit()

    def show_more(self, data: TimelineData, raster: Raster) -> None:
        """The run has grown: shows it with the filter and the highlight as they are."""
        self._whole = data, raster
        self._on_filter_changed()

    def set_names_px(self, width_px: int) -> None:
        self._names_px = max(width_px, _LEAST_NAMES_PX)
        self.update()

    def set_current_line(self, number: int | None) -> None:
        self.current_line = number
        self.update()

    def set_arrows(self, shown: bool) -> None:
        self.with_arrows = shown
        self.update()

    def scroll_by(self, by_px: float) -> None:
        self._scrolling.scroll_by(by_px)

    def scroll_to_line(self, number: int) -> None:
        """Scrolls as little as is needed to see a line."""
        self._scrolling.show_line(number)

    def click(self, at: QPointF) -> None:
        """Selects what is at a point, and moves the cursor there."""
        self.hover_at(at, at)
        with self.history.step():
            self.cursor_model.move_to(self.at_ns(at.x()))
            self.selection.select_range(0, 0)
            found = self.hover.span if self.hover else None
            self.set_current_line(self.hover.line if self.hover else None)
            self.selection.select_event(None if found is None else int(self.data.spans.event[found]))

    def fit_selected(self) -> None:
        if self.selected_span is not None:
            spans = self.data.spans
            self.view.show_around(int(spans.begin_ns[self.selected_span]), int(spans.end_ns[self.selected_span]))

    def trigger(self, name: str) -> None:
        """Does an action of keys.py, or asks the window around for it."""
        if not commands.run(self, name):
            self.asked.emit(name)

    def show_menu(self, y_px: float, at: QPoint) -> None:
        commands.show_menu(self, y_px, at)

    def hover_at(self, at: QPointF | None, mouse_px: QPointF) -> None:
        """Looks up what is under the mouse."""
        self.hover_at_px = mouse_px
        found = None
        if at is not None and len(self.data.spans):
            area = self.picture_area
            x, y = at.x() - area.left(), at.y() - area.top()
            found = under(self.data, self.layout_, self.range_window, x_px=x, y_px=y, scroll_px=self.scroll_px)
        where = self.mouse.where(mouse_px)
        shapes = {"border": Qt.CursorShape.SplitHCursor, "axis": Qt.CursorShape.PointingHandCursor}
        self.setCursor(shapes.get(where, Qt.CursorShape.ArrowCursor))
        if found != self.hover:
            self.hover = found
            self.hovered.emit(found)
        self.update()

    def update(self) -> None:  # type: ignore[override]
        """Draws all of it anew, soon."""
        self._frames.changed()
        super().update()

    # what happened

    def _on_cursor_moved(self) -> None:
        super().update()

    def _on_range_changed(self) -> None:
        if self.hover is not None and not self.mouse.drag:
            self.hover_at(self.hover_at_px, self.hover_at_px)

    def _on_highlight_changed(self) -> None:
        rows = self.highlight.rows
        shown = self.data if rows is None else self.data.only(rows)
        stands_out = None if rows is None else Raster(shown.spans)
        if stands_out is not None:
            for _ in stands_out.build():
                pass
        self._frames.highlight(shown.flows, stands_out)
        self.update()

    def _on_layers_changed(self) -> None:
        self._frames.show_path(self.layers.path)
        self.update()

    def _on_filter_changed(self) -> None:
        """Shows the events that are kept, and the flows between them."""
        data, raster = self._whole
        kept = self.highlight.kept
        if kept is not None:
            data = data.only(kept)
            raster = Raster(data.spans)
            for _ in raster.build():
                pass
        self.show_data(data, raster)
        self._on_highlight_changed()

    def _find_selected(self) -> None:
        event = self.selection.selected_event
        self.selected_span = None if event is None else self.data.span_of_event(event)

    def _on_event_changed(self) -> None:
        self._find_selected()
        self.show_selected()
        self.update()

    def show_selected(self) -> None:
        """Makes the lane of the selected event the current one, and scrolls to it."""
        if self.selected_span is not None:
            line = int(self.layout_.line_of_lane[self.data.spans.row_lane[self.data.spans.row_of(self.selected_span)]])
            if line >= 0:
                self.set_current_line(line)
                self.scroll_to_line(line)

    def _on_order_changed(self) -> None:
        self._frames.forget_places()
        self.layout_ = arrange_lines(self.order, self.data.lane_names, self.data.spans)
        self.current_line = None
        self._scrolling.fit_new_tracks()
        self._scrolling.fit_bar()
        self.update()

    def _zoom_anchor_ns(self) -> int:
        at = self.mapFromGlobal(self.cursor().pos())
        inside = self.picture_area.contains(at) and self.underMouse()
        return self.at_ns(at.x()) if inside else (self.view.begin_ns + self.view.end_ns) // 2

    # Qt

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._scrolling.fit_lanes()
        self._scrolling.fit_bar()
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._frames.forget_places()
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        with self.painting:
            self._frames.paint(self)
