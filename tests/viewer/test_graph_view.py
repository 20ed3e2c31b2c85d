"""The wait-for graph as it is drawn."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from PySide6.QtGui import QImage

from ipcreel.analysis.state import Wait, WaitForGraph
from reelview.panels.graph_view import GraphView
from reelview.session import Session


@pytest.mark.parametrize("width_px", [420, 470, 900])
def test_names_of_what_is_waited_for_stand_apart_and_over_the_arrows(deadlocked, qtbot, width_px, monkeypatch):
    """Two that wait for each other, and a third that waits for one of them."""
    first, second = (int(row) for row in np.flatnonzero(deadlocked.pending)[-2:])
    main, (one, other) = 0, deadlocked.lane[[first, second]].tolist()
    waits = (Wait(main, second, (one,)), Wait(one, first, (other,)), Wait(other, second, (one,)))
    view = GraphView(Session.of_reel(deadlocked), deadlocked)
    qtbot.addWidget(view)
    view.resize(width_px, 200)
    view.show_graph(WaitForGraph(waits, ((one, other),)))
    drawn = picture(view)
    monkeypatch.setattr(GraphView, "_paint_edge", lambda *_: None)
    without_arrows = picture(view)
    assert drawn != without_arrows
    for name in view._names:  # they stand on their base line
        place = name.toRect().translated(0, view.fontMetrics().descent())
        assert drawn.copy(place) == without_arrows.copy(place)
    places = [*view._names, *view._boxes.values()]
    assert len(places) == 6
    assert not [pair for pair in combinations(places, 2) if pair[0].intersects(pair[1])]
    assert all(view.rect().toRectF().contains(name) for name in view._names)


def picture(view: GraphView) -> QImage:
    image = QImage(view.size(), QImage.Format.Format_RGB32)
    view.render(image)
    return image
