"""What Perfetto reads out of an exported reel is what the reel has: asked of its own trace processor."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ipcreel.analysis.lateness import find_depths
from ipcreel.reel import Reel
from tests.trace.cli.test_commands import ipcreel
from tests.trace.cli.trace_processor import TraceProcessor
from tests.trace.conftest import Record

BUSY = """
    import multiprocessing, os, signal, threading, sysv_ipc

    def work(key, gate, total, pipe):
        queue = sysv_ipc.MessageQueue(key)
        for _ in range(5):
            text, _ = queue.receive(type=1)
            with gate, total.get_lock():
                total.value += len(text)
            queue.send(text, type=2)
        pipe.send("quotes \\" and ünicode")
        signal.raise_signal(signal.SIGUSR1)

    if __name__ == "__main__":
        signal.signal(signal.SIGUSR1, lambda *_: os.getpid())
        context = multiprocessing.get_context("fork")
        queue = sysv_ipc.MessageQueue(None, sysv_ipc.IPC_CREX)
        gate, total, (here, there) = context.Lock(), context.Value("i"), context.Pipe()
        worker = context.Process(target=work, args=(queue.key, gate, total, there), name="worker")
        worker.start()
        for number in range(5):
            queue.send(b"message %d" % number, type=1)
        thread = threading.Thread(target=lambda: [queue.receive(type=2) for _ in range(5)], name="taker")
        thread.start()
        thread.join()
        here.recv()
        worker.join()
        queue.remove()
"""

SLICES = """
    SELECT EXTRACT_ARG(s.arg_set_id, 'args.event') AS event, s.ts, s.dur, s.name, s.category, t.tid, t.name AS thread,
           p.pid, p.name AS process
    FROM slice s JOIN thread_track tt ON s.track_id = tt.id JOIN thread t USING (utid) JOIN process p USING (upid)
    WHERE s.name <> 'follows' ORDER BY event
"""
FLOWS = """
    SELECT EXTRACT_ARG(o.arg_set_id, 'args.event') AS cause, EXTRACT_ARG(i.arg_set_id, 'args.event') AS effect
    FROM flow f JOIN slice o ON o.id = f.slice_out JOIN slice i ON i.id = f.slice_in
"""
DEPTHS = """
    SELECT track.name, counter.value FROM counter JOIN counter_track track ON counter.track_id = track.id
    ORDER BY track.name, counter.ts, counter.id
"""
TROUBLE = "SELECT name, value FROM stats WHERE severity = 'error' AND value > 0"


@pytest.fixture
def reel(recorded: Record) -> Reel:
    return recorded(BUSY).reel


def exported(reel: Reel) -> Path:
    output = reel.path.with_suffix(".json")
    done = ipcreel("export", str(reel.path), "--to", "perfetto", "-o", str(output))
    assert done.returncode == 0, done.stderr
    return output


@pytest.mark.node
def test_perfetto_reads_each_event_flow_and_depth_and_finds_nothing_wrong(reel: Reel) -> None:
    with TraceProcessor(exported(reel)) as perfetto:
        assert perfetto.ask(TROUBLE) == []
        slices, flows, depths = (perfetto.ask(sql) for sql in (SLICES, FLOWS, DEPTHS))
    assert [found["event"] for found in slices] == list(range(len(reel)))
    for row, found in enumerate(slices):
        lane = reel.lanes[int(reel.lane[row])]
        process = int(reel.process[row])
        assert (found["ts"], found["dur"]) == (reel.begin[row] - reel.begin_ns, reel.end[row] - reel.begin[row])
        assert found["name"] == reel.operations[int(reel.op[row])]["name"]
        assert (found["tid"], found["thread"]) == (lane[2], lane[3])
        assert (found["pid"], found["process"]) == (reel.processes[process]["pid"], reel.process_name(process))
    across = np.flatnonzero(reel.lane[reel.flows.cause] != reel.lane[reel.flows.effect])
    pairs = zip(reel.flows.cause[across].tolist(), reel.flows.effect[across].tolist(), strict=True)
    assert sorted((found["cause"], found["effect"]) for found in flows) == sorted(pairs)
    wanted = [messages for depth in find_depths(reel.events, reel.flows) for messages in depth.messages.tolist()]
    assert sorted(found["value"] for found in depths) == sorted(wanted)
    assert max(wanted) >= 1
