"""What the line at the bottom of the window says of the run as a whole."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QLabel, QStatusBar

from reelview.session import FINDINGS, RUN, Session


class BottomLine:
    """What is not here of the run, and what is wrong with it, each leading to its panel; and how far its index is."""

    def __init__(self, bar: QStatusBar, show_panel: Callable[[str], None]) -> None:
        self.missing, self.found, self._index = QLabel(), QLabel(), QLabel()
        for label in (self.missing, self.found, self._index):
            label.linkActivated.connect(show_panel)
            bar.addPermanentWidget(label)

    def clear(self) -> None:
        self.missing.clear()
        self.found.clear()

    def tell(self, session: Session, name: str, *, is_live: bool) -> None:
        """Says what has become known of a run."""
        if name == RUN:
            self._tell_missing(session)
        if name == FINDINGS:
            self._tell_findings(session, is_live=is_live)

    def show_index(self, done: float) -> None:
        self._index.setText("" if done >= 1 else f"index {done:.0%}")

    def _tell_missing(self, session: Session) -> None:
        count = session.facts.missing if session.facts else 0
        self.missing.setText(f'<a href="run">⚠ not all of this run is here ({count})</a>' if count else "")
        self.missing.setToolTip("\n".join((*session.facts.damage, *session.facts.lost)) if session.facts else "")

    def _tell_findings(self, session: Session, *, is_live: bool) -> None:
        """While a run goes on some things are only not done yet, and found to be wrong."""
        codes = () if is_live else session.findings
        words = f"{len(codes)} finding{'s' * (len(codes) != 1)}"
        self.found.setText(f'<a href="findings">⚠ {words}</a>' if codes else "")
        self.found.setToolTip(", ".join(sorted(set(codes))))
