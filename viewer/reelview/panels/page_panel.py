"""A panel that is a page of text with links."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QTimer, QUrl
from PySide6.QtGui import QKeyEvent, QPaintEvent, QPalette, QTextOption
from PySide6.QtWidgets import QTextBrowser, QWidget

from reelview.raster.palette import DARK, LIGHT
from reelview.session import Session
from reelview.timeline.keys import action_of

_LEAST_MS = 60
_APART_S = 0.02
_SHARE = 10
"""A page that takes long to write is written less often: at most a tenth of the time goes into it."""


class PagePanel(QTextBrowser):
    """Shows what a function says of the session; asked to be written anew, it is so once however often it was asked.

    Args:
        session: None for a page that says nothing of a reel.
        write: what to show, as HTML.
        others: links that are not the session's: their kind, and what to do with the rest.
    """

    _next_s = 0.0
    """When the next page may be written: of all panels."""

    def __init__(
        self,
        session: Session | None,
        write: Callable[[], str],
        *,
        name: str,
        others: dict[str, Callable[[str], None]] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._write = write
        self._others = others or {}
        self._shown = ""
        self._is_old = False
        self._pause_ms = _LEAST_MS
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_time)
        self.setAccessibleName(name)
        self.setOpenLinks(False)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.anchorClicked.connect(self._on_link)
        if session is not None:
            session.selection.event_changed.connect(self.refresh)
        self._style()
        self.rewrite()

    def refresh(self) -> None:
        """Writes the page anew, soon; where nobody sees it, as behind another tab, when somebody does."""
        self._is_old = True
        if not self.visibleRegion().isEmpty() and not self._timer.isActive():
            self._timer.start(self._pause_ms)

    def _on_time(self) -> None:
        """One page a frame: two that are written one after the other would be seen as a halt of what plays."""
        now_s = time.perf_counter()
        if now_s < PagePanel._next_s:
            self._timer.start(int((PagePanel._next_s - now_s) * 1000) + 1)
            return
        self.rewrite()
        PagePanel._next_s = time.perf_counter() + _APART_S

    def rewrite(self) -> None:
        began = time.thread_time()
        self._is_old = False
        html = self._with_selection(self._write())
        if html != self._shown:
            self._put(html)
        spent_ms = (time.thread_time() - began) * 1000
        self._pause_ms = max(_LEAST_MS, int(spent_ms * _SHARE))

    def _with_selection(self, html: str) -> str:
        """What leads to the selected event stands out in every panel."""
        event = None if self._session is None else self._session.selection.selected_event
        target = f'href="event:{event}"'
        return html.replace(target, f'class="chosen" {target}')

    def _put(self, html: str) -> None:
        """Shows another page at the place where the last one was read."""
        self._shown = html
        bar = self.verticalScrollBar()
        at = bar.value()
        self.setHtml(html)
        bar.setValue(at)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._is_old and not self._timer.isActive():
            self._timer.start(self._pause_ms)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Back, forward, play and steps are the window's, wherever a link was clicked last."""
        name = action_of(event) or ""
        if name in ("back", "forward", "play") or name.startswith("step_"):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QEvent) -> None:
        super().showEvent(event)  # type: ignore[arg-type]
        self.rewrite()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._style()
            self._shown = ""
            self.refresh()

    def _style(self) -> None:
        theme = DARK if self.palette().color(QPalette.ColorRole.Window).lightness() < 128 else LIGHT
        link, chosen = (0x7FB2FF, 0x34445C) if theme is DARK else (0x0B57D0, 0xCFE0FA)
        self.document().setDefaultStyleSheet(
            f"a {{ color: #{link:06x}; text-decoration: none; }} "
            f".chosen {{ background-color: #{chosen:06x}; }} .faint {{ color: #{theme.faint_text:06x}; }} "
            f".bad {{ color: #{theme.urgent:06x}; font-weight: bold; }} h4 {{ margin: 9px 0 2px 0; }} "
            "pre { font-family: monospace; }"
        )

    def _on_link(self, url: QUrl) -> None:
        target = url.toString()
        kind, _, rest = target.partition(":")
        if kind in self._others:
            self._others[kind](rest)
        elif self._session is not None:
            self._session.follow(target)
