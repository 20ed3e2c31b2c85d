"""The four questions of docs/viewer.md, answered by a hand that only clicks, in the market and in another program."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.viewer.conftest import DEADLOCK, record
from tests.viewer.xvfb.conftest import Driven

pytestmark = [pytest.mark.soak, pytest.mark.xvfb]

EVENT = "window.session.selection.selected_event"


def text(driven: Driven, name: str) -> str:
    return str(driven.ask(f"places.page({name!r}).toPlainText()"))


def show(driven: Driven, name: str) -> None:
    """Clicks the tab of a panel."""
    place = driven.ask(f"places.tab({name!r})")
    if place:
        driven.hand(f"mousemove {place[0]} {place[1]} click 1")
    driven.wait_for(f"not window.docks[{name!r}].visibleRegion().isEmpty()")


def click_link(driven: Driven, name: str, words: str, kind: str = "event") -> str:
    """Clicks the first link of a panel that has these words; returns where it leads."""
    place = f"places.link({name!r}, {words!r}, {kind!r})"
    # A page that is written anew between the press and the release of a button takes the link away from under it.
    driven.wait_for(f"places.page({name!r}).is_current and {place} is not None")
    x, y, target = driven.ask(place)
    driven.ask(
        "do app.setDoubleClickInterval(1)"
    )  # two links that are clicked one after the other may stand in one place
    driven.hand(f"mousemove {x} {y} click 1")
    if kind == "event":
        driven.wait_for(f"{EVENT} == {target.partition(':')[2]}")
    return str(target)


def click_event(driven: Driven, event: int) -> None:
    """Clicks a span where it stands, once the view shows it."""
    driven.ask(f"do s.view.show_around(int(s.reel.begin[{event}]), int(s.reel.end[{event}]))")
    x, y = driven.ask(f"places.event({event})")
    driven.hand(f"mousemove {x} {y} click 1")
    driven.wait_for(f"{EVENT} == {event}")


def test_who_waited_for_whom_in_the_market(driven):
    driven.ask(
        "do s = window.session; r = s.reel; e = max((n for n in "
        "r.events.rows('socket.endpoint.recv').tolist() if n in set(r.flows.effect.tolist())), "
        "key=lambda n: int(r.end[n] - r.begin[n]))"
    )
    event = driven.ask("e")
    show(driven, "inspector")
    click_event(driven, event)
    driven.wait_for("'caused by market' in places.page('inspector').toPlainText()")
    driven.hand("key bracketleft")
    driven.wait_for(f"{EVENT} in r.flows.cause[r.flows.effect == e].tolist()")
    driven.wait_for("'sendall' in places.page('inspector').toPlainText()")
    driven.hand("key alt+Left")
    driven.wait_for(f"{EVENT} == e")


def test_what_was_in_the_queue_of_the_market(driven):
    driven.ask("do s = window.session; sends = s.reel.events.rows('sysv.queue.send')")
    driven.ask(
        "do s.go_to(int(next(s.reel.end[n] + 1 for n in sends.tolist() if s.states.at(int(s.reel.end[n]) + 1).queues)))"
    )
    show(driven, "inspector")
    show(driven, "state")
    driven.wait_for("'type' in places.page('state').toPlainText()")
    click_link(driven, "state", "")
    driven.wait_for(f"{EVENT} in sends.tolist()")
    driven.wait_for("'sysv.queue.send' in places.page('inspector').toPlainText()")


def test_why_the_price_moved(driven):
    driven.ask(
        "do s = window.session; from reelview.panels.curve_view import CurveView; c = window.findChild(CurveView)"
    )
    driven.ask("do s.view.show_around(int(s.data.tick_ns[1]), int(s.data.tick_ns[5])); k = s.lens.curves[0]")
    x = driven.ask("window.timeline.picture_area.left() + window.timeline.range_window.x_px(int(k.at_ns[2]))")
    driven.hand(f"mousemove {driven.place('c', x, 12)} click 1")
    driven.wait_for(f"{EVENT} == int(k.event[2])")
    show(driven, "pricing")
    driven.wait_for("'Computed again' in places.page('pricing').toPlainText()")
    for words in ("sells", "takes"):
        if f" {words} " in text(driven, "pricing"):
            click_link(driven, "pricing", words)
            driven.hand("key alt+Left")
            driven.wait_for(f"{EVENT} == int(k.event[2])")
    click_link(driven, "pricing", "on the timeline", "cone")
    driven.wait_for("s.highlight.rows is not None and len(s.highlight.rows) > 10")


@pytest.fixture(scope="module")
def hung(display, tmp_path_factory) -> Iterator[Driven]:
    folder = tmp_path_factory.mktemp("hung")
    reel = record(folder, "hung", sys.executable, "-c", DEADLOCK, options=("--duration", "4"))
    made = Driven(display, reel.path, folder / "settings.ini")
    yield made
    made.close()


def test_where_another_program_deadlocked_and_who_waited_for_whom(hung):
    show(hung, "findings")
    hung.wait_for("'deadlock' in places.page('findings').toPlainText()")
    click_link(hung, "findings", "show on the timeline", "finding")
    hung.wait_for("window.session.highlight.rows is not None")
    show(hung, "state")
    hung.wait_for("window.docks['state'].widget().graph.isVisible()")
    hung.wait_for("any(edge.in_ring for edge in window.docks['state'].widget().graph._layout.edges)")
    assert "Deadlock:" in text(hung, "state")
    target = click_link(hung, "state", "sale")
    hung.wait_for("'acquire' in places.page('inspector').toPlainText()")
    assert "has not returned" in text(hung, "inspector"), target


@pytest.fixture(scope="module")
def compiled(display, tmp_path_factory) -> Iterator[Driven]:
    """The standard library's compileall with a pool of processes: a program that nobody prepared."""
    folder = tmp_path_factory.mktemp("compiled")
    (folder / "lib").mkdir()
    for module in sorted(Path(shutil.__file__).parent.glob("*.py"))[:40]:
        shutil.copy(module, folder / "lib")
    reel = record(folder, "compile", sys.executable, "-m", "compileall", "-q", "-f", "-j", "3", "lib")
    made = Driven(display, reel.path, folder / "settings.ini")
    yield made
    made.close()


