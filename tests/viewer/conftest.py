"""The viewer is tested without a display."""

import gc
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ipcreel.reel import Reel, open_reel

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(scope="session", autouse=True)
def garbage_between_events(qapp):
    """As the application does: elsewhere it may wait for ever, or end the process."""
    from reelview.beside import collect_between_events

    collect_between_events()


@pytest.fixture(autouse=True)
def no_garbage_is_left(garbage_between_events):
    """Most tests run no events."""
    yield
    gc.collect(1)


def record(folder: Path, name: str, *command: str, options: tuple[str, ...] = ()) -> Reel:
    """Records a command, and opens its reel. It must end well, unless it is ended from outside."""
    path = folder / f"{name}.reel"
    recorder = [sys.executable, "-m", "ipcreel", "record", *options, "-o", str(path), "--", *command]
    done = subprocess.run(recorder, cwd=folder, check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0 or options, done.stderr
    return open_reel(path)


@pytest.fixture(scope="session")
def market(tmp_path_factory) -> Reel:
    """A market of four homes and eight ticks, in which fuel runs short in the first."""
    run = ("-m", "energymarket", "run", "--homes", "4", "--ticks", "8", "--tick-seconds", "0", "--seed", "7")
    return record(tmp_path_factory.mktemp("market"), "market", sys.executable, *run, "--output", "quiet")


DEADLOCK = """
import threading
books, journal, both = threading.Lock(), threading.Lock(), threading.Barrier(2)
def trade(first, second):
    with first:
        both.wait()
        with second:
            pass
for name, locks in (("sale", (books, journal)), ("purchase", (journal, books))):
    threading.Thread(target=trade, args=locks, name=name).start()
"""


@pytest.fixture(scope="session")
def deadlocked(tmp_path_factory) -> Reel:
    """Two threads that take two locks in opposite orders, ended once they hang."""
    return record(
        tmp_path_factory.mktemp("deadlocked"), "deadlocked", sys.executable, "-c", DEADLOCK, options=("--duration", "4")
    )


MEETING = """
import multiprocessing
def work(number, barrier, lock, results):
    for turn in range(5):
        barrier.wait()
        with lock:
            results.put((number, turn))
            print(f"worker {number} did turn {turn}", flush=True)
if __name__ == "__main__":
    fork = multiprocessing.get_context("fork")
    shared = fork.Barrier(3), fork.Lock(), fork.SimpleQueue()
    workers = [fork.Process(target=work, args=(n, *shared), name=f"worker-{n}") for n in range(3)]
    for worker in workers:
        worker.start()
    for _ in range(15):
        shared[2].get()
    for worker in workers:
        worker.join()
"""


@pytest.fixture(scope="session")
def meeting(tmp_path_factory) -> Reel:
    """Three workers that meet at a barrier five times, take a lock, put a result into a queue and print a line."""
    folder = tmp_path_factory.mktemp("meeting")
    (folder / "meeting.py").write_text(MEETING)
    return record(folder, "meeting", sys.executable, "meeting.py")


@pytest.fixture(scope="session")
def changed_meeting(tmp_path_factory) -> Reel:
    """The same, but for one result more: that of worker 1 in its fourth turn."""
    folder = tmp_path_factory.mktemp("changed")
    once = "results.put((number, turn))"
    more = f"{once}\n            if (number, turn) == (1, 3):\n                results.put('one more')"
    (folder / "meeting.py").write_text(MEETING.replace(once, more))
    return record(folder, "changed", sys.executable, "meeting.py")


@pytest.fixture
def opened(qtbot):
    """Opens a window on a reel, to be closed after the test."""
    from reelview.session import Session
    from reelview.window import Window

    windows = []

    def open_(reel: Reel) -> Window:
        window = Window()
        windows.append(window)
        qtbot.addWidget(window)
        window.show_session(Session.of_reel(reel), reel.path.name)
        window.resize(1280, 720)
        window.show()
        return window

    yield open_
    for window in windows:
        window.close()


@pytest.fixture(scope="session")
def reel_without_market(tmp_path_factory) -> Reel:
    """A program with a shared array as long as a price board."""
    program = "import multiprocessing; multiprocessing.Array('d', [1.0] * 16)[0] = 2.0"
    return record(tmp_path_factory.mktemp("other"), "other", sys.executable, "-c", program)


@pytest.fixture
def remembered(tmp_path):
    """What a window remembers, of no person."""
    from PySide6.QtCore import QSettings

    from reelview.settings import Remembered

    return Remembered(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))


@pytest.fixture
def window(market, opened):
    """A window on the market."""
    return opened(market)
