"""A number as the sum of its parts, drawn as steps from nothing to the total."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

from reelview.lens.lens import Parts
from reelview.raster.palette import DARK, LIGHT, text_on
from reelview.session import Session

_LINE_PX = 19
_NAMES_PX = 92
_VALUES_PX = 64
_COLOURS = (5, 9, 1, 0, 10)


@dataclass(frozen=True, slots=True)
class Step:
    """A part: its bar runs from `begin` to `end`, as shares of the width; `falls` where it takes away."""

    begin: float
    end: float
    falls: bool


def steps(parts: Parts) -> tuple[list[Step], float]:
    """Each part on top of those before it, and where 0 stands; all as shares of the width, from 0 to 1."""
    sums = [0.0]
    for _, value, _ in parts.parts:
        sums.append(sums[-1] + value)
    low, high = min(*sums, parts.total, 0.0), max(*sums, parts.total, 0.0)
    length = (high - low) or 1.0

    def share(value: float) -> float:
        return (value - low) / length

    found = [
        Step(share(min(before, after)), share(max(before, after)), after < before) for before, after in pairwise(sums)
    ]
    return found, share(0.0)


class PartsView(QWidget):
    """Draws the parts that hold at the cursor."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("The price in parts")
        session.cursor.moved.connect(self._on_cursor_moved)
        self._shown: Parts | None = None
        self._on_cursor_moved()

    def _on_cursor_moved(self) -> None:
        """Where nothing holds, the page below says so, and has the room."""
        parts = self.parts
        if parts != self._shown:
            self._shown = parts
            self.update()
        self.setVisible(parts is not None)

    @property
    def parts(self) -> Parts | None:
        lens = self._session.lens
        return lens.parts(self._session.cursor.at_ns) if lens else None

    def sizeHint(self) -> QSize:
        return QSize(360, _LINE_PX * 8 + 22)

    def minimumSizeHint(self) -> QSize:
        return QSize(180, _LINE_PX * 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = DARK if self.palette().color(QPalette.ColorRole.Window).lightness() < 128 else LIGHT
        parts = self._shown
        if parts is None:
            return
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.lane))
        painter.setPen(QColor(theme.text))
        plain, bold = QFont(self.font()), QFont(self.font())
        bold.setBold(True)
        painter.setFont(bold)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(8, 4, self.width() - 16, _LINE_PX), left, parts.title)
        painter.setFont(plain)
        self._paint_formula(painter, parts, QColor(theme.faint_text))
        found, zero = steps(parts)
        room = max(self.width() - _NAMES_PX - _VALUES_PX - 16, 40)
        top = 4 + _LINE_PX * 3
        x0 = 8 + _NAMES_PX
        for number, ((name, value, why), step) in enumerate(zip(parts.parts, found, strict=True)):
            y = top + number * _LINE_PX
            colour = QColor(theme.kinds[_COLOURS[number % len(_COLOURS)]])
            box = QRectF(x0 + step.begin * room, y + 3, max((step.end - step.begin) * room, 1.5), _LINE_PX - 6)
            painter.fillRect(box, QColor(theme.header) if step.falls else colour)
            painter.setPen(colour)
            painter.drawRect(box)
            painter.setPen(QColor(theme.text))
            painter.drawText(QRectF(8, y, _NAMES_PX - 4, _LINE_PX), left, name)
            painter.drawText(QRectF(x0 + room + 6, y, _VALUES_PX, _LINE_PX), left, f"{value:+.4f}")
            on_it = theme.text if step.falls else text_on(theme.kinds[_COLOURS[number % len(_COLOURS)]])
            colours = QColor(theme.faint_text), QColor(on_it)
            self._paint_why(painter, why, QRectF(x0, y, room, _LINE_PX), box, colours)
        painter.setPen(QColor(theme.line))
        painter.drawLine(int(x0 + zero * room), top, int(x0 + zero * room), top + _LINE_PX * len(found))
        painter.end()

    def _paint_formula(self, painter: QPainter, parts: Parts, colour: QColor) -> None:
        """The formula in words, on two lines at most."""
        painter.setPen(colour)
        box = QRectF(8, 4 + _LINE_PX, self.width() - 16, _LINE_PX * 2)
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap, parts.formula)

    def _paint_why(
        self, painter: QPainter, why: str, room: QRectF, box: QRectF, colours: tuple[QColor, QColor]
    ) -> None:
        """The numbers, beside the bar where there is room, else on it; shortened or left out where there is none.

        Args:
            colours: of the text beside the bar, and on it.
        """
        width = painter.fontMetrics().horizontalAdvance(why) + 8
        beside, on_it = colours
        painter.setPen(beside)
        if width <= room.right() - box.right():
            place = QRectF(box.right() + 6, room.top(), width, room.height())
        elif width <= box.left() - room.left():
            place = QRectF(box.left() - width, room.top(), width, room.height())
        elif width <= box.width():
            painter.setPen(on_it)
            place = box.adjusted(5, 0, 0, 0)
        else:
            if "," in why:
                self._paint_why(painter, why.partition(",")[0], room, box, colours)
            return
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, why)
