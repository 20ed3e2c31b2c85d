"""Whether the programs of tests/programs behave the same recorded as bare: same output, same errors, same end.

Each program states, in comments before its docstring, what it needs beyond being run:

    # args: fork                                the arguments of one run; several such lines, several runs
    # env: NAME=value                           more environment; {programs} stands for the folder of the programs
    # flags: -W error                           options for the interpreter
    # stdin: a line\\n                           what it can read; without it stdin is empty
    # tty                                       it gets a terminal of its own instead of three pipes
    # exit: 3   or   # exit: SIGTERM            how it ends, if not with exit code 0
    # when "word": SIGINT [to the group]        a signal for it when it has printed that word,
    # when "word": type "text\\n"                or something that a user would type; one after another
    # traps USR1                                it is started by a shell that says so when it gets SIGUSR1
    # loses events                              the reel may be incomplete, by the nature of the program
"""

from __future__ import annotations

import ast
import fcntl
import os
import re
import selectors
import shutil
import signal
import struct
import subprocess
import sys
import termios
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ipcreel.cli.info import describe
from ipcreel.reel import open_reel

PROGRAMS = Path(__file__).resolve().parents[1] / "programs"
DEADLINE_S = 60
SHOWN_LINES = 6
SCREEN = struct.pack("HHHH", 24, 80, 0, 0)
TRAP = """trap 'echo "the shell got USR1"' USR1; "$@"; echo "exit code $?" """
TAKE_TERMINAL = "import fcntl, os, sys; fcntl.ioctl(0, int(sys.argv[1]), 0); os.execvp(sys.argv[2], sys.argv[2:])"
WORD = r'(?P<word>"(?:[^"\\]|\\.)*")'
CUE = re.compile(f"when {WORD}: " + r'(?:type (?P<text>".*")|(?P<signal>SIG\w+)(?P<group> to the group)?)')


@dataclass(frozen=True)
class Cue:
    """What happens to a program when it has printed a word."""

    word: bytes
    text: bytes = b""
    signum: int = 0
    to_group: bool = False


@dataclass(frozen=True)
class Needs:
    """What a program states before its docstring."""

    runs: list[list[str]] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    flags: list[str] = field(default_factory=list)
    stdin: bytes = b""
    tty: bool = False
    ends: int = 0
    cues: list[Cue] = field(default_factory=list)
    traps: bool = False
    loses: bool = False


@dataclass(frozen=True)
class Outcome:
    """What is seen of a run from outside: `ends` is the exit code, or minus the signal."""

    ends: int
    stdout: bytes
    stderr: bytes


def read_needs(program: Path) -> Needs:
    found: dict[str, list[str]] = {}
    cues = []
    for line in program.read_text().splitlines():
        statement = line.removeprefix("# ")
        if not line.startswith("# ") or statement.endswith("."):
            break
        if statement.startswith("when "):
            cues.append(_read_cue(program, statement))
        else:
            name, _, value = statement.partition(": ")
            found.setdefault(name, []).append(value)
    unknown = set(found) - {"args", "env", "flags", "stdin", "tty", "exit", "traps USR1", "loses events"}
    assert not unknown, f"{program.name}: {sorted(unknown)} is not among the needs that a program can state"
    ends = found.get("exit", ["0"])[0]
    return Needs(
        runs=[value.split() for value in found.get("args", [""])],
        environment=dict(value.format(programs=PROGRAMS).split("=", 1) for value in found.get("env", [])),
        flags=" ".join(found.get("flags", [])).split(),
        stdin="".join(found.get("stdin", [])).encode().decode("unicode_escape").encode(),
        tty="tty" in found,
        ends=-signal.Signals[ends] if ends.startswith("SIG") else int(ends),
        cues=cues,
        traps="traps USR1" in found,
        loses="loses events" in found,
    )


def _read_cue(program: Path, statement: str) -> Cue:
    match = CUE.fullmatch(statement)
    assert match, f"{program.name}: cannot read {statement!r}; the forms are at the head of this module"
    word = ast.literal_eval(match["word"]).encode()
    if match["text"]:
        return Cue(word, text=ast.literal_eval(match["text"]).encode())
    return Cue(word, signum=signal.Signals[match["signal"]], to_group=bool(match["group"]))