def test_who_waited_for_whom_in_a_program_that_nobody_prepared(compiled):
    compiled.ask(
        "do s = window.session; r = s.reel; caused = set(r.flows.effect.tolist()); "
        "e = max((n for n in r.events.rows('futures.future.result').tolist() if n in caused), "
        "key=lambda n: int(r.end[n] - r.begin[n]))"
    )
    click_event(compiled, compiled.ask("e"))
    show(compiled, "inspector")
    compiled.wait_for("'for compileall/Thread-1' in places.page('inspector').toPlainText()")
    compiled.wait_for("'compileall.py:' in places.page('inspector').toPlainText()")
    compiled.hand("key bracketleft")
    compiled.wait_for(f"{EVENT} in r.flows.cause[r.flows.effect == e].tolist()")


def test_what_was_in_the_queue_of_a_program_that_nobody_prepared(compiled):
    compiled.ask("do s = window.session; r = s.reel; puts = r.events.rows('mp.simple_queue.put').tolist()")
    lies = "int(r.object[n]) in s.states.at(int(r.end[n]) + 1).queues"
    compiled.ask(f"do s.go_to(next(int(r.end[n]) + 1 for n in puts if {lies}))")
    show(compiled, "state")
    compiled.wait_for("'_ResultItem' in places.page('state').toPlainText()")
    click_link(compiled, "state", "_ResultItem")
    compiled.wait_for("'opcodes; never loaded' in places.page('inspector').toPlainText()")


def test_where_a_program_that_nobody_prepared_would_have_deadlocked_and_what_took_its_time(compiled):
    show(compiled, "findings")
    compiled.wait_for("'Nothing found' in places.page('findings').toPlainText()")
    show(compiled, "synchronization")
    compiled.wait_for("'Critical path' in places.page('synchronization').toPlainText()")
    compiled.focus()
    compiled.hand("key k")
    compiled.wait_for("window.session.layers.path is not None")
