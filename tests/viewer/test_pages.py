"""What the panels say, without a widget: state, event, findings, notes, export, help."""

from __future__ import annotations

import pickle
import re
import sys

import numpy as np
import pytest

from reelview import page
from reelview.chooser import match_rank
from reelview.export import csv_text, events_table, table_of, tables
from reelview.help_page import write_help
from reelview.lens import market_data
from reelview.notes import path_of, read_marks, write_marks
from reelview.panels.findings_page import write_findings
from reelview.panels.inspect_page import InspectPage, decoded, replay_command
from reelview.panels.state_page import StatePage
from reelview.session import Session
from reelview.timeline.keys import ACTIONS
from reelview.timeline.marks import Mark
from tests.viewer.conftest import record
from tests.viewer.made import make_reel


def test_the_state_of_a_deadlock_names_who_waits_for_whom(deadlocked):
    text = StatePage(deadlocked).write(deadlocked.asked_to_end_ns)
    assert "Deadlock:" in text
    assert re.search(r"/sale</a> waits for lock .*, held by .*/purchase", text)
    assert re.search(r"/purchase</a> waits for lock .*, held by .*/sale", text)


def test_of_a_process_that_did_nothing_recorded_the_state_is_not_known(tmp_path):
    reel = make_reel(tmp_path / "idle.reel", ["busy", "idle"], [(0, 10, 20, "clock.monotonic.read")])
    text = StatePage(reel).write(reel.begin_ns + 5)
    assert "1 not begun, 1 of unknown state" in text


def test_the_state_lists_messages_with_their_sends(market):
    sends = [row for row in market.events.rows("sysv.queue.send").tolist() if b"offer" in market.payload(row)]
    text = StatePage(market).write(int(market.end[sends[0]]))
    assert f'<a href="event:{sends[0]}">offer/1' in text


def test_the_state_shows_shared_arrays_whole(market):
    board = market_data.read_market(market).ticks[-1]
    text = re.sub(r"<[^>]*>", "", StatePage(market).write(int(market.end[board.last_row])))
    assert f"{board.board.price:.6g}, " in text
    assert f"{board.board.demand_kwh:.6g}" in text


def test_the_state_shows_what_is_under_way_on_a_connection(market):
    flows = market.flows
    names = {code: str(row["name"]) for code, row in market.operations.items()}
    asked = next(
        (int(a), int(b))
        for a, b in zip(flows.cause, flows.effect, strict=True)
        if names[int(market.op[a])] == "socket.endpoint.sendall" and market.end[a] < market.end[b] - 1
    )
    text = StatePage(market).write(int(market.end[asked[0]]))
    assert "bytes under way to" in text
    assert f"event:{asked[0]}" in text


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 1.0])
def test_every_link_of_the_state_leads_to_an_event(market, share):
    at_ns = market.begin_ns + round((market.end_ns - market.begin_ns) * share)
    events = [int(number) for number in re.findall(r"event:(\d+)", StatePage(market).write(at_ns))]
    assert all(event < len(market) for event in events)


def test_an_event_has_its_fields_its_payload_its_partners_and_its_line(market):
    flow = next(n for n, cause in enumerate(market.flows.cause.tolist()) if market.payload(cause) is not None)
    cause, effect = int(market.flows.cause[flow]), int(market.flows.effect[flow])
    text = InspectPage(market).write(cause)
    assert f"event {cause}" in text
    assert f"event:{effect}" in text
    assert "▶" in text


def test_an_event_says_how_long_it_waited_and_for_whom(market):
    waited_ns = Session.of_reel(market).data.waited_ns
    page = InspectPage(market, waited_ns)
    replies = np.intersect1d(market.events.rows("socket.endpoint.recv"), market.flows.effect).tolist()
    asked = max((row for row in replies if market.process_name(int(market.process[row])) != "market"), key=waited_ns)
    text = re.sub("<[^>]*>", " ", page.write(asked))
    assert re.search(r"waited\s+[\d.]+ .?s\s+for market/", text)
    instant = next(row for row in range(len(market)) if not waited_ns(row))
    assert "waited" not in page.write(instant)


def test_an_event_that_waits_for_ever_says_who_holds_what_it_waits_for(deadlocked):
    session = Session.of_reel(deadlocked)
    page = InspectPage(deadlocked, session.data.waited_ns, deadlocked.states)
    said = {
        deadlocked.lane_name(int(deadlocked.lane[row])).rpartition("/")[2]: re.sub("<[^>]*>", " ", page.write(row))
        for row in np.flatnonzero(deadlocked.pending).tolist()
    }
    assert re.search(r"waited\s+[\d.]+ .?s\s+for python -c/purchase\b", said["sale"])
    assert re.search(r"waited\s+[\d.]+ .?s\s+for python -c/sale\b", said["purchase"])


def test_what_never_returned_lasts_until_the_run_was_asked_to_end(deadlocked):
    asked_ns = deadlocked.run["asked_to_end_ns"]
    assert (deadlocked.end[deadlocked.pending] >= asked_ns).all()
    spans = Session.of_reel(deadlocked).data.spans
    assert spans.last_ns >= asked_ns, "it is seen to hang"


def test_every_event_can_be_shown(market):
    page = InspectPage(market)
    assert all(page.write(event) for event in range(0, len(market), 7))
    assert "Click an event" in page.write(None)


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        (b"buy tick=1\n", "text", "buy tick=1"),
        (b'{"price": 2}', "JSON", '"price": 2'),
        (b"\x81\xa5price\x02", "msgpack", '"price": 2'),
        (b"\xff\x00\x01", "3 bytes", "ff 00 01"),
        ({"raised": "OSError", "text": "no"}, "exception", "OSError: no"),
        ([1, 2], "value", "[1, 2]"),
    ],
)
def test_a_payload_is_shown_as_what_it_is(value, kind, shown):
    found = decoded(value)
    assert found[0] == kind
    assert shown in found[1]


