"""A replay is opened in a terminal at the event that was chosen."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication

from reelview.panels.inspector import Inspector
from reelview.session import Session
from reelview.terminal import open_terminal

TERMINAL = """#!/bin/sh
shift # -e
exec "$@" > {folder}/typescript 2>&1 < {folder}/keyboard
"""


@pytest.fixture
def terminal(tmp_path, monkeypatch) -> Path:
    """A terminal whose keyboard and screen are files."""
    program = tmp_path / "x-terminal-emulator"
    program.write_text(TERMINAL.format(folder=tmp_path))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("SHELL", "/bin/true")
    monkeypatch.delenv("TERMINAL", raising=False)
    return tmp_path


def wait_for(path: Path, text: str) -> str:
    deadline = time.monotonic() + 60
    while text not in (shown := path.read_text() if path.exists() else ""):
        assert time.monotonic() < deadline, shown
        time.sleep(0.02)
    return shown


def test_a_terminal_stands_in_the_debugger_at_the_event(market, terminal, qtbot):
    (terminal / "keyboard").write_text("print('here', 6 * 7)\nq\n")
    session = Session.of_reel(market)
    inspector = Inspector(session, market)
    qtbot.addWidget(inspector)
    session.go_to_event(int(market.flows.cause[len(market.flows) // 2]))
    inspector.replay.click()
    shown = wait_for(terminal / "typescript", "here 42")
    assert shown.startswith(f"$ ipcreel replay {market.path}")
    assert "(replay)" in shown


def test_where_there_is_no_terminal_the_command_is_copied(market, qtbot, monkeypatch):
    monkeypatch.setenv("TERMINAL", "no-such-terminal")
    session = Session.of_reel(market)
    inspector = Inspector(session, market)
    qtbot.addWidget(inspector)
    assert not inspector.replay.isEnabled()
    session.go_to_event(30)
    inspector.replay.click()
    assert QGuiApplication.clipboard().text().endswith("--to 30 --pdb")


def test_a_terminal_that_cannot_be_started_is_none(tmp_path, monkeypatch):
    broken = tmp_path / "broken"
    broken.write_text("#!/no/such/interpreter\n")
    broken.chmod(0o755)
    monkeypatch.setenv("TERMINAL", str(broken))
    assert not open_terminal("ipcreel --help")
