"""Whether the viewer can be used here, and what to do where it cannot."""

from __future__ import annotations

import os
import re
import socket
from importlib.util import find_spec

from ipcreel.record.trouble import LaunchError


def need_viewer() -> None:
    """Check that the viewer is installed.

    Raises:
        LaunchError: it is not.
    """
    missing = [name for name in ("PySide6", "pyqtgraph", "reelview") if find_spec(name) is None]
    if missing:
        raise LaunchError(f"the viewer needs {', '.join(missing)}. Install it with: pip install 'ipcreel[viewer]'")


def need_display() -> None:
    """Check that a window can be shown: Qt itself would end the process, and say how it was built.

    Raises:
        LaunchError: there is no display, or its server does not answer.
    """
    if os.environ.get("QT_QPA_PLATFORM", "xcb") not in ("xcb", "wayland") or os.environ.get("WAYLAND_DISPLAY"):
        return
    name = os.environ.get("DISPLAY", "")
    local = re.fullmatch(r"(?:unix)?:(\d+)(?:\.\d+)?", name)
    if not name:
        trouble = "there is no display here"
    elif local and not _answers(f"/tmp/.X11-unix/X{local[1]}"):
        trouble = f"the display {name} does not answer"
    else:
        return
    raise LaunchError(f"{trouble}. A picture needs none: ipcreel render REEL -o FILE.png")


def _answers(place: str) -> bool:
    """Whether an X server listens at a place in the file system, or under its abstract name."""
    for address in (place, "\0" + place):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as tried:
            try:
                tried.connect(address)
            except OSError:
                continue
            return True
    return False
