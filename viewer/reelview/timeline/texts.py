"""Short texts, drawn once and kept."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPixmap

_MOST = 4000


class Texts:
    """Widths and pictures of texts in one font: a kept picture is drawn in a sixth of the time of its text."""

    def __init__(self) -> None:
        self._font = QFont()
        self._metrics = QFontMetrics(self._font)
        self.height_px: int = self._metrics.height()
        self._ratio = 1.0
        self._widths: dict[str, int] = {}
        self._fits: dict[str, tuple[int, str, int]] = {}
        self._pictures: dict[tuple[str, int], QPixmap] = {}

    def use(self, font: QFont, ratio: float) -> None:
        if font != self._font or ratio != self._ratio or len(self._pictures) > _MOST or len(self._widths) > _MOST * 10:
            self._font, self._metrics, self._ratio = font, QFontMetrics(font), ratio
            self.height_px = self._metrics.height()
            self._widths.clear()
            self._fits.clear()
            self._pictures.clear()

    def width_px(self, text: str) -> int:
        width = self._widths.get(text)
        if width is None:
            width = self._widths[text] = self._metrics.horizontalAdvance(text)
        return width

    def fit(self, text: str, room_px: float) -> str:
        """A text where there is room for it, else its first word, else nothing."""
        widths = self._fits.get(text)
        if widths is None:
            word = text.split(" ", 1)[0]
            widths = self._fits[text] = self.width_px(text), word, self.width_px(word)
        return text if widths[0] <= room_px else widths[1] if widths[2] <= room_px else ""

    def draw_number(self, painter: QPainter, number: str, x_px: int, y_px: int, rgb: int) -> int:
        """Draws a number digit by digit, since numbers change from frame to frame; returns where it ends."""
        for digit in number:
            painter.drawPixmap(x_px, y_px, self.picture(digit, rgb))
            x_px += self.width_px(digit)
        return x_px

    def picture(self, text: str, rgb: int) -> QPixmap:
        """A text on nothing, `height_px` high."""
        picture = self._pictures.get((text, rgb))
        if picture is None:
            size = (round((self.width_px(text) + 2) * self._ratio), round(self.height_px * self._ratio))
            picture = QPixmap(max(size[0], 1), max(size[1], 1))
            picture.setDevicePixelRatio(self._ratio)
            picture.fill(Qt.GlobalColor.transparent)
            painter = QPainter(picture)
            painter.setFont(self._font)
            painter.setPen(QColor(rgb))
            painter.drawText(0, self._metrics.ascent(), text)
            painter.end()
            self._pictures[text, rgb] = picture
        return picture
