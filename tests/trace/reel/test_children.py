"""Processes that were started and left no tape are named, with the reason."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from ipcreel.reel.children import NO_PYTHON, _flags, describe_children, find_children
from tests.trace.cli.test_commands import ipcreel
from tests.trace.conftest import Record

PYTHON = Path(sys.executable).name

PROGRAM = """
    import os, pathlib, subprocess, sys
    for flag in ("-I", "-S", "-E"):
        subprocess.run([sys.executable, flag, "-c", "pass"])
    subprocess.run([pathlib.Path(sys.executable), "-sI", "-c", "pass"])
    subprocess.run([sys.executable, "-c", "pass"])
    subprocess.run("true", shell=True)
    subprocess.run(["true"])
    os.waitpid(os.posix_spawnp("false", ["false"], os.environ), 0)
    os.system("true with words")
    pid = os.fork()
    if pid == 0:
        os.execvp("echo", ["echo", "replaced"])
    os.waitpid(pid, 0)
"""


def test_children_that_could_not_be_recorded_are_named_with_the_reason(recorded: Record) -> None:
    run = recorded(PROGRAM)

    children = find_children(run.reel)

    assert [(child.name.removeprefix(PYTHON), child.why) for child in children] == [
        (" -c", "Python with -I, which takes nothing from its environment"),
        (" -c", "Python with -S, which imports no site"),
        (" -c", "Python with -E, which takes nothing from its environment"),
        (" -c", "Python with -I, which takes nothing from its environment"),
        ("true", NO_PYTHON),
        ("true", NO_PYTHON),
        ("false", NO_PYTHON),
        ("true", NO_PYTHON),
        ("echo", NO_PYTHON),
    ]
    assert "ipcreel: seen, not recorded: 5 processes, no Python: true (3), false, echo\n" in run.said
    facts = json.loads(ipcreel("info", str(run.path), "--json").stdout)
    assert len(facts["processes"]) == 3
    assert [child["name"] for child in facts["unrecorded_processes"]][-2:] == ["true", "echo"]
    table = ipcreel("info", str(run.path)).stdout
    assert "false" in table


@pytest.mark.parametrize(
    ("first_line", "why"),
    [
        (f"#!{sys.executable} -I", "Python with -I, which takes nothing from its environment"),
        ("#!/bin/sh", NO_PYTHON),
    ],
)
def test_a_program_that_could_not_be_recorded_is_named_too(tmp_path: Path, first_line: str, why: str) -> None:
    program = tmp_path / "program"
    program.write_text(first_line + "\n")
    program.chmod(0o700)
    said = ipcreel("record", "-o", str(tmp_path / "a.reel"), "--", str(program)).stderr
    assert f"seen, not recorded: 1 process, {why}: program\n" in said
    facts = json.loads(ipcreel("info", str(tmp_path / "a.reel"), "--json").stdout)
    assert facts["processes"] == []
    assert [(child["parent"], child["event"]) for child in facts["unrecorded_processes"]] == [(None, None)]


def test_a_shell_that_runs_several_programs_is_a_shell(recorded: Record) -> None:
    run = recorded("import os, sys\nos.system(f'{sys.executable} -c pass & {sys.executable} -c pass; wait')")
    assert describe_children(find_children(run.reel)) == ["1 process, no Python: sh"]


def test_many_are_counted_in_a_line(recorded: Record) -> None:
    run = recorded("import subprocess\nfor _ in range(3): subprocess.run(['true'])")
    assert describe_children(find_children(run.reel)) == ["3 processes, no Python: true (3)"]


@pytest.mark.parametrize(
    ("words", "letters"),
    [
        (["-I", "x.py", "-S"], "I"),
        (["-Wdefault", "-E", "x.py"], "E"),
        (["-W", "error", "-X", "dev", "-sS", "-m", "it"], "sS"),
        (["-Xdev", "-Ic", "print()"], "I"),
        (["-c", "-S"], ""),
        (["--check-hash-based-pycs", "-"], ""),
        (["-"], ""),
        ([], ""),
    ],
)
def test_the_options_of_an_interpreter_end_where_its_program_begins(words: list[str], letters: str) -> None:
    assert _flags(tuple(words)) == letters
