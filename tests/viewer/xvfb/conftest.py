"""A real X server, a real window, and a hand that presses real keys and buttons."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.viewer.conftest import record

SCREEN_PX = (1700, 1000)
WIDTH_PX, HEIGHT_PX = 1280, 720

# tools/setup installs both, or says what to install; without them there is no window to test.
collect_ignore_glob = [] if shutil.which("Xvfb") and shutil.which("xdotool") else ["test_*.py"]


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    """A virtual screen, under a number that the server finds free."""
    reading, writing = os.pipe()
    size = f"{SCREEN_PX[0]}x{SCREEN_PX[1]}x24"
    words = ["Xvfb", "-displayfd", str(writing), "-screen", "0", size, "-nolisten", "tcp"]
    with subprocess.Popen(words, pass_fds=[writing], stderr=subprocess.DEVNULL) as server:
        os.close(writing)
        with os.fdopen(reading) as told:
            number = told.readline().strip()
        yield f":{number}"
        server.terminate()


class Driven:
    """A viewer on the screen, and the hand that drives it."""

    def __init__(self, display: str, reel: Path, settings: Path) -> None:
        self.environment = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "TERMINAL": "none"}
        words = [sys.executable, str(Path(__file__).with_name("driven.py")), str(reel), str(settings)]
        self.process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=self.environment
        )
        self.wait_for("window.session is not None and window.session.answers.is_whole", 120)
        self.hand(f"windowmove {self.number} 0 0 windowsize {self.number} {WIDTH_PX} {HEIGHT_PX}")
        self.wait_for(f"window.width() == {WIDTH_PX} and window.height() == {HEIGHT_PX}")
        self.focus()

    @property
    def number(self) -> int:
        return int(self.ask("int(window.winId())"))

    def ask(self, expression: str) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(expression + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def wait_for(self, condition: str, timeout_s: float = 30) -> None:
        self.wait_until(lambda: self.ask(condition) is True, condition, timeout_s)

    def wait_until(self, is_so: Callable[[], bool], what: str, timeout_s: float = 30) -> None:
        deadline = time.monotonic() + timeout_s
        while not is_so():
            assert time.monotonic() < deadline, f"{what}; Qt said {self.ask('warnings')}"
            time.sleep(0.01)

    def hand(self, words: str) -> None:
        """Does what xdotool is told."""
        subprocess.run(["xdotool", *words.split()], env=self.environment, check=True, timeout=30)

    def focus(self) -> None:
        self.hand(f"windowfocus {self.number}")
        self.ask("do window.timeline.setFocus()")
        self.wait_for("window.timeline.hasFocus()")

    def place(self, widget: str, x_px: float, y_px: float) -> str:
        """Where a point of a widget is on the screen, as xdotool takes it."""
        x, y = self.ask(f"(lambda at: [at.x(), at.y()])({widget}.mapToGlobal({widget}.rect().topLeft()))")
        return f"{round(x + x_px)} {round(y + y_px)}"

    def reset(self) -> None:
        """As it was at first: the whole run, nothing selected, the cursor in the middle."""
        self.ask(
            "do s = window.session; s.playback.pause(); s.playback.set_speed(1); s.selection.clear(); "
            "s.highlight.highlight(None); s.order.show(); s.order.grow(-9); s.order.grow(5); "
            "[s.order.pin(lane) for lane in s.order.pinned]; "
            "s.marks.set_all(()); s.layers.show_path(None); s.view.show_all(); window.timeline.set_arrows(True); "
            "s.cursor.move_to(int(s.data.tick_ns[3]) + 1); [w.close() for w in window.findChildren(Chooser)]; "
            "[dock.hide() for name, dock in window.docks.items() if name == 'help']; "
            "window.timeline.set_current_line(None); window.show_panel('search'); window.show_panel('pricing')"
        )
        self.focus()

    def close(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        said = self.ask("warnings")
        self.process.stdin.close()
        assert self.process.wait(60) == 0
        self.process.stdout.close()
        assert said == []


@pytest.fixture(scope="session")
def reel(tmp_path_factory) -> Path:
    run = ("-m", "energymarket", "run", "--homes", "3", "--ticks", "6", "--tick-seconds", "0", "--seed", "7")
    return record(tmp_path_factory.mktemp("shown"), "shown", sys.executable, *run, "--output", "quiet").path


@pytest.fixture(scope="module")
def shown(display, reel, tmp_path_factory) -> Iterator[Driven]:
    made = Driven(display, reel, tmp_path_factory.mktemp("settings") / "settings.ini")
    yield made
    made.close()


@pytest.fixture
def driven(shown) -> Driven:
    shown.reset()
    return shown
