"""The code that recorded processes begin with, and where it is kept."""

from __future__ import annotations

import importlib.util
import marshal
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ipcreel.record import bundle
from ipcreel.record.launch import BOOTSTRAP
from ipcreel.tape.layout import tape_names
from ipcreel.tape.reader import read_tape

PROGRAM = """
import os, sys, threading
lock = threading.Lock()
with lock:
    start = sys.modules["ipcreel.record.start"].start
print(os.getpid() > 0, start.__doc__, start.__annotations__)
"""


@pytest.fixture
def tapes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory of a recording, by a recorder that may keep what it compiles, in `tmp_path`."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(importlib.util, "cache_from_source", lambda file: str(tmp_path / "some.pyc"))
    made = tmp_path / "tapes"
    made.mkdir()
    return made


def ran(tapes: Path) -> str:
    environment = {**os.environ, "PYTHONPATH": str(BOOTSTRAP), "IPCREEL_TAPES": str(tapes)}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout


def test_a_process_runs_what_was_left_for_it_without_what_only_people_read(tapes: Path) -> None:
    bundle.write(tapes)

    assert ran(tapes) == "True None {}\n"
    [name] = tape_names(tapes)
    tape = read_tape(tapes, name)
    assert "fault" not in tape.facts
    assert {0x2101, 0x2102, 0x2103} <= set(tape.events["op"].tolist())


def test_a_process_to_whom_nothing_or_half_was_left_is_recorded_too(tapes: Path) -> None:
    bundle.write(tapes)
    later = tapes / bundle.file_name("later")
    later.write_bytes(later.read_bytes()[:1000])
    assert ran(tapes) == "True None {}\n"
    (tapes / bundle.file_name()).unlink()
    assert ran(tapes).startswith("True Open the tape")
    for name in tape_names(tapes):
        assert {0x2101, 0x2102, 0x2103} <= set(read_tape(tapes, name).events["op"].tolist())


def test_what_was_compiled_is_kept_until_a_source_changes(tapes: Path, tmp_path: Path) -> None:
    bundle.write(tapes)
    kept = tmp_path / bundle.file_name("bundle")
    key, first, later = marshal.loads(kept.read_bytes())
    kept.write_bytes(marshal.dumps((key, b"kept", later)))

    bundle.write(tapes)
    assert (tapes / bundle.file_name()).read_bytes() == b"kept"
    kept.write_bytes(marshal.dumps((key[1:], b"of other sources", later)))
    bundle.write(tapes)
    assert marshal.loads((tapes / bundle.file_name()).read_bytes()) == marshal.loads(first)
