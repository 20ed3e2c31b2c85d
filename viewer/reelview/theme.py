"""Light or dark, as the system is or as a person wants it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from reelview.raster.palette import DARK, LIGHT, Theme, mix

_DISABLED = 0.35
_SYSTEM_STYLE = "system style"


def use_theme(name: str) -> None:
    """Light, dark, or with an empty name what the system has.

    Where there is no desktop Qt knows light alone, so the palettes of light and dark are ours.
    """
    app = QApplication.instance()
    assert isinstance(app, QApplication), "there are widgets"
    if not app.property(_SYSTEM_STYLE):
        app.setProperty(_SYSTEM_STYLE, app.style().objectName())
    schemes = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
    app.styleHints().setColorScheme(schemes.get(name, Qt.ColorScheme.Unknown))
    app.setStyle("Fusion" if name else app.property(_SYSTEM_STYLE))
    app.setPalette(_palette(DARK if name == "dark" else LIGHT) if name else QPalette())


def _palette(theme: Theme) -> QPalette:
    palette = QPalette(QColor(theme.header), QColor(theme.background))
    roles = QPalette.ColorRole
    for role, colour in (
        (roles.Base, theme.lane),
        (roles.AlternateBase, theme.header),
        (roles.Text, theme.text),
        (roles.WindowText, theme.text),
        (roles.ButtonText, theme.text),
        (roles.PlaceholderText, theme.faint_text),
        (roles.Link, theme.link),
        (roles.LinkVisited, theme.link),
        (roles.ToolTipBase, theme.header),
        (roles.ToolTipText, theme.text),
    ):
        palette.setColor(role, QColor(colour))
    for role in (roles.ButtonText, roles.WindowText, roles.Text):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(mix(theme.text, theme.background, _DISABLED)))
    return palette
