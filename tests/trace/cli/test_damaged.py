"""Every command says in one line what is wrong with a reel, and answers from what of it can be read."""

from __future__ import annotations

import ctypes
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from ipcreel.cli import main
from ipcreel.reel import open_reel

GOLDEN = Path(__file__).parents[1] / "reel" / "golden" / "version-1.reel"
COMMANDS = {
    "info": ["info", "REEL"],
    "events": ["events", "REEL"],
    "check": ["check", "REEL"],
    "stats": ["stats", "REEL"],
    "diff": ["diff", "REEL", str(GOLDEN)],
    "diff with another": ["diff", str(GOLDEN), "REEL"],
    "export": ["export", "REEL", "--to", "csv", "-o", "out.csv"],
    "query": ["query", "REEL", "SELECT count(*) FROM events"],
    "render": ["render", "REEL", "-o", "out.png"],
    "replay": ["replay", "REEL", "--all"],
    "minimize": ["minimize", "REEL", "-o", "small.reel"],
}
# The others need a display, run programs, or write only where there is a finding.
ANSWERING = [name for name in COMMANDS if name not in ("render", "replay", "minimize")]


@dataclass(frozen=True)
class Said:
    """What a command wrote, and its exit code."""

    out: str
    err: str
    code: int


Run = Callable[..., Said]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """`run(command, reel)`: call a command in this process."""
    monkeypatch.chdir(tmp_path)

    def call(command: str, reel: Path) -> Said:
        words = [str(reel) if word == "REEL" else word for word in COMMANDS[command]]
        monkeypatch.setattr("sys.argv", ["ipcreel", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        code = ended.value.code
        assert code is None or isinstance(code, int)
        return Said(said.out, said.err, code or 0)

    return call


def newer(reel: Path) -> None:
    content = bytearray(reel.read_bytes())
    content[content.index(b"\xa7version") + 8] = 9
    reel.write_bytes(content)


def no_definitions(reel: Path) -> None:
    content = reel.read_bytes()
    reel.write_bytes(content.replace(b"\xa5lanes", b"\xa5LANES"))


def directory(reel: Path) -> None:
    reel.unlink()
    reel.mkdir()


def pipe_that_nobody_writes_to(reel: Path) -> None:
    reel.unlink()
    os.mkfifo(reel)


UNREADABLE: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (lambda reel: reel.unlink(), "there is no such file."),
    "empty": (lambda reel: reel.write_bytes(b""), "it is empty: no recording has come to its end there."),
    "foreign": (lambda reel: reel.write_text("a letter"), "this is not a reel. `ipcreel record` makes one."),
    "newer": (newer, "it has version 9, this ipcreel reads up to 1. Install a newer ipcreel."),
    "cut off early": (
        lambda reel: reel.write_bytes(reel.read_bytes()[:9000]),
        "It was cut off before its first event.",
    ),
    "directory": (directory, "it is a directory. `ipcreel recover` makes the reel of a directory of tapes."),
    "pipe": (pipe_that_nobody_writes_to, "it is no file."),
    "damaged": (no_definitions, "its definitions are damaged: they hold no table of lanes."),
}


@pytest.mark.parametrize("damage", UNREADABLE)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_reel_that_cannot_be_read_is_one_line_and_exit_code_two(
    run: Run, tmp_path: Path, command: str, damage: str
) -> None:
    reel = tmp_path / "a.reel"
    shutil.copyfile(GOLDEN, reel)
    spoil, line = UNREADABLE[damage]
    spoil(reel)
    said = run(command, reel)
    assert said.code == 2
    assert said.err.startswith(f"ipcreel: {reel}: ")
    assert said.err.endswith(f"{line}\n")
    assert said.err.count("\n") == 1
    assert said.out == ""


@pytest.mark.parametrize("command", COMMANDS)
def test_a_reel_that_may_not_be_read_is_one_line_and_exit_code_two(run: Run, tmp_path: Path, command: str) -> None:
    reel = tmp_path / "a.reel"
    shutil.copyfile(GOLDEN, reel)
    reel.chmod(0)
    with no_special_rights():
        said = run(command, reel)
    assert (said.code, said.out, said.err) == (2, "", f"ipcreel: {reel}: cannot be read: Permission denied.\n")


@contextmanager
def no_special_rights() -> Iterator[None]:
    """Without what lets root read every file: CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH (capabilities(7), capget(2))."""
    version_3 = (ctypes.c_uint32 * 2)(0x20080522, 0)
    had, less = (ctypes.c_uint32 * 6)(), (ctypes.c_uint32 * 6)()
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.capget(version_3, had) == 0
    less[:] = had[:]
    less[0] &= ~0b110  # of those in effect; they stay permitted, and come back
    assert libc.capset(version_3, less) == 0
    try:
        yield
    finally:
        assert libc.capset(version_3, had) == 0


def cut_off_late(reel: Path) -> str:
    whole = open_reel(GOLDEN)
    reel.write_bytes(GOLDEN.read_bytes()[: whole.payloads_end + 10 * 64])
    return f"it was cut off: 10 of {len(whole)} events can be read"


def without_index(reel: Path) -> str:
    content = GOLDEN.read_bytes()
    reel.write_bytes(content[: content.rindex(b"\xa3cut")] + bytes(len(content) - content.rindex(b"\xa3cut")))
    return "its index is damaged: when the run began and ended is taken from the events"


def cut_off_behind_its_events(reel: Path) -> str:
    content = GOLDEN.read_bytes()
    reel.write_bytes(content[: content.rindex(b"\xa3cut")])
    return "it was cut off after its last event: when the run began and ended is taken from the events"


def with_a_wrong_event(reel: Path) -> str:
    whole, content = open_reel(GOLDEN), bytearray(GOLDEN.read_bytes())
    content[whole.payloads_end + 2 * 64 + 11] = 0x7F
    reel.write_bytes(content)
    return f"1 of {len(whole)} events fit nothing and are left out"


@pytest.mark.parametrize("spoil", [cut_off_late, cut_off_behind_its_events, without_index, with_a_wrong_event])
@pytest.mark.parametrize("command", ANSWERING)
def test_what_can_still_be_read_is_answered_from(
    run: Run, tmp_path: Path, command: str, spoil: Callable[[Path], str]
) -> None:
    reel = tmp_path / "a.reel"
    line = spoil(reel)
    said = run(command, reel)
    assert said.err == f"ipcreel: {reel}: {line}\n"
    assert said.code in (0, 1)
    assert said.out or command == "export"


def test_what_came_behind_a_cut_is_not_taken_for_what_never_came(run: Run, tmp_path: Path) -> None:
    """The queue is removed, and its messages received, in events that can no longer be read."""
    reel = tmp_path / "a.reel"
    cut_off_late(reel)
    said = run("check", reel)
    assert said.out.startswith("nothing found\nNot looked for, since 9 events cannot be read: ")
    assert "leak" in said.out
    assert "message-never-received" in said.out
    assert said.code == 0


def test_a_payload_that_is_damaged_does_not_hide_the_others(run: Run, tmp_path: Path) -> None:
    whole, content = open_reel(GOLDEN), bytearray(GOLDEN.read_bytes())
    rows = [row for row in range(len(whole)) if whole.payload(row) == b"message 1"]
    content[int(whole.raw["payload"][rows[0]])] = 0xC1
    reel = tmp_path / "a.reel"
    reel.write_bytes(content)
    assert "message 2" in run("events", reel).out
    said = run("export", reel)
    assert (said.err, said.code) == ("", 0)
    written = (tmp_path / "out.csv").read_text()
    assert "message 2" in written
    assert "The reel is damaged" in written


def without_a_payload(reel: Path) -> int:
    """A reel of which one payload is damaged, and the event that it belongs to."""
    whole, content = open_reel(GOLDEN), bytearray(GOLDEN.read_bytes())
    row = next(row for row in range(len(whole)) if whole.payload(row) == b"message 1")
    content[int(whole.raw["payload"][row])] = 0xC1
    reel.write_bytes(content)
    return row


def test_a_difference_that_lies_in_a_damaged_payload_is_shown_as_damaged(run: Run, tmp_path: Path) -> None:
    row = without_a_payload(tmp_path / "a.reel")
    said = run("diff", tmp_path / "a.reel")
    assert said.code == 1
    assert "(damaged)" in said.out
    assert said.err.startswith(f"ipcreel: {tmp_path / 'a.reel'}: event {row}, offset ")
    assert said.err.count("\n") == 1
