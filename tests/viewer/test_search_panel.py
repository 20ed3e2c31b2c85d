"""What was searched for is found, shown and left alone."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, QUrl
from PySide6.QtTest import QTest

from reelview.panels.event_list import EventList
from reelview.panels.search import Search
from tests.viewer.panels import page_of


def test_search_goes_from_one_event_to_the_next_and_round(window, market):
    window.trigger("search")
    search = window.docks["search"].widget()
    assert isinstance(search, Search)
    search.query.setText("op:signal.kill")
    kills = market.events.rows("signal.kill").tolist()
    seen = []
    for _ in range(len(kills) + 1):
        QTest.keyClick(search.query, Qt.Key.Key_Return)
        seen.append(window.session.selection.selected_event)
        assert not search.visibleRegion().isEmpty(), "it stays in front, to go on with"
    assert seen == [*kills, kills[0]]
    QTest.keyClick(search.query, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert window.session.selection.selected_event == kills[-1]


def test_a_search_can_leave_all_else_out_of_the_timeline(window):
    search = window.docks["search"].widget()
    whole = len(window.timeline.data.spans)
    search.query.setText("payload:offer")
    search.only.setChecked(True)
    assert 0 < len(window.timeline.data.spans) == search.found.rowCount() < whole
    window.timeline.grab()
    search.query.setText("")
    assert len(window.timeline.data.spans) == whole


def test_a_search_that_means_nothing_says_why(window):
    search = window.docks["search"].widget()
    search.query.setText("colour:red")
    assert "there is no such condition" in search.said.text()


def test_what_can_be_searched_for_is_shown_and_tried_with_a_click(window):
    window.show_panel("search")
    search = window.findChild(Search)
    assert search.help.isVisible()
    assert not search.table.isVisible()
    for number, (example, _) in enumerate(search.conditions):
        search.help.anchorClicked.emit(QUrl(f"try:{number}"))
        assert search.query.text() == example
        assert f"of {len(window.session.reel):,} events" in search.said.text(), "it finds something"
    assert search.table.isVisible()
    search.query.setText("what nobody said")
    assert "Nothing found" in search.said.text()


def test_what_is_chosen_is_seen_unless_a_person_searches_there(window, market, qtbot):
    event, search = page_of(window, "inspector"), window.docks["search"].widget()
    for typed, is_seen in (("op:recv", False), ("", True)):
        window.show_panel("search")
        search.query.setText(typed)
        qtbot.waitUntil(lambda: event.visibleRegion().isEmpty())
        window.session.go_to_event(int(market.flows.cause[7 + is_seen]))
        qtbot.waitUntil(lambda is_seen=is_seen: event.visibleRegion().isEmpty() is not is_seen)
        window.session.selection.clear()


def test_the_list_of_events_is_a_sound_model(market, qtmodeltester):
    model = EventList(market)
    model.show_rows(np.arange(20))
    qtmodeltester.check(model)
