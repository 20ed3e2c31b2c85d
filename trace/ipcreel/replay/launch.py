"""Starts the interpreter in which a process is replayed, and says how it ended."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ipcreel.reel import Reel
from ipcreel.replay.plan import path_to, write_script

BOOTSTRAP = Path(__file__).with_name("bootstrap")
RESULT = "result"  # the file of the scratch directory in which a replay says how it went


@dataclass(frozen=True)
class Ending:
    """How a replay ended.

    Attributes:
        code: the exit code of the process.
        divergence: what the tape has and what the program did, empty where they agreed to the end.
        stands: where each of its threads stands that waits for ever.
        replayed: how many events were taken from the tapes.
    """

    code: int
    divergence: str
    stands: tuple[str, ...]
    replayed: int


def replay(reel: Reel, process: int, *, quiet: bool = False, stop: int | None = None, debug: bool = False) -> Ending:
    """Replay one process.

    Args:
        reel: what was recorded.
        process: its row.
        quiet: what it writes to the console is thrown away.
        stop: the event before which it stops.
        debug: it stops in the debugger there, otherwise it ends.
    """
    path = path_to(reel, process)
    root = reel.processes[path[0]]
    with tempfile.TemporaryDirectory(prefix="ipcreel-replay-") as scratch:
        script = Path(scratch) / "script"
        write_script(reel, path, script, stop, debug)
        environment = {**_recorded_environment(root), "IPCREEL_SCRIPT": str(script)}
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, (str(BOOTSTRAP), environment.get("PYTHONPATH"))))
        if root.get("hash_seed"):
            environment |= {"PYTHONHASHSEED": root["hash_seed"], "IPCREEL_HASHSEED": root["hash_seed"]}
        command = [root.get("executable") or sys.executable, *root["argv"][1:]]
        outputs = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL) if quiet else {}
        folder = root.get("folder") or None
        code = subprocess.run(command, env=environment, cwd=folder, check=False, **outputs).returncode  # type: ignore[call-overload]
        return _ending(code, Path(scratch) / RESULT)


def _ending(code: int, result: Path) -> Ending:
    rows = result.read_text("utf-8", "replace").splitlines() if result.exists() else []
    said = {tag: [row.partition(" ")[2] for row in rows if row.startswith(tag)] for tag in ("D ", "S ", "R ")}
    return Ending(code, "\n".join(said["D "]), tuple(said["S "]), int(said["R "][-1]) if said["R "] else 0)


def _recorded_environment(root: dict[str, Any]) -> dict[str, str]:
    """What the program found; that of here where it was recorded without payloads."""
    kept = root["facts"].get("environment")
    if kept is None:
        return dict(os.environ)
    pairs = [entry.partition(b"=") for entry in kept.split(b"\0")]
    return {os.fsdecode(name): os.fsdecode(value) for name, _, value in pairs if name}
