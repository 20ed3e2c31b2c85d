"""Running a command in a terminal of its own."""

from __future__ import annotations

import os
import shlex
import shutil
import sys

from PySide6.QtCore import QProcess

EMULATOR = "x-terminal-emulator"
"""What the person's terminal is called: Debian's policy, 11.8.3."""


def open_terminal(command: str) -> bool:
    """Opens a terminal that runs `ipcreel …` and then leaves a shell; False where there is none to open.

    The terminal outlives the viewer: a person may be in the middle of debugging.
    """
    emulator = shutil.which(os.environ.get("TERMINAL") or EMULATOR)
    if emulator is None:
        return False
    ours = f"{shlex.quote(sys.executable)} -m {command}"
    shown = f"printf '%s\\n' {shlex.quote('$ ' + command)}; {ours}; exec \"${{SHELL:-sh}}\""
    opened = QProcess()
    opened.setProgram(emulator)
    opened.setArguments(["-e", "sh", "-c", shown])
    for silence in (opened.setStandardInputFile, opened.setStandardOutputFile, opened.setStandardErrorFile):
        silence(QProcess.nullDevice())
    return bool(opened.startDetached())
