"""How fast is the timeline with one and with ten million spans, over 64 lanes and over 1,000? And a market that plays?

First paint: from columns to the first picture on the screen. Index: until the last of it is built; then once more in
its thread while the view is panned at sixty frames a second, with the longest frame meanwhile, of all and of those in
which the machine itself did not halt, which halts.py tells, and what each that took too long waited for, as waits.py
tells; the machine rests before, and the screen is found before each frame. Frames: the whole widget painted at 1600×900
without a display, zooming continuously from the whole run to nanoseconds and back, and panning at eight zooms. Opening
and playback: a recorded market in the whole window, with all panels open beside each other; the longest time in which
the window did not answer; how often the timeline was drawn while it played, a tick a second, and what the processor did
from one frame to the next. Beside the time on the clock stands the processor's, which another load changes less.

    python tests/bench/bench_viewer.py [--spans 1000000 10000000] [--lanes 64 1000] [--no-market] [--gate]

With --gate it ends with 1 where a figure misses its gate.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
from halts import find, is_in, looking_for_halts
from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from synthetic_spans import synthetic_spans
from waits import Spent, Watch

from reelview.beside import collect_between_events, keep_modules
from reelview.flows import FlowIndex, Flows
from reelview.raster.choose import Raster
from reelview.spans import KIND_BITS, Spans
from reelview.timeline.cursor import Cursor
from reelview.timeline.data import TimelineData, Track
from reelview.timeline.indexing import Indexing
from reelview.timeline.lane_order import LaneOrder
from reelview.timeline.marks import Marks
from reelview.timeline.selection import Selection
from reelview.timeline.view_range import ViewRange
from reelview.timeline.widget import Timeline
from reelview.window import Window

FRAME_MS = 1000 / 60
PLAYED_S = 4
GATE = {
    "first paint": 1000.0,
    "index": 4000.0,
    "frame while indexing": 25.0,
    "frame p95": 13.0,
    "index memory": 150.0,
    "opening": 200.0,
    "playback frame median": 9.0,
    "playback frame p95": FRAME_MS,
}
SETTLE_S = 5
"""The kernel of a virtual machine gives back what was freed two seconds after that, and all processors halt for tens of
ms while its host takes it. What was freed by making the spans is no part of what is measured."""

FLOWS_A_SPAN = 0.2
WIDTH_PX, HEIGHT_PX = 1600, 900


@dataclass
class Row:
    what: str
    value: float
    unit: str
    gate: float | None = None
    cpu: float | None = None
    at_least: float | None = None

    @property
    def is_missed(self) -> bool:
        too_much = self.gate is not None and self.value > self.gate
        return too_much or (self.at_least is not None and self.value < self.at_least)

    def line(self) -> str:
        gate = self.gate if self.gate is not None else self.at_least
        judged = "" if gate is None else f"   gate {gate:.4g} {self.unit}: {'MISSED' if self.is_missed else 'kept'}"
        cpu = "" if self.cpu is None else f" (processor {self.cpu:.1f})"
        return f"  {self.what:<32}{self.value:>9.1f} {self.unit}{cpu:<18}{judged}"


def data_of(spans: Spans, lanes: int) -> TimelineData:
    """Every lane a process; a fifth of the spans send something to another lane."""
    rng = np.random.default_rng(9)
    source = np.sort(rng.choice(len(spans), int(len(spans) * FLOWS_A_SPAN), replace=False))
    source = source[np.argsort(spans.end_ns[source], kind="stable")]
    lane = np.repeat(spans.row_lane, np.diff(spans.offset))
    near = (lane[source] + rng.integers(1, 4, len(source))) % lanes
    begin_ns = spans.end_ns[source]
    end_ns = begin_ns + rng.integers(1_000, 200_000, len(source))
    event = spans.event[source]
    flows = Flows(begin_ns, end_ns, lane[source].astype(np.int32), near.astype(np.int32), event, event)
    kind = np.empty(len(spans), np.uint8)
    kind[spans.event] = spans.kind & KIND_BITS
    return TimelineData(
        tuple(Track(f"home-{number}", -1, (number,)) for number in range(lanes)),
        tuple("MainThread" for _ in range(lanes)),
        spans,
        FlowIndex(flows, lanes),
        tick_ns=np.linspace(spans.first_ns, spans.last_ns, 600, endpoint=False).astype(np.int64),
        label=lambda event: f"operation {kind[event]}",
    )


def timeline_of(data: TimelineData, raster: Raster) -> Timeline:
    spans = data.spans
    order = LaneOrder(data.tracks)
    if spans.lanes <= 64:
        order.grow(-2)
    timeline = Timeline(
        data,
        raster,
        view=ViewRange(spans.first_ns, spans.last_ns),
        selection=Selection(),
        cursor=Cursor(spans.first_ns, spans.last_ns),
        order=order,
        marks=Marks(),
    )
    timeline.resize(WIDTH_PX, HEIGHT_PX)
    return timeline


class Frames:
    """Paints a widget again and again, and keeps what each frame took."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._screen = QImage(WIDTH_PX, HEIGHT_PX, QImage.Format.Format_RGB32)
        self._drawn: list[Spent] = []

    def paint(self) -> Spent:
        find(np.frombuffer(self._screen.bits(), np.uint8))
        watch = Watch()
        self._timeline.render(self._screen)
        self._drawn.append(watch.spent())
        return self._drawn[-1]

    def take(self) -> list[Spent]:
        """The frames since this was last asked."""
        drawn, self._drawn = self._drawn, []
        return drawn


