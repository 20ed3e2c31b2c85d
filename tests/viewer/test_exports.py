"""What the window shows is written to files."""

from __future__ import annotations

import csv
from xml.etree import ElementTree

import numpy as np
import pytest
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer


def test_the_data_of_every_panel_is_exported_as_csv(window, market, tmp_path):
    window.session.answers.finish()
    window.session.go_to_event(int(market.flows.effect[5]))
    window.docks["search"].widget().query.setText("op:signal.kill")
    written = {}
    for name in window.exporting.data:
        window.exporting.write_data(name, tmp_path / f"{name}.csv")
        with (tmp_path / f"{name}.csv").open(newline="", encoding="utf-8") as file:
            written[name] = list(csv.DictReader(file))
    shown_by = {"inspector": "event", "synchronization": "critical path"}
    assert {shown_by.get(name, name) for name in window.docks} <= set(written)
    assert len(written["pricing"]) == 8
    assert {row["lane"] for row in written["state"]} == {market.lane_name(lane) for lane in range(len(market.lanes))}
    assert float(written["critical path"][-1]["to_s"]) == pytest.approx((market.end_ns - market.begin_ns) / 1e9)
    assert len(written["findings"]) == len(market.findings)
    assert {row["field"]: row["value"] for row in written["event"]}["caused by"] == str(market.flows.cause[5])
    assert len(written["events"]) == len(market)
    assert [int(row["event"]) for row in written["search"]] == market.events.rows("signal.kill").tolist()


@pytest.mark.parametrize("suffix", ["png", "svg"])
def test_the_window_and_every_panel_are_exported_as_pictures(window, tmp_path, suffix):
    for name in window.exporting.pictures:
        path = tmp_path / f"{name}.{suffix}"
        window.exporting.draw(name, path)
        assert path.stat().st_size > 500, name
        if suffix == "svg":
            ElementTree.parse(path)
        else:
            assert QImage(str(path)).size() == window.exporting.widget(name).size()


def test_a_drawing_looks_as_the_picture_does(window, tmp_path):
    drawn = QImage(window.size(), QImage.Format.Format_RGB32)
    for suffix in ("png", "svg"):
        window.exporting.draw("window", tmp_path / f"window.{suffix}")
    renderer, painter = QSvgRenderer(str(tmp_path / "window.svg")), QPainter(drawn)
    assert renderer.viewBoxF().size() == window.size().toSizeF()
    renderer.render(painter)
    painter.end()
    apart = np.abs(blocks(drawn) - blocks(QImage(str(tmp_path / "window.png"))))
    # Letters of another font weigh otherwise; what is missing, or stands elsewhere, is light where there was dark.
    assert apart.mean() < 2
    for action in window.menuBar().actions():
        box = window.menuBar().actionGeometry(action)
        assert pixels(drawn)[box.top() : box.bottom(), box.left() : box.right()].std() > 5, action.text()


def pixels(image: QImage) -> np.ndarray:
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    return np.frombuffer(grey.constBits(), np.uint8).reshape(grey.height(), -1)[:, : grey.width()].astype(float)


def blocks(image: QImage) -> np.ndarray:
    """How light an image is, 20 by 20 pixels at a time."""
    grey = pixels(image)
    return grey[: len(grey) // 20 * 20, : grey.shape[1] // 20 * 20].reshape(len(grey) // 20, 20, -1, 20).mean((1, 3))


def test_a_file_that_cannot_be_written_is_said_in_the_window(window, tmp_path):
    window.exporting.write_data("pricing", tmp_path / "no" / "prices.csv")
    assert "cannot be written" in window.statusBar().currentMessage()
    for suffix in ("png", "svg"):
        window.exporting.draw("window", tmp_path / "no" / f"window.{suffix}")
        assert "cannot be written" in window.statusBar().currentMessage()


def test_every_panel_is_drawn_in_small_and_large_windows(window):
    for size in ((640, 400), (1920, 1080)):
        window.resize(*size)
        for name in window.docks:
            window.show_panel(name)
            assert not window.grab().isNull()
