"""What a test asks of a recorded reel: events as rows with names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from ipcreel.reel import Reel


class Row(NamedTuple):
    """One event, its numbers replaced by what they stand for."""

    operation: str
    process: int
    kind: str  # of the object
    key: Any
    name: str
    line: str  # of the program
    a: int
    b: int
    payload: Any
    state: str  # returned, raised, pending


Rows = Callable[..., list[Row]]

_runs: dict[tuple[str, ...], Any] = {}


@pytest.fixture
def recorded_once(recorded: Callable[..., Any]) -> Callable[..., Any]:
    """`recorded`, which runs a program with the same text and arguments once for all tests that ask of it."""

    def record(*program: str) -> Any:
        if program not in _runs:
            _runs[program] = recorded(*program)
        return _runs[program]

    return record


@pytest.fixture
def rows() -> Rows:
    """`rows(reel, prefix="")`: the events whose operation begins with `prefix`, in order of begin."""

    def find(reel: Reel, prefix: str = "") -> list[Row]:
        return [_row(reel, row) for row in range(len(reel)) if _name(reel, row).startswith(prefix)]

    return find


def _name(reel: Reel, row: int) -> str:
    return str(reel.operations[int(reel.op[row])]["name"])


def _row(reel: Reel, row: int) -> Row:
    kind, _, key, name = reel.objects[int(reel.object[row])]
    file, line = reel.sites[int(reel.site[row])][:2]
    state = "pending" if reel.pending[row] else "raised" if reel.raised[row] else "returned"
    return Row(
        _name(reel, row),
        int(reel.process[row]),
        kind,
        tuple(key) if isinstance(key, list) else key,
        name,
        f"{file.rpartition('/')[2]}:{line}",
        int(reel.a[row]),
        int(reel.b[row]),
        reel.payload(row),
        state,
    )


@pytest.fixture
def text_of() -> Callable[[Any, Row], str]:
    """`text_of(run, row)`: the line of the program where an event stands."""

    def read(run: Any, row: Row) -> str:
        return str(run.program.read_text().splitlines()[int(row.line.rpartition(":")[2]) - 1].strip())

    return read


@pytest.fixture
def kill_when_waiting() -> str:
    """The text of a function for programs: it ends the process by SIGKILL once its main thread waits in the kernel."""
    return """
def kill_when_waiting(function_of_the_kernel):
    import os, signal, threading, time
    def watch():
        while function_of_the_kernel not in open(f"/proc/self/task/{os.getpid()}/wchan").read():
            time.sleep(0.005)
        os.kill(os.getpid(), signal.SIGKILL)
    threading.Thread(target=watch).start()
"""
