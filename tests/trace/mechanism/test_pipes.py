"""What goes through pipes and FIFOs by descriptor is recorded; regular files are left alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ipcreel.mechanism.rawfile import pipe_of

Recorded = Callable[..., Any]
Rows = Callable[..., list[Any]]


def test_what_is_written_to_a_pipe_is_read_from_the_same_object_in_another_process(
    recorded: Recorded, rows: Rows
) -> None:
    run = recorded(
        """
        import os
        reading, writing = os.pipe()
        if (pid := os.fork()) == 0:
            os.close(reading)
            os.write(writing, b"from the child")
            os._exit(0)
        os.close(writing)
        print(os.read(reading, 4), os.read(reading, 100), os.read(reading, 1))
        os.waitpid(pid, 0)
        """
    )
    assert run.ran == run.bare
    found = rows(run.reel, "pipe.end.")
    (write,) = [row for row in found if row.operation == "pipe.end.write"]
    reads = [row for row in found if row.operation == "pipe.end.read"]
    assert [(row.payload, row.b) for row in reads] == [(b"from", 4), (b" the child", 10), (b"", 0)]
    assert write.payload == b"from the child"
    assert {row.key for row in reads} == {write.key}
    assert write.process != reads[0].process


def test_vectors_and_files_sent_count_as_their_bytes(recorded: Recorded, rows: Rows, tmp_path: Any) -> None:
    run = recorded(
        """
        import os, sys
        reading, writing = os.pipe2(os.O_CLOEXEC)
        print(os.writev(writing, [b"ab", bytearray(b"cd")]))
        buffers = [bytearray(3), bytearray(9)]
        print(os.readv(reading, buffers), buffers)
        with open(__file__, "rb") as source:
            print(os.sendfile(writing, source.fileno(), 0, 10))
        print(os.read(reading, 10))
        """
    )
    assert run.ran == run.bare
    found = {row.operation: row for row in rows(run.reel, "pipe.end.")}
    assert found["pipe.end.writev"].payload == found["pipe.end.readv"].payload == b"abcd"
    assert found["pipe.end.sendfile"].b == found["pipe.end.read"].b == 10


def test_a_fifo_is_one_object_whoever_opens_it(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import os, tempfile
        path = os.path.join(tempfile.mkdtemp(), "fifo")
        os.mkfifo(path)
        if (pid := os.fork()) == 0:
            end = os.open(path, os.O_WRONLY)
            os.write(end, b"through the fifo")
            os._exit(0)
        end = os.open(path, os.O_RDONLY)
        print(os.read(end, 100))
        os.waitpid(pid, 0)
        os.close(end)
        os.unlink(path)
        os.rmdir(os.path.dirname(path))
        """
    )
    assert run.ran == run.bare
    found = rows(run.reel, "pipe.")
    ends = [row for row in found if row.operation in ("pipe.fifo.open", "pipe.end.write", "pipe.end.read")]
    assert len({row.key for row in ends}) == 1
    assert ends[0].name.startswith("fifo /")


def test_a_fifo_that_is_opened_by_its_path_is_read_and_written_as_a_pipe(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import os, pathlib, tempfile
        path = os.path.join(tempfile.mkdtemp(), "fifo")
        os.mkfifo(path)
        if (pid := os.fork()) == 0:
            with open(path, mode="w", encoding="ascii") as end: end.write("asked\\n")
            pathlib.Path(path).read_bytes()
            os._exit(0)
        with open(path) as end: print(end.name == path, end.mode, end.readline())
        with open(path, "wb", buffering=0) as end: print(end.name == path, end.write(b"answered"))
        os.waitpid(pid, 0)
        with open(path, "rb+", 0) as end: print(end.write(b"x"), end.read(1))
        for wrong in ("q",), ("rw",), ("rb", -1, "ascii"), ("r+",):
            try: open(path, *wrong)
            except (ValueError, OSError) as error: print(error)
        os.unlink(path)
        os.rmdir(os.path.dirname(path))
        """
    )
    assert run.ran == run.bare
    found = [row for row in rows(run.reel, "pipe.") if row.operation != "pipe.fifo.make"]
    assert len({row.key for row in found if row.operation != "pipe.end.close"}) == 1
    moved = [row.payload for row in found if row.operation.endswith((".write", ".fill", ".read", ".read_all"))]
    assert sorted(filter(None, moved)) == [b"answered", b"answered", b"asked\n", b"asked\n", b"x", b"x"]


def test_regular_files_and_the_console_are_not_pipes(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import os, tempfile
        descriptor, path = tempfile.mkstemp()
        os.write(descriptor, b"text")
        os.lseek(descriptor, 0, os.SEEK_SET)
        print(os.read(descriptor, 10), os.dup(descriptor) > 0)
        os.close(descriptor)
        os.unlink(path)
        os.write(1, b"")
        """
    )
    assert run.ran == run.bare
    assert rows(run.reel, "pipe.") == []


