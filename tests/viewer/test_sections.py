from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QImage, QPainter, QTextDocument

from reelview import page
from reelview.flows import FlowIndex, Flows
from reelview.panels.page_panel import PagePanel
from reelview.panels.sections import Sections, split
from reelview.session import Session
from reelview.spans import arrange
from reelview.timeline.data import TimelineData, Track

TABLE = page.table([("gate", "1"), (page.link("event:3", "home-1"), "waits")], (60, 40))
LONG = page.table_in_pieces([(page.link(f"event:{row}", f"home-{row}"), "waits " * row) for row in range(15)], (60, 40))
LINES = page.first([f"message {number}" for number in range(40)], 30, "messages", in_pieces=True)
BODIES = st.sampled_from(
    ["none", "a<br>b", TABLE, f"text {TABLE}", f"{TABLE}text", page.pre("x\ny"), "", LONG, f"{LONG}text", LINES]
)
SECTIONS = st.lists(st.tuples(st.sampled_from(["Queues", "Locks", "Values"]), BODIES), max_size=4)
PAGES = st.builds(
    lambda before, sections: before + "".join(page.heading(title) + body for title, body in sections), BODIES, SECTIONS
)

pytestmark = pytest.mark.usefixtures("qapp")


def document() -> QTextDocument:
    made = QTextDocument()
    made.setTextWidth(300)
    return made


def sections_of(shown: QTextDocument) -> Sections:
    sections = Sections(shown)
    sections.style("h4 { margin: 9px 0 2px 0; } a { color: #ff0000 } .rows { margin-bottom: 6px; }")
    return sections


def drawn(shown: QTextDocument) -> QImage:
    image = QImage(300, int(shown.size().height()) + 1, QImage.Format.Format_RGB32)
    image.fill(0xFFFFFFFF)
    painter = QPainter(image)
    shown.drawContents(painter)
    painter.end()
    return image


def shown_afresh(html: str) -> QTextDocument:
    made = document()
    sections = sections_of(made)
    sections.want(html)
    sections.put_all()
    return made


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(PAGES, st.integers(0, 3)), min_size=1, max_size=5))
@example([("none<h4>Queues</h4>none", 1), ("", 0)])
@example([("<h4>Queues</h4>none<h4>Locks</h4>none", 2), ("<h4>Queues</h4>none", 1), ("a<br>b", 0), ("", 1)])
def test_a_page_looks_the_same_whatever_was_shown_before(pages):
    shown = document()
    sections = sections_of(shown)
    for html, steps in pages:
        sections.want(html)
        for _ in range(steps):
            sections.put_next()
    sections.put_all()
    assert sections.is_shown
    assert drawn(shown) == drawn(shown_afresh(pages[-1][0]))
    assert shown.toPlainText() == shown_afresh(pages[-1][0]).toPlainText()


def test_one_step_changes_one_section_and_leaves_the_others():
    shown = document()
    sections = sections_of(shown)
    sections.want("<h4>A</h4>one<h4>B</h4>two<h4>C</h4>three")
    sections.put_all()
    sections.want("<h4>A</h4>1<h4>B</h4>two<h4>C</h4>3")
    sections.put_next()
    assert shown.toPlainText().split() == ["A", "1", "B", "two", "C", "three"]
    sections.put_next()
    assert sections.is_shown


@pytest.mark.parametrize(
    ("in_pieces", "whole"),
    [
        (LONG, page.table([(page.link(f"event:{row}", f"home-{row}"), "waits " * row) for row in range(15)], (60, 40))),
        (LINES, page.first([f"message {number}" for number in range(40)], 30, "messages")),
    ],
)
def test_what_is_shown_in_pieces_looks_as_if_it_were_whole(in_pieces, whole):
    assert len(split(in_pieces)) > 2
    assert len(split(whole)) == 1
    pages = [page.heading("Queues") + "none" + page.heading("Locks") + body + "below" for body in (in_pieces, whole)]
    assert drawn(shown_afresh(pages[0])) == drawn(shown_afresh(pages[1]))


def test_a_page_without_headings_is_its_text():
    assert shown_afresh("2 orders so far").toPlainText() == "2 orders so far"


def test_headings_of_a_text_from_the_run_begin_no_section():
    assert len(split(page.heading("A") + page.text("<h4>not one</h4>"))) == 1


def test_a_page_that_plays_is_whole_once_the_run_pauses(qtbot):
    spans = arrange(np.zeros(1, np.int64), np.array([0]), np.array([10**12]), np.zeros(1, np.uint8), lanes=1)
    session = Session.of_data(TimelineData((Track("a", -1, (0,)),), ("main",), spans, FlowIndex(Flows.none(), 1)))
    written = []

    def write() -> str:
        written.append(session.cursor.at_ns)
        return "".join(page.heading(title) + f"{title}{session.cursor.at_ns}" for title in "ABC")

    panel = PagePanel(session, write, name="x")
    qtbot.addWidget(panel)
    session.cursor.moved.connect(panel.refresh)
    panel.show()
    session.playback.play()
    before = len(written)
    qtbot.waitUntil(lambda: len(written) > before + 2, timeout=30_000)
    session.playback.pause()
    at_ns = session.cursor.at_ns
    qtbot.waitUntil(lambda: panel.toPlainText().split() == f"A A{at_ns} B B{at_ns} C C{at_ns}".split(), timeout=30_000)
