"""The critical path on a picture."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen

from reelview.raster.palette import Theme
from reelview.raster.window import Window
from reelview.timeline.arrow_paint import fill, head
from reelview.timeline.critical import PathColumns, PathLines, path_lines, thin_out
from reelview.timeline.layout import Layout

_THICK_PX = 3
_HALO_PX = 1.5
_MOST_HEADS = 300


def paint_path(
    painter: QPainter, path: PathColumns, window: Window, layout: Layout, scroll_px: int, theme: Theme
) -> None:
    """A thick line at the foot of each lane that the path runs through, and arrows where it goes over to another.

    Where it does so again and again within few pixels, upright lines stand apart for all of them.
    """
    foot = np.array([layout.y_px(number, scroll_px) + line.height_px - 3 for number, line in enumerate(layout.lines)])
    line_of_lane = layout.line_of_lane
    y_of_lane = np.where(line_of_lane >= 0, foot[np.maximum(line_of_lane, 0)] if len(foot) else np.nan, np.nan)
    lines = path_lines(path, window, y_of_lane)
    along = lines.y_px[:, 0] == lines.y_px[:, 1]
    ink, halo = QColor(theme.accent), QColor(theme.background)
    apart, crowds = thin_out(PathLines(lines.x_px[~along], lines.y_px[~along]))
    over = list(zip(*apart.x_px.T.tolist(), *apart.y_px.T.tolist(), strict=True))
    upright = list(zip(*crowds.x_px.T.tolist(), *crowds.y_px.T.tolist(), strict=True))
    places = list(zip(*lines.x_px[along].T.tolist(), lines.y_px[along, 0].tolist(), strict=True)) if len(along) else []
    for colour, grow in ((halo, _HALO_PX), (ink, 0.0)):
        for x0, x1, y in places:
            width = max(x1 - x0, 1)
            painter.fillRect(QRectF(x0, y - _THICK_PX / 2 - grow, width, _THICK_PX + 2 * grow), colour)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, len(over) <= _MOST_HEADS)
    for colour, width in ((halo, 4.0), (ink, 2.0)):
        painter.setPen(QPen(colour, width))
        painter.drawLines([QLineF(x0, y0, x1, y1) for x0, x1, y0, y1 in over + upright])
    if len(over) <= _MOST_HEADS:
        fill(painter, ink, [head(x0, y0, x1, y1, 9) for x0, x1, y0, y1 in over])
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