def on_clock(frames: list[Spent]) -> list[float]:
    return [frame.took_ms for frame in frames]


def of_processor(frames: list[Spent]) -> list[float]:
    return [frame.cpu_ms for frame in frames]


def measure(count: int, lanes: int) -> list[Row]:
    spans = synthetic_spans(count, lanes)
    data = data_of(spans, lanes)
    raster = Raster(spans)
    rows = []
    begun, worked = time.perf_counter(), time.thread_time()
    for _ in raster.build_first():
        pass
    timeline = timeline_of(data, raster)
    frames = Frames(timeline)
    frames.paint()
    cpu_ms = (time.thread_time() - worked) * 1e3
    rows.append(Row("first paint", (time.perf_counter() - begun) * 1e3, "ms", GATE["first paint"], cpu_ms))
    frames.take()

    time.sleep(SETTLE_S)
    rows += index_while_panning(timeline, frames)
    again = Raster(spans)
    begun, worked = time.perf_counter(), time.thread_time()
    for _ in again.build():
        pass
    cpu_ms = (time.thread_time() - worked) * 1e3
    rows.append(Row("index", (time.perf_counter() - begun) * 1e3, "ms", GATE["index"], cpu_ms))
    del again

    for what, arrows in (("", True), (" without arrows", False)):
        timeline.set_arrows(arrows)
        zoom(timeline, frames)
        pan(timeline, frames)
        drawn = frames.take()
        took, cpu = on_clock(drawn), of_processor(drawn)
        rows.append(Row(f"frame median{what}", float(np.median(took)), "ms", cpu=float(np.median(cpu))))
        p95, cpu95 = float(np.percentile(took, 95)), float(np.percentile(cpu, 95))
        rows.append(Row(f"frame p95{what}", p95, "ms", GATE["frame p95"], cpu95))
        rows.append(Row(f"frame longest{what}", max(took), "ms", cpu=max(cpu)))
    frames.paint()
    frames.take()
    for step in range(100):
        timeline.cursor_model.move_to(timeline.view.begin_ns + timeline.view.length_ns * step // 100)
        frames.paint()
    rows.append(Row("cursor move median", float(np.median(on_clock(frames.take()))), "ms"))
    rows.append(Row("index memory", raster.nbytes / 1e6, "MB", GATE["index memory"]))
    rows.append(Row("columns", spans.nbytes / 1e6, "MB"))
    return rows


def index_while_panning(timeline: Timeline, frames: Frames) -> Iterator[Row]:
    spans, indexing = timeline.data.spans, Indexing(timeline.raster, timeline.painting)
    with looking_for_halts() as halts:
        begun = time.perf_counter()
        indexing.start()
        timeline.view.show(spans.first_ns, spans.first_ns + (spans.last_ns - spans.first_ns) // 3)
        while not indexing.wait(1):
            timeline.view.pan(timeline.view.length_ns // 200)
            took_ms = frames.paint().took_ms
            indexing.wait(max(int(FRAME_MS - took_ms), 1))
        index_ms = (time.perf_counter() - begun) * 1e3
    drawn = frames.take()
    others = [frame for frame in drawn if not is_in(halts, frame.begun_s, frame.begun_s + frame.took_ms / 1e3)]
    yield Row("index, while panning", index_ms, "ms")
    gate = GATE["frame while indexing"]
    for what, some, judged in (("", drawn, gate), (", machine not halted", others, None)):
        took_ms, cpu_ms = max(on_clock(some), default=0.0), max(of_processor(some), default=0.0)
        yield Row(f"longest of {len(some)} frames while indexing{what}", took_ms, "ms", judged, cpu_ms)
    for frame in drawn:
        if frame.took_ms > gate:
            print(f"    at {(frame.begun_s - begun) * 1e3:.0f} ms a frame of {frame}")


def zoom(timeline: Timeline, frames: Frames) -> None:
    timeline.view.show_all()
    at_ns = timeline.data.spans.first_ns + int((timeline.data.spans.last_ns - timeline.data.spans.first_ns) * 0.377)
    for factor in (0.9, 1 / 0.9):
        for _ in range(190):
            timeline.view.zoom(factor, at_ns)
            frames.paint()


def pan(timeline: Timeline, frames: Frames) -> None:
    first_ns, last_ns = timeline.data.spans.first_ns, timeline.data.spans.last_ns
    for share in (1.5, 16, 100, 200, 400, 2_000, 60_000, 10**7):
        length_ns = int((last_ns - first_ns) / share)
        timeline.view.show(first_ns + (last_ns - first_ns) // 5, first_ns + (last_ns - first_ns) // 5 + length_ns)
        for _ in range(40):
            timeline.view.pan(max(length_ns // 37, 1))
            frames.paint()


class Paints(QObject):
    """Notes when a widget is painted, on the clock and on the processor's."""

    def __init__(self, watched: QObject) -> None:
        super().__init__(watched)
        self.at_ms: list[float] = []
        self.cpu_ms: list[float] = []
        watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.at_ms.append(time.perf_counter() * 1e3)
            self.cpu_ms.append(time.thread_time() * 1e3)
        return False


class Heart(QObject):
    """Beats as often as the event loop lets it; the longest pause is how long the window did not answer."""

    def __init__(self) -> None:
        super().__init__()
        self.longest_ms = self.longest_cpu_ms = 0.0
        self._last, self._worked = time.perf_counter(), time.thread_time()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._beat)
        self._timer.start(2)

    def _beat(self) -> None:
        now, worked = time.perf_counter(), time.thread_time()
        self.longest_ms = max(self.longest_ms, (now - self._last) * 1e3)
        self.longest_cpu_ms = max(self.longest_cpu_ms, (worked - self._worked) * 1e3)
        self._last, self._worked = now, worked


def market(folder: Path) -> Path:
    """A recorded market of twelve homes and forty ticks."""
    path = folder / "market.reel"
    recorder = [sys.executable, "-m", "ipcreel", "record", "-q", "-o", str(path), "--"]
    run = ["-m", "energymarket", "run", "--homes", "12", "--ticks", "40", "--tick-seconds", "0", "--output", "quiet"]
    subprocess.run([*recorder, sys.executable, *run], check=True)
    return path


def measure_market(app: QApplication, path: Path) -> Iterator[Row]:
    window = Window()
    window.resize(WIDTH_PX, HEIGHT_PX)
    window.show()
    heart = Heart()
    window.open(path)
    while window.session is None or not window.session.answers.is_whole:
        app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents | QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    session = window.session
    print(f"a market of {len(session.reel or ()):,} events, {len(window.docks)} panels, {WIDTH_PX}×{HEIGHT_PX}")
    yield Row("longest pause while opening", heart.longest_ms, "ms", GATE["opening"], heart.longest_cpu_ms)
    window.show_panels(tuple(window.docks))
    session.toggle_curves()
    session.go_to(int(session.data.tick_ns[5]))
    session.view.show_around(*session.data.tick_ns[[5, 7]].tolist())
    session.playback.set_speed(float(np.diff(session.data.tick_ns).mean()) / 1e9)
    paints = Paints(window.timeline)
    session.playback.play()
    waited = QEventLoop()
    QTimer.singleShot(PLAYED_S * 1000, waited.quit)
    waited.exec()
    between, cpu = np.diff(paints.at_ms), np.diff(paints.cpu_ms)
    yield Row("playback, frames a second", len(between) / PLAYED_S, "", at_least=60)
    for what, share in (("median", 50), ("p95", 95)):
        cpu_ms = float(np.percentile(cpu, share))
        yield Row(f"playback frame {what}, processor", cpu_ms, "ms", GATE[f"playback frame {what}"])
        yield Row(f"playback frame {what}", float(np.percentile(between, share)), "ms")
    window.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--spans", type=int, nargs="*", default=[1_000_000, 10_000_000])
    parser.add_argument("--lanes", type=int, nargs="*", default=[64, 1000])
    parser.add_argument("--no-market", action="store_true", help="leave out the market that plays")
    parser.add_argument("--gate", action="store_true", help="end with 1 where a gate is missed")
    chosen = parser.parse_args()
    app = QApplication([])
    keep_modules()  # as the application does
    collect_between_events()
    missed = 0
    for count in chosen.spans:
        for lanes in chosen.lanes:
            print(f"{count:,} spans over {lanes} lanes, {WIDTH_PX}×{HEIGHT_PX}, load average {os.getloadavg()[0]:.1f}")
            for row in measure(count, lanes):
                print(row.line(), flush=True)
                missed += row.is_missed
    if not chosen.no_market:
        with tempfile.TemporaryDirectory() as folder:
            for row in measure_market(app, market(Path(folder))):
                print(row.line(), flush=True)
                missed += row.is_missed
    app.quit()
    sys.exit(1 if chosen.gate and missed else 0)


if __name__ == "__main__":
    main()
