"""Panels of a window, and what they say."""

from __future__ import annotations

from reelview.panels.page_panel import PagePanel
from reelview.window import Window


def page_of(window: Window, name: str) -> PagePanel:
    widget = window.docks[name].widget()
    return widget if isinstance(widget, PagePanel) else widget.findChild(PagePanel)


def show(window: Window, name: str) -> str:
    window.show_panel(name)
    page = page_of(window, name)
    window.session.answers.finish()
    page.rewrite()
    return page.toPlainText()