def test_a_read_that_never_returns_is_pending_when_its_process_is_killed(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import os, signal
        reading, writing = os.pipe()
        if (pid := os.fork()) == 0:
            os.read(reading, 1)
            os._exit(0)
        while open(f"/proc/{pid}/syscall").read().split()[1:2] != [hex(reading)]:
            pass
        os.kill(pid, signal.SIGKILL)
        print(os.waitpid(pid, 0)[1])
        """
    )
    assert run.ran == run.bare
    (read,) = rows(run.reel, "pipe.end.read")
    assert (read.state, read.kind) == ("pending", "pipe")


def test_wrong_arguments_are_refused_with_the_same_words(recorded: Recorded) -> None:
    run = recorded(
        """
        import os
        reading, writing = os.pipe()
        for call in ("read()", "read('x', 1)", "read(reading)", "read(reading, -1)", "write(writing)",
                     "read(10**30, 1)", "write(writing, 'text')", "close()", "close('x')", "close(999)", "dup()",
                     "dup(999)", "dup2(1)", "writev(writing, 3)", "readv(reading, b'')", "pipe(1)", "open()",
                     "open('/no/such/file', 0)", "closerange(1)", "sendfile(writing)", "set_blocking(999, True)",
                     "close(fd=998)"):
            try:
                eval("os." + call)
            except Exception as error:
                print(call, type(error).__name__, error)
        """
    )
    assert run.ran == run.bare
    assert run.stdout.count("Error") == 21


def test_a_pipe_that_would_block_raises_and_says_so(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import os
        reading, writing = os.pipe()
        os.set_blocking(reading, False)
        print(os.get_blocking(reading), os.get_blocking(writing), os.get_inheritable(reading))
        try:
            os.read(reading, 1)
        except BlockingIOError as error:
            print(error)
        """
    )
    assert run.ran == run.bare
    (read,) = rows(run.reel, "pipe.end.read")
    assert read.state == "raised"
    assert read.payload["raised"] == "builtins.BlockingIOError"


def test_a_pipe_read_and_written_through_file_objects_keeps_its_bytes(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import io, os
        print(io.open is open)
        reading, writing = os.pipe()
        with os.fdopen(writing, "w", encoding="utf-8") as out, open(reading, "rb") as into:
            print(out, into, type(out.buffer.raw), isinstance(into.raw, io.FileIO), into.raw)
            print("price: 3 €", file=out, flush=True)
            print(into.readline(), into.fileno(), out.line_buffering)
            out.write("rest")
            out.close()
            print(into.read(), into.read())
        reading, writing = os.pipe()
        raw = open(writing, "wb", 0)
        print(raw.write(b"raw"), open(reading, "rb", 0, closefd=False).read(3), raw)
        raw.close()
        for call in ("open(reading, 'q')", "open(reading, 'r+')", "open(reading, 'rb', encoding='x')", "open(999)",
                     "open(-1)", "open(True)"):
            try:
                eval(call)
            except Exception as error:
                print(call, type(error).__name__, error)
        """
    )
    assert run.ran == run.bare
    found = rows(run.reel, "pipe.file.")
    written = [row.payload for row in found if row.operation == "pipe.file.write"]
    assert written == ["price: 3 €\n".encode(), b"rest", b"raw"]
    read = b"".join(row.payload for row in found if ".read" in row.operation or row.operation.endswith(".fill"))
    assert read == b"".join(written)
    assert {row.kind for row in found} == {"pipe"}


def test_bytes_that_are_moved_from_pipe_to_pipe_are_counted(recorded, rows):
    run = recorded("""
        import os, tempfile
        reading, writing = os.pipe()
        there, here = os.pipe()
        os.write(writing, b"moved")
        print(os.splice(reading, here, 100), os.read(there, 9))
        with tempfile.TemporaryFile() as file:
            os.write(writing, b"kept")
            print(os.splice(reading, dst=file.fileno(), count=100))
        try:
            os.splice(reading, 999, 1)
        except OSError as error:
            print(error)
    """)
    assert run.ran == run.bare
    moved = rows(run.reel, "pipe.end.splice")
    assert [(row.kind, row.b, row.state) for row in moved] == [
        ("pipe", 5, "returned"),
        ("pipe", 4, "returned"),
        ("pipe", 0, "raised"),
    ]


def test_what_a_handler_raises_while_a_file_is_asked_for_its_descriptor_goes_on_to_the_program() -> None:
    class RungError(Exception):
        pass

    class Interrupted:
        def fileno(self) -> int:
            raise RungError

    class Closed:
        def fileno(self) -> int:
            raise ValueError("I/O operation on closed file")

    assert pipe_of((Closed(),), {}, None) == 0
    with pytest.raises(RungError):
        pipe_of((Interrupted(),), {}, None)