def run(command: list[str], needs: Needs, folder: Path) -> Outcome:
    """Run a command in an empty folder, in a session of its own, and play the user's part."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    path = os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"])
    environment = {"PATH": path, "LANG": "C.UTF-8", "HOME": str(folder), "TERM": "xterm", **needs.environment}
    if needs.traps:
        command = ["/bin/sh", "-c", TRAP, "sh", *command]
    if signal.getsignal(signal.SIGHUP) == signal.SIG_IGN:  # whoever runs the tests is under nohup; the user is not
        command = ["env", "--default-signal=HUP", *command]
    stdout, out = os.openpty() if needs.tty else os.pipe()
    stderr, err = os.pipe()
    if needs.tty:
        fcntl.ioctl(out, termios.TIOCSWINSZ, SCREEN)
        command = [sys.executable, "-S", "-c", TAKE_TERMINAL, str(termios.TIOCSCTTY), *command]
    process = subprocess.Popen(
        command,
        stdin=out if needs.tty else subprocess.PIPE,
        stdout=out,
        stderr=out if needs.tty else err,
        cwd=folder,
        env=environment,
        start_new_session=True,
    )
    os.close(out)
    os.close(err)
    if process.stdin:
        process.stdin.write(needs.stdin)
        process.stdin.close()
    try:
        return _follow(process, stdout, stderr, list(needs.cues))
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise


def _follow(process: subprocess.Popen[bytes], stdout: int, stderr: int, cues: list[Cue]) -> Outcome:
    printed = {stdout: b"", stderr: b""}
    seen = 0
    give_up = time.monotonic() + DEADLINE_S
    with selectors.DefaultSelector() as selector:
        for stream in printed:
            selector.register(stream, selectors.EVENT_READ)
        while selector.get_map():
            ready = selector.select(max(give_up - time.monotonic(), 0))
            if not ready:
                pytest.fail(f"no end after {DEADLINE_S} s; it had printed {printed[stdout]!r}, {printed[stderr]!r}")
            for key, _ in ready:
                read = _read(key.fd)
                printed[key.fd] += read
                if not read:
                    selector.unregister(key.fd)
                    if key.fd != stdout:
                        os.close(key.fd)
            while cues and (place := printed[stdout].find(cues[0].word, seen)) >= 0:
                seen = place + len(cues[0].word)
                _play(cues.pop(0), process.pid, stdout)
    os.close(stdout)
    assert not cues, f"it never printed {cues[0].word!r}, but {printed[stdout]!r}, {printed[stderr]!r}"
    ends = process.wait(DEADLINE_S)
    return Outcome(ends, printed[stdout], printed[stderr])


def _read(stream: int) -> bytes:
    try:
        return os.read(stream, 1 << 16)
    except OSError:  # EIO: nobody holds the other side of the terminal any more
        return b""


def _play(cue: Cue, pid: int, terminal: int) -> None:
    if cue.text:
        os.write(terminal, cue.text)
    elif cue.to_group:
        os.killpg(pid, cue.signum)
    else:
        os.kill(pid, cue.signum)


def first_difference(bare: bytes, recorded: bytes) -> str:
    """The first lines that differ, from both; pytest's own comparison of ten megabytes would take for ever."""
    if bare == recorded:
        return ""
    lines, others = [*bare.splitlines(keepends=True), b"(end)"], [*recorded.splitlines(keepends=True), b"(end)"]
    place = next(number for number, pair in enumerate(zip(lines, others, strict=False)) if pair[0] != pair[1])
    shown = slice(place, place + SHOWN_LINES)
    return f"line {place + 1} on: bare {b''.join(lines[shown])!r}, recorded {b''.join(others[shown])!r}"


def programs() -> list[object]:
    files = sorted([*PROGRAMS.glob("*.py"), *PROGRAMS.glob("*.sh")])
    needs = {program: read_needs(program) for program in files}
    cases = [(program, needs[program], arguments) for program in files for arguments in needs[program].runs]
    return [pytest.param(*case, id=" ".join([case[0].stem, *case[2]])) for case in cases]


@pytest.mark.parametrize(("program", "needs", "arguments"), programs())
def test_a_program_runs_as_it_would_without_the_recorder(
    program: Path, needs: Needs, arguments: list[str], tmp_path: Path
) -> None:
    interpreter = [sys.executable, *needs.flags] if program.suffix == ".py" else ["/bin/sh"]
    command = [*interpreter, str(program), *arguments]
    reel = tmp_path / "run.reel"
    # -I: the environment is the program's. The recorder is a Python too, and would run the user's sitecustomize itself.
    ipcreel = [sys.executable, "-I", "-m", "ipcreel"]

    bare = run(command, needs, tmp_path / "home")
    assert bare.ends == needs.ends, f"the bare program is broken: {bare.ends}, {bare.stdout!r}, {bare.stderr!r}"
    recorded = run([*ipcreel, "record", "--quiet", "-o", str(reel), "--", *command], needs, tmp_path / "home")

    assert first_difference(bare.stderr, recorded.stderr) == ""
    assert first_difference(bare.stdout, recorded.stdout) == ""
    assert recorded.ends == bare.ends
    contents = describe(open_reel(reel))
    assert contents["processes"]
    assert needs.loses or contents["lost_events"] == 0, contents["lost"]
