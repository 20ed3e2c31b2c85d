"""Opening a reel in a window: what it shows before, meanwhile, and where that fails."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from reelview.live_view import LiveView
from reelview.loading import Loading, Opened
from reelview.message import Message
from reelview.session import Session
from reelview.timeline.keys import hint

if TYPE_CHECKING:
    from reelview.window import Window

_EMPTY = (
    "Drop a reel here, or open one with Ctrl+O.\n\n"
    "A reel is a recorded run of a program. This makes one:\n"
    "ipcreel record -o mine.reel -- python my_program.py\n"
    "ipcreel view --live -- python my_program.py shows a program while it runs."
)
_MOST_RECENT = 5


class Opener(QObject):
    """Reads a reel beside the user interface, or follows a recording, and gives it to the window."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self._loading: Loading | None = None
        self._live: LiveView | None = None
        self._compare: Path | None = None
        self._message: Message | None = None

    def open(self, path: Path, compare: Path | None = None) -> None:
        """Opens a reel in a thread of its own, and then the one it is compared with."""
        self.stop()
        self._loading = Loading(path)
        self._loading.progressed.connect(self._on_progressed)
        self._loading.opened.connect(self._on_opened)
        self._loading.failed.connect(self._on_failed)
        self._compare = compare
        self._show_progress(f"Opening {path.name} …")
        self._loading.start()

    def follow(self, path: Path) -> None:
        """Shows a recording in progress: the reel to be, or the directory of its tapes."""
        self.stop()
        self._show_progress(f"Waiting for the first events of {path.name} …")
        self._live = LiveView(self._window, path)
        self._live.start()

    @property
    def is_live(self) -> bool:
        """Whether a recording in progress is shown."""
        return self._live is not None

    def end_live(self) -> None:
        """The recording has ended."""
        if self._live:
            self._live.stop()
            self._live = None

    def ask(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self._window, "Open a reel", "", "Reels (*.reel);;All files (*)")
        if name:
            self.open(Path(name))

    def cancel(self) -> None:
        self.stop()
        self.show_empty()

    def stop(self) -> None:
        """Wants nothing any more of what is being read, and does not wait for the step that it is in."""
        self.end_live()
        if self._loading:
            self._loading.leave()
            self._loading = None

    def show_empty(self) -> None:
        """Nothing is open: says what to do."""
        self._window.close_session()
        self._window.setWindowTitle("ipcreel")
        remembered = self._window.remembered
        recent = remembered.recent[:_MOST_RECENT] if remembered else []
        names = [path.name for path in recent]
        again = [
            (
                each if names.count(each) == 1 else f"{path.parent.name}/{each}",
                f"Opens {path} again",
                partial(self.open, path),
            )
            for path, each in zip(recent, names, strict=True)
        ]
        helps = (f"Help ({hint('help')})", "What the window can answer, and every key", self._help)
        self._show(Message(_EMPTY, [self._ask_deed(), *again, helps]))

    def show_trouble(self, text: str) -> None:
        """Says in the window what went wrong."""
        self._window.close_session()
        self._window.is_in_trouble = True
        self._window.setWindowTitle("ipcreel")
        self._show(Message(text, [self._ask_deed()]))

    def _ask_deed(self) -> tuple[str, str, Callable[[], object]]:
        return "Open a reel…", "Opens a recorded run", self.ask

    def _help(self) -> None:
        self._window.trigger("help")

    def _show_progress(self, text: str) -> None:
        self._window.close_session()
        self._show(Message(text, [("Cancel", "Opens nothing", self.cancel)], busy=True))

    def _show(self, message: Message) -> None:
        self._message = message
        self._window.setCentralWidget(message)
        message.buttons[0].setFocus()

    # A thread that was left may have told something that was under way then: nobody asks for it any more.

    def _on_progressed(self, text: str) -> None:
        if self._loading is not None and self._message is not None and self.sender() is self._loading:
            self._message.say(f"Opening {self._loading.path.name}: {text} …")

    def _on_failed(self, text: str) -> None:
        if self._loading is not None and self.sender() is self._loading:
            self.stop()
            self.show_trouble(text)

    def _on_opened(self, opened: Opened) -> None:
        if self._loading is None or self.sender() is not self._loading:
            return
        self.stop()
        path = opened.reel.path
        self._window.show_session(Session.of_opened(opened), path.name)
        if self._window.remembered:
            self._window.remembered.add_recent(path)
        if self._compare is not None:
            self._window.comparing.open(self._compare)
