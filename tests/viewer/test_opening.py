"""A real recording opens as a timeline: its processes, its events, what was blocked until when, and its flows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ipcreel.reel import Reel, ReelError, open_reel
from reelview.kinds import KIND_NAMES, kind_of
from reelview.opening import timeline_of
from reelview.session import Session
from reelview.spans import KIND_BITS, URGENT
from reelview.timeline.data import TimelineData
from reelview.window import Window

PROGRAM = """
import os, signal, sysv_ipc
queue = sysv_ipc.MessageQueue(None, sysv_ipc.IPC_CREX)
signal.signal(signal.SIGUSR1, lambda *_: None)
reader, writer = os.pipe()
child = os.fork()
if child == 0:
    os.write(writer, b"ready")
    message, _ = queue.receive()
    os.kill(os.getppid(), signal.SIGUSR1)
    os._exit(0)
os.read(reader, 5)
while not queue.last_send_time:
    queue.send(b"price 3")
os.waitpid(child, 0)
queue.remove()
"""


@pytest.fixture(scope="module")
def reel(tmp_path_factory) -> Reel:
    folder: Path = tmp_path_factory.mktemp("opening")
    program, path = folder / "program.py", folder / "run.reel"
    program.write_text(PROGRAM)
    command = [sys.executable, "-m", "ipcreel", "record", "-o", str(path), "--", sys.executable, str(program)]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=60)
    return open_reel(path)


@pytest.fixture(scope="module")
def data(reel) -> TimelineData:
    return timeline_of(reel)


def spans_named(reel: Reel, data: TimelineData, name: str) -> np.ndarray:
    codes = [code for code, row in reel.operations.items() if row["name"] == name]
    return np.flatnonzero(np.isin(reel.op[data.spans.event], codes))


def test_every_event_is_a_span_in_its_lane_with_its_begin(reel, data):
    spans = data.spans
    assert sorted(spans.event.tolist()) == list(range(len(reel)))
    np.testing.assert_array_equal(spans.begin_ns, reel.begin[spans.event])
    lane = np.repeat(spans.row_lane, np.diff(spans.offset))
    np.testing.assert_array_equal(lane, reel.lane[spans.event])


def test_a_child_stands_under_its_parent(data):
    assert [track.parent for track in data.tracks] == [-1, 0]


def test_a_receive_is_blocked_until_its_message_was_sent(reel, data):
    (receive,) = spans_named(reel, data, "sysv.queue.receive")
    sends = spans_named(reel, data, "sysv.queue.send")
    sent_ns = min(data.spans.end_ns[sends])
    assert data.spans.kind[receive] & KIND_BITS == KIND_NAMES.index("queue")
    until_ns = data.spans.blocked_until_ns[receive]
    assert until_ns == min(max(sent_ns, data.spans.begin_ns[receive]), data.spans.end_ns[receive])


def test_a_message_is_an_arrow_that_never_goes_back_in_time(reel, data):
    flows = data.flows.flows
    ends = {(int(reel.op[a]), int(reel.op[b])) for a, b in zip(flows.from_event, flows.to_event, strict=True)}
    names = {(reel.operations[a]["name"], reel.operations[b]["name"]) for a, b in ends}
    assert ("sysv.queue.send", "sysv.queue.receive") in names
    assert (flows.end_ns >= flows.begin_ns).all()


def test_a_signal_is_urgent_and_marked_where_it_was_delivered(reel, data):
    (kill,) = spans_named(reel, data, "signal.kill")
    assert data.spans.kind[kill] & URGENT
    assert len(data.markers.at_ns) == 1
    assert data.markers.lane[0] == 0


def test_texts_tell_the_operation_its_object_its_payload_and_its_line(reel, data):
    event = int(data.spans.event[spans_named(reel, data, "sysv.queue.send")[0]])
    assert data.label(event).startswith("send queue")
    assert "price 3" in data.describe(event)
    line = [row.strip() for row in PROGRAM.splitlines()].index('queue.send(b"price 3")') + 1
    assert f"program.py:{line} in <module>" in data.describe(event)


def test_every_operation_that_was_recorded_has_a_kind(reel):
    assert {kind_of(row["name"]) for row in reel.operations.values()} == set(range(len(KIND_NAMES)))
    assert KIND_NAMES[kind_of("mp.queue.put")] == "queue"
    assert KIND_NAMES[kind_of("mp.value.set")] == "shared value"
    assert KIND_NAMES[kind_of("never.heard.of")] == "waiting"


def test_a_window_plays_a_reel_and_shows_what_cannot_be_read(reel, qtbot, tmp_path):
    window = Window()
    qtbot.addWidget(window)
    window.show_session(Session.of_reel(reel), "run.reel")
    window.trigger("play")
    assert window.session.playback.is_playing
    window.trigger("step_event")
    assert not window.session.playback.is_playing
    window.trigger("faster")
    assert window.session.playback.speed == 2
    (tmp_path / "no.reel").write_text("not a reel")
    with pytest.raises(ReelError) as trouble:
        open_reel(tmp_path / "no.reel")
    window.opener.show_trouble(str(trouble.value))
    assert window.session is None
    assert window.centralWidget().text() == str(trouble.value)
    window.close()


def test_a_process_is_not_drawn_beyond_its_end(reel, data):
    exit_span = spans_named(reel, data, "process.exit")[0]
    lane = int(reel.lane[data.spans.event[exit_span]])
    last_ns = max(int(data.spans.end_ns[span]) for span in range(len(data.spans)) if _lane_of(data, span) == lane)
    waited = spans_named(reel, data, "process.wait_pid")[0]
    assert reel.pending[data.spans.event[exit_span]]
    assert last_ns <= data.spans.end_ns[waited] < reel.end_ns
    assert data.spans.blocked_until_ns[waited] <= data.spans.end_ns[waited]


def _lane_of(data: TimelineData, span: int) -> int:
    return int(data.spans.row_lane[data.spans.row_of(span)])
