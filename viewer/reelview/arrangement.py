"""Where panels stand in the window, and how much room they have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication, QDockWidget, QTabBar

from reelview.docks import PanelDock
from reelview.panels.page_panel import PagePanel

if TYPE_CHECKING:
    from reelview.window import Window

_RIGHT = Qt.DockWidgetArea.RightDockWidgetArea
_WIDE, _HIGH = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
_DOCK_PX, _DOCK_SHARE, _DOCK_USUAL = 472, 0.42, 0.26
"""Panels are so wide at first; no more than a share of the window, and the usual share of a large one."""
_TAB_FONT_PX = 11
"""The timeline's: in it the tabs of all panels have room beside each other, those of a second reel too."""

_HEIGHTS = {"top": 58, "bottom": 42}
"""How the places share the height at first."""


def narrow_tabs() -> None:
    """Qt makes the bars of tabs itself, and anew as panels move: they take their font from the application."""
    font = QFont(QApplication.font())
    font.setPixelSize(_TAB_FONT_PX)
    QApplication.setFont(font, "QTabBar")  # type: ignore[arg-type]  # PySide takes a text there


def arrange(window: Window) -> None:
    """Puts all panels where they stand at first: those of a place behind one another, the first of each in front."""
    first: dict[str, PanelDock] = {}
    for made in window.docks.values():
        made.setFloating(False)
        window.removeDockWidget(made)
    for made in window.docks.values():
        window.addDockWidget(_RIGHT, made)
        made.show()
        if made.place in first:
            window.tabifyDockWidget(first[made.place], made)
        first.setdefault(made.place, made)
    for made in first.values():
        made.raise_()
    _share_room(window, list(first.values()))


def show_alone(window: Window, names: tuple[str, ...]) -> None:
    """Shows some panels alone, one above another."""
    chosen = [window.docks[name] for name in names]
    for made in window.docks.values():
        window.removeDockWidget(made)
    for bar in window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly):
        bar.hide()  # Qt leaves the tabs of docks that were taken away where they stood
    for made in chosen:
        window.addDockWidget(_RIGHT, made)
        made.show()
    window.resizeDocks(chosen, [_usual_px(window)] * len(chosen), _WIDE)


def share_height(window: Window, names: tuple[str, ...]) -> None:
    """Gives panels that stand one above another the height that what stands in them takes, as far as there is room."""
    chosen = [window.docks[name] for name in names]
    room_px = sum(made.height() for made in chosen)
    window.resizeDocks(chosen, shares([_wanted_px(made) for made in chosen], room_px), _HIGH)


def shares(wanted: list[int], room: int) -> list[int]:
    """What each gets of a room: what it wants, or else as much as the others that want more than there is."""
    given = [0] * len(wanted)
    by_want = sorted(range(len(wanted)), key=wanted.__getitem__)
    for place, number in enumerate(by_want):
        given[number] = min(wanted[number], room // (len(wanted) - place))
        room -= given[number]
    return given


def _wanted_px(made: PanelDock) -> int:
    pages = [page for page in made.findChildren(PagePanel) if page.isVisible()]
    around_px = made.height() - sum(page.viewport().height() for page in pages)
    return around_px + sum(round(page.document().size().height()) for page in pages)


def add(window: Window, made: PanelDock) -> None:
    """Puts a panel behind the first that is seen in its place; where there is none, at the right."""
    window.addDockWidget(_RIGHT, made)
    peers = [each for each in window.docks.values() if each is not made and each.place == made.place]
    beside = next((each for each in peers if not each.isHidden() and not each.isFloating()), None)
    if beside is not None:
        window.tabifyDockWidget(beside, made)
    else:
        window.resizeDocks([made], [_usual_px(window)], _WIDE)


def restore(window: Window) -> None:
    """Puts the panels where they were in the last window; those that it did not have, to others in their place."""
    known = window.remembered.restore_layout(window) if window.remembered is not None else None
    for name, made in window.docks.items():
        if known is not None and name not in known:
            window.removeDockWidget(made)
            add(window, made)
            made.show()


def limit(window: Window, was_px: int) -> None:
    """Panels take no more than their share of a window that has become small."""
    most_px = round(window.width() * _DOCK_SHARE)
    wide = [made for made in window.docks.values() if made.isVisible() and made.width() > max(most_px, _DOCK_PX // 2)]
    if wide and window.width() < was_px:
        window.resizeDocks(wide, [most_px] * len(wide), _WIDE)


def _share_room(window: Window, first: list[PanelDock]) -> None:
    docks: list[QDockWidget] = [*first]
    window.resizeDocks(docks, [window.height() * _HEIGHTS[made.place] // 100 for made in first], _HIGH)
    window.resizeDocks(docks, [_usual_px(window)] * len(docks), _WIDE)


def _usual_px(window: Window) -> int:
    return max(_DOCK_PX, round(window.width() * _DOCK_USUAL))
