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
        environment = {**os.environ, "IPCREEL_SCRIPT": str(script), "PYTHONPATH": _path(str(BOOTSTRAP))}
        if root.get("hash_seed"):
            environment |= {"PYTHONHASHSEED": root["hash_seed"], "IPCREEL_HASHSEED": root["hash_seed"]}
        command = [root.get("executable") or sys.executable, *root["argv"][1:]]
        folder = root.get("folder") or None
        return subprocess.run(command, env=environment, cwd=folder, check=False).returncode


def _path(bootstrap: str) -> str:
    rest = os.environ.get("PYTHONPATH")
    return f"{bootstrap}{os.pathsep}{rest}" if rest else bootstrap
