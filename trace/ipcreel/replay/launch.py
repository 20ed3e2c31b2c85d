"""Starts the interpreter in which a process is replayed, and says how it ended."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from ipcreel.reel import Reel
from ipcreel.replay.plan import path_to, write_script

BOOTSTRAP = Path(__file__).with_name("bootstrap")


def replay(reel: Reel, process: int) -> int:
    """Replay one process. Returns its exit code."""
    path = path_to(reel, process)
    root = reel.processes[path[0]]
    with tempfile.TemporaryDirectory(prefix="ipcreel-replay-") as scratch:
        script = Path(scratch) / "script"
        write_script(reel, path, script)
        environment = {**os.environ, "IPCREEL_SCRIPT": str(script), "PYTHONPATH": str(BOOTSTRAP)}
        command = [root.get("executable") or sys.executable, *root["argv"][1:]]
        return subprocess.run(command, env=environment, check=False).returncode
