"""Whether the viewer can be used here, and what to do where it cannot."""

from __future__ import annotations

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
