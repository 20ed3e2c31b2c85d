"""Which files have changed since they ran in a recorded run."""

from __future__ import annotations

import hashlib
from pathlib import Path

from ipcreel.reel import Reel


def changed_files(reel: Reel) -> list[str]:
    """The paths of those that are not what ran, or are gone."""
    folder = Path(reel.processes[0].get("folder", "")) if reel.processes else Path()
    return [str(file) for file, *rest in reel.sources if not _is_same(folder / file, *rest)]


def _is_same(file: Path, size: int, modified_ns: int, digest: str) -> bool:
    try:
        if digest:
            return hashlib.sha256(file.read_bytes()).hexdigest() == digest
        status = file.stat()
    except OSError:
        return False
    return (status.st_size, status.st_mtime_ns) == (size, modified_ns)
