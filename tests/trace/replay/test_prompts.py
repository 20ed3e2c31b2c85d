"""A program that asks a person on a terminal is recorded with what it asked, and asks again in a replay."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import textwrap
from pathlib import Path

from ipcreel.reel import Reel, open_reel
from tests.trace.replay.conftest import replay

ASKS = """
    name = input("who? ")
    print("hello", name)
    print("and", end=" ")
    print(int(input("how many? ")) * 2)
    input()
"""
ANSWERS = {b"who? ": b"anna\n", b"how many? ": b"21\n", b"42\r\n": b"\n"}
SHOWN = "who? anna\nhello anna\nand how many? 21\n42\n\n"


def recorded_on_terminal(folder: Path) -> tuple[Reel, str]:
    """The reel of ASKS, run on a terminal by a person who answers; and what the terminal showed."""
    program, reel = folder / "program.py", folder / "run.reel"
    program.write_text(textwrap.dedent(ASKS))
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "ipcreel", "record", "-q", "-o", str(reel), "--", sys.executable, str(program)]
    shown, answers = b"", dict(ANSWERS)
    with subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, start_new_session=True) as running:
        os.close(slave)
        while True:
            try:
                part = os.read(master, 1000)
            except OSError:  # nobody has the other end any more
                break
            shown += part
            asked = next((text for text in answers if shown.endswith(text)), None)
            if asked is not None:
                os.write(master, answers.pop(asked))
    os.close(master)
    assert running.returncode == 0, shown
    return open_reel(reel), shown.decode().replace("\r\n", "\n")


def test_a_replay_shows_what_was_asked_and_what_the_answer_was(tmp_path: Path) -> None:
    reel, shown = recorded_on_terminal(tmp_path)
    assert shown == SHOWN
    again = replay(reel.path, "--process", "program.py")
    assert (again.stdout, again.stderr, again.returncode) == (SHOWN, "", 0)


def test_what_was_asked_is_in_the_console_of_the_reel(tmp_path: Path) -> None:
    reel, _ = recorded_on_terminal(tmp_path)
    assert [(line.stream, line.text) for line in reel.console] == [
        ("stdout", "who? "),
        ("stdin", "anna"),
        ("stdout", "hello anna"),
        ("stdout", "and how many? "),
        ("stdin", "21"),
        ("stdout", "42"),
        ("stdin", ""),
    ]


def test_a_question_that_was_changed_is_said_and_no_divergence(tmp_path: Path) -> None:
    reel, _ = recorded_on_terminal(tmp_path)
    program = tmp_path / "program.py"
    program.write_text(program.read_text().replace("who? ", "your name? "))
    again = replay(reel.path, "--process", "program.py")
    assert again.stdout == SHOWN.replace("who? ", "your name? ")
    assert "the output differs" in again.stderr
