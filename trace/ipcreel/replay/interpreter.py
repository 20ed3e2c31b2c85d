"""Starts the interpreter in which a process is replayed, and takes what it leaves behind."""

from __future__ import annotations

import fcntl
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Thread
from types import FrameType
from typing import Any

from ipcreel.reel import Reel, ReelError
from ipcreel.replay.answers import Answers
from ipcreel.replay.interleavings import Interleavings, Notes
from ipcreel.replay.place import Place
from ipcreel.replay.plan import How, path_to, write_script
from ipcreel.replay.wire import Wire

BOOTSTRAP = Path(__file__).with_name("bootstrap")
RESULT = "result"  # the file of the scratch directory in which a replay says how it went
_HIGH = 900  # our descriptors stay out of the way of the program's


class Interpreter:
    """Replays one process, as often as it is asked to.

    Attributes:
        reel: what was recorded.
    """

    def __init__(self, reel: Reel, process: int) -> None:
        """Take what was recorded, and the process.

        Raises:
            ReelError: its program cannot be run.
        """
        self.reel = reel
        self._path = path_to(reel, process)
        self._root = reel.processes[self._path[0]]
        self._executable = _interpreter(reel, self._root)

    def run(self, place: Place | None, how: How, tried: Interleavings, seeks: bool) -> tuple[int | None, Notes]:
        """Replay once.

        Args:
            place: where it is to stop; to its end, where there is none.
            how: what else is wanted of it.
            tried: which of its threads are late.
            seeks: whether it ends without a word where another interleaving may agree.

        Returns:
            Its exit code, None where it was ended since its patience was; and what it left behind.
        """
        with tempfile.TemporaryDirectory(prefix="ipcreel-replay-") as scratch, ExitStack() as kept:
            script = Path(scratch) / "script"
            write_script(self.reel, self._path, script, place, how, tried, seeks)
            ours, theirs = socket.socketpair()
            answers = Answers(self.reel, self._path[-1], ours)
            editor = None if how.port is None else kept.enter_context(wait_for_editor(how.port))
            running = self._start(script, theirs, editor, how.quiet)
            Thread(target=answers.serve, daemon=True).start()
            try:
                with _interruptible(running, answers):
                    code: int | None = running.wait(how.patience_s)
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait()
                code = None
            if editor is not None:
                say_ended(editor, running.returncode)
            return code, _left(Path(scratch) / RESULT)

    def _start(
        self, script: Path, link: socket.socket, editor: socket.socket | None, quiet: bool
    ) -> subprocess.Popen[bytes]:
        with ExitStack() as opened:
            # What a program makes of its descriptors 0 and 1 is its own: ours are others.
            passed = [_move_up(link.detach()), *(_move_up(os.dup(stream)) for stream in (0, 1))]
            if editor is not None:
                passed.append(_move_up(os.dup(editor.fileno())))
            for descriptor in passed:
                opened.callback(os.close, descriptor)
            streams = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL) if quiet else {}
            started: subprocess.Popen[bytes] = subprocess.Popen(
                [self._executable, *self._root["argv"][1:]],
                env=_environment(self._root, script, passed),
                cwd=self._root.get("folder") or None,
                pass_fds=passed,
                **streams,  # type: ignore[call-overload]
            )
            return started


@contextmanager
def wait_for_editor(port: int) -> Iterator[socket.socket]:
    """The connection to the editor that comes first to a port of this machine; 0 stands for any free one.

    Raises:
        ReelError: it cannot be listened there.
    """
    try:
        listener = socket.create_server(("127.0.0.1", port))
    except (OSError, OverflowError) as error:
        raise ReelError(f"--dap {port}: no editor can be waited for there: {error}. Give another port.") from None
    with listener:
        sys.stderr.write(f"ipcreel: waiting for an editor at 127.0.0.1:{listener.getsockname()[1]}\n")
        sys.stderr.flush()
        connection, _ = listener.accept()
    with connection:
        yield connection


def say_ended(connection: socket.socket, code: int) -> None:
    """Tell an editor that the process is not there any more."""
    wire = Wire(connection.fileno())
    wire.tell("exited", exitCode=code)
    wire.tell("terminated")


