"""The console: what was written and read, with the streams as they were."""

import subprocess
import sys

import pytest

from ipcreel.reel import open_reel


def test_all_ways_to_write_are_recorded_in_order(recorded):
    run = recorded("""
        import contextlib, io, os, sys
        print("printed", flush=True)
        sys.stdout.write("written\\n"); sys.stdout.flush()
        sys.stdout.buffer.write(b"bytes\\n"); sys.stdout.flush()
        os.write(1, b"descriptor\\n")
        sys.stderr.write("error\\n")
        with contextlib.redirect_stdout(io.StringIO()):
            print("elsewhere")
        print("at the end", end="")
    """)
    assert run.ran == run.bare
    written = [row for row in range(len(run.reel)) if "console" in name_of(run.reel, row)]
    out = b"".join(run.reel.payload(row) for row in written if run.reel.a[row] == 1)
    assert out.decode() == run.stdout
    assert b"".join(run.reel.payload(row) for row in written if run.reel.a[row] == 2) == b"error\n"


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_the_streams_are_what_they_were(recorded, monkeypatch, unbuffered):
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    run = recorded("""
        import sys
        for stream in (sys.stdin, sys.stdout, sys.stderr):
            print(stream, type(stream), type(stream.buffer), stream.buffer, stream.encoding, stream.errors)
            print(stream.line_buffering, stream.write_through, vars(stream), stream.buffer.__sizeof__())
        print(sys.stdout is sys.__stdout__, sys.stdout.newlines, sys.stdout.seekable(), sys.stdout.isatty())
        sys.stdout.reconfigure(encoding="ascii", line_buffering=True)
        print("x")
        sys.stdout.reconfigure(encoding="utf-8")
        sys.stdout.detach().write(b"detached")
    """)
    assert run.ran == run.bare


def test_what_was_read_from_stdin_is_kept(tmp_path):
    program = tmp_path / "program.py"
    program.write_text("import sys\nprint(repr(input('? ')), repr(sys.stdin.readline()), repr(sys.stdin.read()))\n")
    reel = tmp_path / "a.reel"
    command = [sys.executable, "-m", "ipcreel", "record", "-o", str(reel), "--", sys.executable, str(program)]
    done = subprocess.run(command, input=b"one\ntwo\nthree", stdout=subprocess.PIPE, timeout=60, check=True)
    assert done.stdout == b"? 'one' 'two\\n' 'three'\n"
    opened = open_reel(reel)
    read = [row for row in range(len(opened)) if name_of(opened, row) in ("console.fill", "console.read_all")]
    assert b"".join(opened.payload(row) for row in read) == b"one\ntwo\nthree"


def test_a_full_pipe_that_nobody_reads_raises_as_without_us(recorded, rows):
    run = recorded("""
        import os, sys
        reading, writing = os.pipe()
        os.close(reading)
        os.dup2(writing, 1)
        try:
            print("x", flush=True)
        except BrokenPipeError as error:
            sys.stderr.write(repr(error) + "\\n")
        os._exit(4)
    """)
    assert run.ran == run.bare
    assert run.exit == 4
    (failed,) = (row for row in rows(run.reel, "console.write") if row.state == "raised")
    assert failed.payload["raised"] == "builtins.BrokenPipeError"


FULL_PIPE = """
    import os, signal, sys
    class Rung(Exception): pass
    def make_room(*_): os.write(2, b"room for %d\\n" % len(os.read(reading, 1 << 20)))
    def give_up(*_): raise Rung
    reading, writing = os.pipe()
    os.dup2(writing, 1)
    signal.signal(signal.SIGALRM, make_room)
    print("x" * 65536, end="", flush=True)
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    print("y" * 60000, flush=True)
    signal.signal(signal.SIGALRM, give_up)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        print("z" * 60000, flush=True)
    except Rung as rung: os.write(2, b"%r\\n" % rung)
    os._exit(5)
"""


def test_a_handler_runs_while_a_write_waits_in_a_full_pipe(recorded):
    run = recorded(FULL_PIPE)
    assert run.ran == run.bare
    assert run.exit == 5


def test_a_closed_stdout_is_left_closed(recorded):
    code = "import sys; sys.stderr.write(f'{sys.stdout} {sys.stdin is None}\\n')"
    run = recorded(f"""
        import os, subprocess, sys
        os.environ["CODE"] = {code!r}
        os.system(f'{{sys.executable}} -c "$CODE" >&-')
    """)
    assert run.ran == run.bare
    assert "None" in run.stderr


def name_of(reel, row):
    """The operation of an event."""
    return reel.operations[int(reel.op[row])]["name"]
