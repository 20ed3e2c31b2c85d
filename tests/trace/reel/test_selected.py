"""A reel in a notebook: choose events, look at them, ask what came before, hand them to other libraries."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np
import pytest

import ipcreel
from ipcreel.reel import Reel, ReelError


@pytest.fixture(scope="module")
def reel() -> Reel:
    """A parent that sends three messages to its child, gets a signal from itself, and asks a queue that is gone."""
    opened = ipcreel.open(Path(__file__).with_name("golden") / "version-1.reel")
    assert isinstance(opened, Reel)
    return opened


def test_events_are_chosen_by_name(reel: Reel) -> None:
    sends = reel.events(operation="sysv.queue.send")
    assert len(sends) == 3
    assert [event.payload for event in sends] == [b"message 0", b"message 1", b"message 2"]
    assert len(reel.events(mechanism="sysv", process=sends[0].process)) >= 3
    assert len(reel.events()) == len(reel.events) == len(reel)


def test_a_name_that_the_reel_does_not_know_is_an_error_with_those_it_does(reel: Reel) -> None:
    with pytest.raises(ReelError, match=r"no operation sysv\.queue\.sent\. There are: "):
        reel.events(operation="sysv.queue.sent")


def test_a_choice_has_columns_of_numbers(reel: Reel) -> None:
    sends = reel.events(operation="sysv.queue.send")
    assert sends.a.tolist() == [1, 2, 3]
    assert sends.begin.tolist() == reel.begin[sends.rows].tolist()
    assert bool(np.all(sends.duration_ns > 0))
    assert "duration_ns" in dir(sends)
    assert "begin" in dir(sends)
    with pytest.raises(AttributeError, match=r"Selected has no 'colour'\. Columns of numbers: begin, end"):
        sends.colour  # noqa: B018


def test_a_choice_is_chosen_from_again(reel: Reel) -> None:
    sends = reel.events(operation="sysv.queue.send")
    assert [event.a for event in sends[1:]] == [2, 3]
    assert [event.a for event in sends[sends.a > 1]] == [2, 3]
    assert sends[-1].a == 3


def test_an_event_says_what_it_is(reel: Reel) -> None:
    send = reel.events(operation="sysv.queue.send")[0]
    assert send == reel.event(send.row) == reel.events[send.row]
    assert (send.operation, send.outcome, send.payload) == ("sysv.queue.send", "returned", b"message 0")
    assert str(send.object).startswith("queue 0x")
    assert send.site is not None
    assert send.site[1] == 12
    assert repr(send).startswith(f"event {send.row}  {send.begin_s:.6f} s  {send.lane}  sysv.queue.send  queue 0x")
    with pytest.raises(ReelError, match=f"there is no event {len(reel)}; the last one is {len(reel) - 1}"):
        reel.event(len(reel))


def test_a_choice_shows_its_first_events(reel: Reel) -> None:
    lines = repr(reel.events).splitlines()
    assert lines[0] == f"{len(reel)} events of version-1.reel"
    assert lines[1] == repr(reel.event(0))
    assert lines[-1] == "…"


def test_an_object_is_known_by_its_role_too(reel: Reel) -> None:
    sends = reel.events(operation="sysv.queue.send")
    role = sends[0].role
    assert role is not None
    assert re.fullmatch(r"queue of .* 1", role)
    assert set(sends.rows) < set(reel.events(object=role).rows)
    assert reel.events(object=role).rows.tolist() == reel.events(object=sends[0].object).rows.tolist()
    with pytest.raises(ReelError, match=re.escape(f"no object {role}0. There are: {role}")):
        reel.events(object=f"{role}0")


def test_the_state_at_a_moment_is_text_and_numbers(reel: Reel) -> None:
    sends, receives = (reel.events(operation=f"sysv.queue.{verb}") for verb in ("send", "receive"))
    state = reel.state(f"{receives[0].begin_s:.6f}s")
    assert state.moment.queues == {int(sends.object[0]): tuple(sends.rows.tolist())}
    lines = repr(state).splitlines()
    assert lines[0] == f"version-1.reel at {receives[0].begin_s:.6f} s"
    assert f"  {sends[0].object}  holds 3: message 0, message 1, message 2" in lines
    assert any(line.startswith(f"  {receives[0].lane}  ") for line in lines)
    with pytest.raises(ReelError, match="no moment of a reel"):
        reel.state("yesterday")


def test_flows_say_how_many_they_are_and_how_sure(reel: Reel) -> None:
    assert re.fullmatch(
        r"<Flows: \d+ exact, \d+ inferred, \d+ ambiguous; \d+ causes and \d+ effects without a partner>",
        repr(reel.flows),
    )


def test_a_notebook_shows_tables_in_which_all_text_of_the_reel_is_escaped() -> None:
    reel = ipcreel.open(Path(__file__).with_name("golden") / "version-1.reel")
    sends = reel.events(operation="sysv.queue.send")
    assert "<td>sysv.queue.send</td>" in sends._repr_html_()
    assert "<td>message 0</td>" in sends._repr_html_()
    assert f"{len(reel)} events" in reel._repr_html_()
    for row, process in enumerate(reel.processes):
        process["facts"]["name"] = f"<script>{row}"
    reel.objects[int(sends.object[0])][3] = "<script>"
    shown = sends._repr_html_() + reel._repr_html_() + reel.events._repr_html_()
    assert "<script>" not in shown
    assert "&lt;script&gt;0" in shown


def test_causes_are_asked_of_an_event(reel: Reel) -> None:
    sends, receives = (reel.events(operation=f"sysv.queue.{verb}") for verb in ("send", "receive"))
    assert sends[0].effects.rows.tolist() == [receives[0].row]
    assert sends[0].row in receives[0].causes.rows
    assert sends[0].happens_before(receives[0])
    assert reel.happens_before(sends[0].row, receives[0].row)
    assert not receives[0].happens_before(sends[0])
    assert receives[0].row in sends[0].future().rows
    assert sends[0].row in receives[0].past().rows
    assert not reel.concurrent(sends[0].row, receives[0].row)


def test_a_vector_clock_counts_what_each_lane_had_done(reel: Reel) -> None:
    sends, receives = (reel.events(operation=f"sysv.queue.{verb}") for verb in ("send", "receive"))
    parent, child = sends[0].lane, receives[0].lane
    of_parent = [event for event in reel.events if event.lane == parent]
    begun = sum(event.begin_s < sends[1].begin_s for event in of_parent)
    ended = sum(event.begin_s + event.duration_ns / 1e9 <= sends[1].begin_s for event in of_parent)
    assert sends[1].clock()[parent] == begun + ended
    assert child not in sends[0].clock()  # nothing of the child is known when the first message is sent
    assert parent in receives[1].clock()


def test_a_choice_is_handed_to_arrow(reel: Reel) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    table = reel.events(operation="sysv.queue.send").to_arrow()
    assert isinstance(table, pyarrow.Table)
    assert table.column("payload").to_pylist() == ["message 0", "message 1", "message 2"]


@pytest.mark.parametrize(
    ("library", "method", "command"),
    [
        ("pyarrow", "to_arrow", "pip install 'ipcreel[query]'"),
        ("pandas", "to_pandas", "pip install 'pandas'"),
        ("polars", "to_polars", "pip install 'polars'"),
    ],
)
def test_a_library_that_is_not_there_is_named_with_what_to_do(
    reel: Reel, monkeypatch: pytest.MonkeyPatch, library: str, method: str, command: str
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(ReelError, match=f"this needs {library}") as error:
        getattr(reel.events(operation="sysv.queue.send"), method)()
    assert command in str(error.value)
