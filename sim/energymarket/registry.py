"""The notes of each run, from which `energymarket clean` knows what a killed one left.

A run's file lies in a folder that only its user can enter, is named for main's pid and start time, and has a JSON
object a line. The keys of IPC objects are noted before the objects are made, their ids after: whenever main is killed,
nothing exists that is not noted.
"""

import json
import os
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


class RegistryError(Exception):
    """The folder of the notes cannot be trusted, or not be written."""


@dataclass(frozen=True, slots=True)
class Process:
    """A process is its pid and the moment it started at: pids are used again."""

    pid: int
    started: int

    @property
    def alive(self) -> bool:
        return start_time(self.pid) == self.started


@dataclass(slots=True)
class Notes:
    """What a run's file says; ids of objects by kind and key, None where the run was killed before it noted them."""

    main: Process
    objects: dict[tuple[str, int], int | None] = field(default_factory=dict)
    processes: dict[str, Process] = field(default_factory=dict)


def start_time(pid: int) -> int | None:
    """When a process started, in clock ticks since boot (proc_pid_stat(5), field 22); None where there is none."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    state, *rest = text[text.rindex(")") + 2 :].split()
    return None if state in "ZX" else int(rest[18])


def this_process() -> Process:
    started = start_time(os.getpid())
    assert started is not None, "a process that asks is alive"
    return Process(os.getpid(), started)


def folder() -> Path:
    """This user's folder of notes, made if it is missing.

    Raises:
        RegistryError: something else lies there, or others may write to it.
    """
    path = Path(tempfile.gettempdir()) / f"energymarket-{os.getuid()}"
    try:
        path.mkdir(mode=0o700, exist_ok=True)
        found = path.lstat()
    except OSError as error:
        raise RegistryError(f"{path}: {error.strerror}; set TMPDIR to a folder that can be written") from None
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise RegistryError(f"{path} is not a folder that only you can enter; remove it, or set TMPDIR")
    return path


class Registry:
    """The notes of this run, open for writing."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)

    @classmethod
    def of_this_process(cls) -> "Registry":
        main = this_process()
        return cls(folder() / f"{main.pid}-{main.started}.jsonl")

    def note_objects(self, kind: str, ids: dict[int, int | None]) -> None:
        """Notes objects by key, with their ids as soon as they have some."""
        self._write([{"object": kind, "key": key, "id": number} for key, number in ids.items()])

    def note_process(self, name: str, process: Process) -> None:
        self._write([{"process": name, "pid": process.pid, "started": process.started}])

    def remove(self) -> None:
        os.close(self._fd)
        self.path.unlink(missing_ok=True)

    def _write(self, rows: list[dict[str, Any]]) -> None:
        os.write(self._fd, "".join(json.dumps(row) + "\n" for row in rows).encode())


def read_notes(path: Path) -> Notes:
    """What a run noted; a last line that was cut short is left out.

    Raises:
        RegistryError: the file is not a run's.
    """
    try:
        pid, started = path.stem.split("-")
        notes = Notes(Process(int(pid), int(started)))
    except ValueError:
        raise RegistryError(f"{path} is not the notes of a run; remove it by hand") from None
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            row = json.loads(line)
        except ValueError:
            continue
        if "object" in row:
            notes.objects[row["object"], row["key"]] = row["id"]
        elif "process" in row:
            notes.processes[row["process"]] = Process(row["pid"], row["started"])
    return notes


def all_notes() -> Iterator[tuple[Path, Notes]]:
    """The notes of every run of this user that is alive or was killed."""
    for path in sorted(folder().glob("*.jsonl")):
        try:
            yield path, read_notes(path)
        except FileNotFoundError:  # that run has just ended
            continue
