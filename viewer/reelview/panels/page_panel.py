"""A panel that is a page of text with links."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, QTimer, QUrl
from PySide6.QtGui import QKeyEvent, QPaintEvent, QPalette, QTextCursor, QTextOption
from PySide6.QtWidgets import QTextBrowser, QWidget

from reelview import page
from reelview.panels.sections import Sections
from reelview.raster.palette import DARK, LIGHT
from reelview.session import Session
from reelview.timeline.keys import action_of

_LEAST_MS = 60
_APART_S = 0.02
_SHARE = 10
"""A page that takes long to write is written less often: at most a tenth of the time goes into it."""


class PagePanel(QTextBrowser):
    """Shows what a function says of the session; asked to be written anew, it is so once however often it was asked.

    While a run plays a page is written in one frame and each of its sections that changed is shown in another, so that
    none waits for it. Otherwise it is shown at once, as when the run pauses.

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
        self._sections = Sections(self.document())
        self._is_old = False
        self._spent_ms = 0.0
        self._pause_ms = _LEAST_MS
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_time)
        self.setAccessibleName(name)
        self.setOpenLinks(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)  # lines of source alone are cut
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.anchorClicked.connect(self._on_link)
        if session is not None:
            session.selection.event_changed.connect(self.refresh)
            session.playback.playing_changed.connect(self._on_playing_changed)
        self._style()
        self.rewrite()

    @property
    def html(self) -> str:
        """What is shown now."""
        return self._sections.html

    @property
    def is_current(self) -> bool:
        """Whether it shows what is so now, and not what was so a moment ago."""
        return not self._is_old and self._sections.is_shown

    def refresh(self) -> None:
        """Writes the page anew, soon; where nobody sees it, as behind another tab, when somebody does."""
        self._is_old = True
        if not self.visibleRegion().isEmpty() and not self._timer.isActive():
            self._timer.start(self._pause_ms)

    @property
    def is_old(self) -> bool:
        """Whether it is to be written anew, and has not been yet."""
        return self._is_old

    def _on_time(self) -> None:
        """One page or section a frame: two, one after the other, would be seen as a halt of what plays."""
        now_s = time.perf_counter()
        if now_s < PagePanel._next_s:
            self._timer.start(int((PagePanel._next_s - now_s) * 1000) + 1)
            return
        if self._session is not None and self._session.playback.is_playing:
            self._rewrite_bit_by_bit()
        else:
            self.rewrite()
        PagePanel._next_s = time.perf_counter() + _APART_S

    def _rewrite_bit_by_bit(self) -> None:
        """Writes the page, or shows the next section of what was written."""
        began = time.thread_time()
        if self._sections.is_shown:
            self._spent_ms = 0.0
            self._is_old = False
            self._sections.want(self._written())
        else:
            self._put(self._sections.put_next)
        self._count(began)
        if not self._sections.is_shown:
            self._timer.start(0)
        elif self._is_old:
            self._timer.start(self._pause_ms)

    def rewrite(self) -> None:
        began = time.thread_time()
        self._spent_ms = 0.0
        self._is_old = False
        self._sections.want(self._written())
        self._put(self._sections.put_all)
        self._count(began)

    def _count(self, began: float) -> None:
        self._spent_ms += (time.thread_time() - began) * 1000
        self._pause_ms = max(_LEAST_MS, int(self._spent_ms * _SHARE))

    def _written(self) -> str:
        """The page; what leads to the selected event stands out in every panel.

        A damaged reel or a lens may fail anywhere: the panel says so, and the next moment may be written again.
        """
        try:
            html = self._write()
        except Exception as error:
            html = page.bad(f"This cannot be shown: {type(error).__name__}: {error}")
        event = None if self._session is None else self._session.selection.selected_event
        target = f'href="event:{event}"'
        return html.replace(target, f'class="chosen" {target}')

    def _put(self, sections: Callable[[], None]) -> None:
        """Shows sections, and the page at the place where it was read; what was chosen there, where it still stands."""
        bar, cursor = self.verticalScrollBar(), self.textCursor()
        at, ends, chosen = bar.value(), (cursor.anchor(), cursor.position()), cursor.selectedText()
        sections()
        self._set_cursor(*ends)  # else it goes to the end with what is inserted, and Qt scrolls there
        if self.textCursor().selectedText() != chosen:
            self._set_cursor(min(ends), min(ends))
        bar.setValue(at)

    def _set_cursor(self, *ends: int) -> None:
        """Puts the page's own cursor, which marks the link that has the keys, where it was."""
        last = max(self.document().characterCount() - 1, 0)
        cursor = self.textCursor()
        for end, mode in zip(ends, (QTextCursor.MoveMode.MoveAnchor, QTextCursor.MoveMode.KeepAnchor), strict=True):
            cursor.setPosition(min(end, last), mode)
        self.setTextCursor(cursor)

    def _on_playing_changed(self) -> None:
        if self._is_old or not self._sections.is_shown:
            self._is_old = True
            if not self.visibleRegion().isEmpty():
                self._timer.start(0)

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
            self._put(self._style)

    def _style(self) -> None:
        theme = DARK if self.palette().color(QPalette.ColorRole.Window).lightness() < 128 else LIGHT
        self._sections.style(
            f"a {{ color: #{theme.link:06x}; text-decoration: none; }} "
            f".chosen {{ background-color: #{theme.chosen:06x}; }} .faint {{ color: #{theme.faint_text:06x}; }} "
            f".bad {{ color: #{theme.bad:06x}; font-weight: bold; }} h4 {{ margin: 9px 0 2px 0; }} "
            ".rows { margin-bottom: 6px; } pre { font-family: monospace; }"
        )

    def _on_link(self, url: QUrl) -> None:
        target = url.toString()
        kind, _, rest = target.partition(":")
        if kind in self._others:
            self._others[kind](rest)
        elif self._session is not None:
            self._session.follow(target)
