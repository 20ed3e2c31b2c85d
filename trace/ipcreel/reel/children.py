"""Processes that were started and left no tape: no Python, or one that shuts the recorder out."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

from ipcreel.reel.model import Reel
from ipcreel.tape.naming import program_name

NO_PYTHON = "no Python"
_FORKS = ("process.fork", "process.forkpty")
_STARTS = ("subprocess.start", "process.fork_exec", "process.spawn", "process.spawn_by_path")
_EXECS = ("process.exec", "process.exec_with_environment")
_PYTHON = re.compile(r"(python|pypy)[\d.]*")
_NOTED = re.compile(r"\(process (\d+)\)$")
_SEVERAL = re.compile(r"[&|;\n]")  # between the commands of a shell (sh(1))
_SHUT_OUT = {
    "I": "Python with -I, which takes nothing from its environment",
    "E": "Python with -E, which takes nothing from its environment",
    "S": "Python with -S, which imports no site",
}


@dataclass(frozen=True)
class Child:
    """A process that was seen and not recorded.

    Attributes:
        event: the row of the event that started it, or of the exec by which a recorded process became it; -1 for the
            program itself, which the recorder started.
        parent: the row of the process that event is of, or -1.
        pid: 0 where it is not known.
        words: its command, as far as it is known.
        why: why it could not be recorded.
    """

    event: int
    parent: int
    pid: int
    words: tuple[str, ...]
    why: str

    @property
    def name(self) -> str:
        """As a process is called."""
        return program_name(list(self.words)) if self.words else "?"


def find_children(reel: Reel) -> list[Child]:
    """The processes that were seen and not recorded, in the order in which they were started."""
    noted = {int(found[1]) for line in reel.run.get("unrecorded", []) if (found := _NOTED.search(line))}
    noted.update(reel.run.get("part", {}).get("left_out", []))
    begins: dict[int, list[int]] = {}
    for process in reel.processes:
        begins.setdefault(process["pid"], []).append(process["begin_ns"])
    children: dict[tuple[int, int], Child] = {}
    codes = {code: str(row["name"]) for code, row in reel.operations.items()}
    wanted = [code for code, name in codes.items() if name in (*_FORKS, *_STARTS, *_EXECS, "process.system")]
    for event in np.flatnonzero(np.isin(reel.op, wanted) & ~reel.raised).tolist():
        child = _child_of(reel, event, codes[int(reel.op[event])], begins)
        if child is not None and child.pid not in noted:
            children.setdefault((child.parent, child.pid or -event), child)
    program = _program(reel, begins)
    return [*([program] if program is not None and program.pid not in noted else []), *children.values()]


def describe_children(children: list[Child]) -> list[str]:
    """What is to be said of them, a line a reason."""
    lines = []
    for why, count in Counter(child.why for child in children).items():
        names = Counter(child.name for child in children if child.why == why)
        listed = ", ".join(name + (f" ({times})" if times > 1 else "") for name, times in names.most_common(8))
        more = ", …" if len(names) > 8 else ""
        lines.append(f"{count:,} process{'es' if count > 1 else ''}, {why}: {listed}{more}")
    return lines


def _program(reel: Reel, begins: dict[int, list[int]]) -> Child | None:
    """What the recorder was told to run, if it left no tape."""
    pid = reel.run.get("pid")
    if pid is None or pid in begins:
        return None
    command = tuple(reel.run["command"])
    return Child(-1, -1, pid, command, _why(tuple(reel.run.get("words", command)), forked=False))


def _child_of(reel: Reel, event: int, operation: str, begins: dict[int, list[int]]) -> Child | None:
    parent, begin_ns = int(reel.process[event]), int(reel.begin[event])
    own = reel.processes[parent]
    if operation in _EXECS:
        if not reel.pending[event] or any(at > begin_ns for at in begins[own["pid"]]):
            return None
        pid = int(own["pid"])
    elif operation == "process.system":
        # A shell can become the last of its commands: then it was recorded.
        if any(row["ppid"] == own["pid"] and begin_ns < row["begin_ns"] < reel.end[event] for row in reel.processes):
            return None
        pid = 0
    else:
        pid = int(reel.b[event])
        if not pid or any(at >= begin_ns for at in begins.get(pid, [])):
            return None
    words = () if operation in _FORKS else _words(reel.payload(event))
    return Child(event, parent, pid, words, _why(words, forked=operation in _FORKS))


def _words(payload: Any) -> tuple[str, ...]:
    if isinstance(payload, str | bytes):
        text = payload if isinstance(payload, str) else payload.decode("utf-8", "replace")
        if _SEVERAL.search(text):
            return ("sh", "-c", text)  # which runs them, and becomes none of them
        try:
            return tuple(shlex.split(text))
        except ValueError:
            return tuple(text.split())
    words = payload if isinstance(payload, list | tuple) else ()
    return tuple(word.decode("utf-8", "replace") if isinstance(word, bytes) else str(word) for word in words)


def _why(words: tuple[str, ...], forked: bool) -> str:
    if forked:
        return "ended before it could be recorded"
    program = words[0].rpartition("/")[2] if words else ""
    if not _PYTHON.fullmatch(program):
        return NO_PYTHON
    for flag in _flags(words[1:]):
        if flag in _SHUT_OUT:
            return _SHUT_OUT[flag]
    return "Python that ended before it could be recorded"


def _flags(words: tuple[str, ...]) -> str:
    """The letters of an interpreter's options, up to what it is to run (python(1))."""
    letters, rest = "", iter(words)
    for word in rest:
        if not word.startswith("-") or word in ("-", "--"):
            break
        if word.startswith("--"):
            continue
        plain = re.match(r"-([^cmXW]*)([cmXW]?)(.*)", word, re.DOTALL)
        assert plain is not None
        letters += plain[1]
        if plain[2] in ("c", "m"):
            break
        if plain[2] and not plain[3]:
            next(rest, None)
    return letters