class Dangerous:
    def __reduce__(self):
        return (print, ("loaded",))


def test_a_pickle_is_shown_as_opcodes_and_never_loaded(capsys):
    kind, shown = decoded(pickle.dumps(Dangerous()))
    assert kind.startswith("pickle")
    assert "REDUCE" in shown
    assert capsys.readouterr().out == ""


def test_a_put_has_the_payload_that_the_feeder_of_its_queue_wrote(tmp_path):
    program = "import multiprocessing as m; q = m.Queue(); q.put({'tea': 3}); q.get()"
    reel = record(tmp_path, "fed", sys.executable, "-c", program)
    (put,) = reel.events.rows("mp.queue.put").tolist()
    text = InspectPage(reel).write(put)
    assert "Payload (pickle" in text
    assert "tea" in text.partition("Payload (pickle")[2]


def test_what_stands_in_a_payload_is_no_html(market, monkeypatch):
    monkeypatch.setattr(market, "payload", lambda row: b"<b onclick='x'>&amp;</b>")
    text = InspectPage(market).write(100)
    assert "<b onclick" not in text
    assert "&lt;b onclick" in text


def test_a_source_that_has_changed_is_not_shown(market, tmp_path, monkeypatch):
    file = tmp_path / "program.py"
    file.write_text("print('new')\n")
    monkeypatch.setattr(market, "sources", [[str(file), 1, 1, "0" * 64]])
    monkeypatch.setattr(market, "sites", [["", 0, "", 0], *[[str(file), 1, "main", 0]] * (len(market.sites) - 1)])
    event = int((market.site > 0).argmax())
    text = InspectPage(market).write(event)
    assert "has changed since the recording" in text
    assert "new" not in text.split("<h4>")[-1]


def test_of_a_source_all_of_the_line_that_was_called_is_shown():
    html = page.source(["  1  a = (", "▶ 2  f(<x>)", "  3  )"], 1)
    assert [block.partition(";")[0] for block in html.split('style="white-space: ')[1:]] == ["pre", "pre-wrap", "pre"]
    assert "▶ 2  f(&lt;x&gt;)" in html
    assert html.count("<pre") == 3
    assert page.source(["▶ 1  f()"], 0).count("<pre") == 1


def test_the_replay_command_names_the_process_and_the_event(market):
    event = int(market.events.rows("socket.endpoint.sendall")[0])
    name = market.process_name(int(market.process[event]))
    assert replay_command(market, event) == f"ipcreel replay {market.path} --process {name} --to {event}"


def test_findings_have_their_proof_and_the_way_there(deadlocked):
    text = write_findings(deadlocked)
    assert "<b>deadlock</b>" in text
    assert "finding:0" in text
    assert all(f"event:{row}" in text for finding in deadlocked.findings for row in finding.events)


def test_a_run_without_findings_says_so(market):
    if not market.findings:
        assert write_findings(market).startswith("Nothing found")


def test_marks_that_are_kept_stand_beside_the_reel_and_come_back(tmp_path):
    reel = tmp_path / "run.reel"
    marks = (Mark(1005, 1005, "why?", True), Mark(1010, 1020, "", True))
    write_marks(reel, 1000, (*marks, Mark(1030, 1030)))
    assert path_of(reel).name == "run.reel.marks.json"
    assert read_marks(reel, 1000) == marks
    write_marks(reel, 1000, ())
    assert not path_of(reel).exists()
    assert read_marks(reel, 1000) == ()


@pytest.mark.parametrize("text", ["", "{", '{"marks": 3}', '{"marks": [{"begin_ns": "x"}]}'])
def test_a_damaged_file_of_marks_is_no_marks(tmp_path, text):
    path_of(tmp_path / "run.reel").write_text(text)
    assert read_marks(tmp_path / "run.reel", 0) == ()


def test_every_table_can_be_exported(market, qapp):
    session = Session.of_reel(market)
    assert tables(session) == ["pricing", "state", "findings", "run", "event", "events"]
    lines = {name: csv_text(table_of(session, name)).splitlines() for name in tables(session)}
    assert len(lines["pricing"]) == 9
    assert len(lines["events"]) == len(market) + 1
    assert len(csv_text(events_table(market, market.events.rows("signal.kill"))).splitlines()) == 3


def test_the_critical_path_and_the_barriers_can_be_exported(meeting, qapp):
    session = Session.of_reel(meeting)
    assert "critical path" not in tables(session)
    session.answers.finish()
    steps, rounds = (csv_text(table_of(session, name)).splitlines() for name in ("critical path", "barriers"))
    assert steps[0] == "from_s,to_s,lane,what,detail,event,cause"
    assert len(steps) == 1 + len(session.synchronization.path)
    assert len(rounds) == 1 + 5


def test_help_names_every_key():
    text = write_help()
    assert all(action.text in text for action in ACTIONS if "bookmark" not in action.name)


@pytest.mark.parametrize(
    ("typed", "best"), [("step a t", "Step a tick"), ("lane", "Find a lane"), ("pp", "Play or pause"), ("", None)]
)
def test_what_is_typed_ranks_the_commands(typed, best):
    texts = ["Play or pause", "Step a tick", "Step a tick back", "Find a lane"]
    ranked = sorted((rank, text) for text in texts if (rank := match_rank(text, typed)) is not None)
    assert best is None or ranked[0][1] == best
    assert match_rank("Search", "zzz") is None
