"""The selected event."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ipcreel.analysis.order import cone
from ipcreel.reel import Reel
from reelview.panels.inspect_page import InspectPage, replay_command
from reelview.panels.page_panel import PagePanel
from reelview.session import Session
from reelview.terminal import open_terminal
from reelview.timeline.keys import hint


class Inspector(QWidget):
    """All that is known of the selected event, and the command that replays up to it."""

    def __init__(self, session: Session, reel: Reel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._reel = reel
        text = InspectPage(reel, session.data.waited_ns, session.states, session.usage)
        self.page = PagePanel(
            session,
            lambda: text.write(session.selection.selected_event),
            name="Inspector",
            others={
                "past": lambda rest: self.show_side(int(rest), False),
                "future": lambda rest: self.show_side(int(rest), True),
            },
        )
        self.copy = QPushButton("Copy the replay command")
        self.copy.setToolTip("The command that runs this process again, up to this event")
        self.copy.clicked.connect(self.copy_command)
        self.replay = QPushButton("Replay here")
        self.replay.setToolTip(
            f"Runs this process again in a terminal, up to this event, in the debugger ({hint('replay')})"
        )
        self.replay.clicked.connect(self.replay_here)
        self._said = QLabel()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.page, 1)
        row = QHBoxLayout()
        row.setContentsMargins(6, 0, 6, 4)
        row.addWidget(self.replay)
        row.addWidget(self.copy)
        row.addWidget(self._said, 1)
        layout.addLayout(row)
        session.selection.event_changed.connect(self._on_event_changed)
        self._on_event_changed()

    def copy_command(self) -> None:
        event = self._session.selection.selected_event
        if event is not None:
            command = replay_command(self._reel, event)
            QGuiApplication.clipboard().setText(command)
            self._said.setText("copied")
            self._said.setToolTip(command)

    def replay_here(self) -> None:
        """Opens a terminal that stands in the debugger at the event; where there is none, copies what it would run."""
        event = self._session.selection.selected_event
        if event is None:
            return
        command = f"{replay_command(self._reel, event)} --pdb"
        if not self._reel.path.exists():
            self._said.setText("possible once the program has ended")
        elif open_terminal(command):
            self._said.setText("in a terminal")
        else:
            QGuiApplication.clipboard().setText(command)
            self._said.setText("no terminal: copied")
        self._said.setToolTip(command)

    def show_side(self, event: int, after: bool) -> None:
        """Lets stand out what happened before the event, or after it."""
        rows = np.append(cone(self._reel.order, event, after=after), event)
        self._session.highlight.highlight(rows, f"{'future' if after else 'past'} of event {event}")

    def _on_event_changed(self) -> None:
        for button in (self.copy, self.replay):
            button.setEnabled(self._session.selection.selected_event is not None)
        self._said.clear()
        self.page.refresh()