def _left(result: Path) -> Notes:
    rows = result.read_text("utf-8", "replace").splitlines() if result.exists() else []
    return [json.loads(row) for row in rows]


def _interpreter(reel: Reel, root: dict[str, Any]) -> str:
    """The program that runs the process: the one that ran it, or, where it is not there, this one.

    Raises:
        ReelError: it has another version of Python than the one that ran, or the program is gone.
    """
    executable = root.get("executable") or sys.executable
    recorded = str(root.get("python", ""))
    if not os.access(executable, os.X_OK):
        own, needed = sys.version.split()[0], recorded.partition(" ")[0]
        if needed and own.rpartition(".")[0] != needed.rpartition(".")[0]:
            raise ReelError(f"{reel.path}: it ran on Python {needed} ({executable}), which is not here; this is {own}.")
        executable = sys.executable
    folder = root.get("folder") or "."
    if not os.path.isdir(folder):
        raise ReelError(f"{reel.path}: its program ran in {folder}, which is not there any more. Make that folder.")
    if _reads_program(root["argv"][1:]):
        raise ReelError(
            f"{reel.path}: {' '.join(root['argv'])} read its program from its standard input, which is not on the "
            "tape: it cannot be replayed. Give the program as a file."
        )
    program = next((word for word in root["argv"][1:] if not word.startswith("-")), None)
    is_file = program is not None and root["argv"][1] == program
    if is_file and not os.path.exists(os.path.join(folder, str(program))):
        raise ReelError(f"{reel.path}: its program {os.path.join(folder, str(program))} is not there any more.")
    return str(executable)


def _reads_program(words: list[str]) -> bool:
    """Whether an interpreter that was started with these has its program from its standard input."""
    words = list(words)
    while words and words[0].startswith("-") and words[0] != "-":
        option = words.pop(0)
        if option.startswith("--") and option != "--check-hash-based-pycs":
            continue
        if any(letter in option for letter in "cm"):  # what follows is the program
            return False
        if option in ("-W", "-X", "--check-hash-based-pycs"):
            words = words[1:]
    return not words or words[0] == "-"


def _environment(root: dict[str, Any], script: Path, passed: list[int]) -> dict[str, str]:
    environment = {
        **_recorded_environment(root),
        "IPCREEL_SCRIPT": str(script),
        "IPCREEL_DESCRIPTORS": ",".join(map(str, passed)),
        "IPCREEL_LAUNCHER": str(os.getpid()),
        "IPCREEL_DEBUG": os.environ.get("IPCREEL_DEBUG", ""),
    }
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, (str(BOOTSTRAP), environment.get("PYTHONPATH"))))
    if root.get("hash_seed") and b"PYTHONHASHSEED=" not in root["facts"].get("environment", b""):
        environment |= {"PYTHONHASHSEED": root["hash_seed"], "IPCREEL_HASHSEED": root["hash_seed"]}
    return environment


def _recorded_environment(root: dict[str, Any]) -> dict[str, str]:
    """What the program found; that of here where it was recorded without payloads."""
    kept = root["facts"].get("environment")
    if kept is None:
        return dict(os.environ)
    pairs = [entry.partition(b"=") for entry in kept.split(b"\0")]
    return {os.fsdecode(name): os.fsdecode(value) for name, _, value in pairs if name}


def _move_up(descriptor: int) -> int:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    high = _HIGH if soft < 0 else min(_HIGH, soft - 8)
    moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, high)
    os.close(descriptor)
    return moved


@contextmanager
def _interruptible(running: subprocess.Popen[bytes], answers: Answers) -> Iterator[None]:
    """Ctrl-C ends a replay that runs, and does nothing while a person is asked: `q` ends it there."""

    def end(number: int, frame: FrameType | None) -> None:
        if not answers.asks_a_person:
            running.kill()
            raise KeyboardInterrupt

    try:
        before = signal.signal(signal.SIGINT, end)
    except ValueError:  # not in the main thread: whoever waits for us hears of it
        yield
        return
    try:
        yield
    except KeyboardInterrupt:
        running.wait()
        raise
    finally:
        signal.signal(signal.SIGINT, before)
