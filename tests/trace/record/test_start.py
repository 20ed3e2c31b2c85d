"""What a new interpreter does before its program begins: as little as it can, and nothing that is missed later."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from ipcreel.compiled import is_compiled
from ipcreel.reel import Reel

Record = Callable[..., Any]
in_c = pytest.mark.skipif(not is_compiled, reason="nothing sleeps without the part in C")


def operations(reel: Reel) -> Counter[str]:
    return Counter(str(reel.operations[int(code)]["name"]) for code in reel.op)


def faults(reel: Reel) -> list[object]:
    return [process["facts"]["fault"] for process in reel.processes if "fault" in process["facts"]]


@in_c
def test_a_process_that_only_starts_and_ends_loads_no_mechanism(recorded: Record) -> None:
    run = recorded("""
        import sys
        sys.exit(sum(name.startswith(("ipcreel.mechanism", "ipcreel.record.wrap")) for name in sys.modules))
    """)
    assert (run.exit, faults(run.reel)) == (0, [])
    assert "ended_ns" in run.reel.processes[0]["facts"]


@in_c
def test_no_collection_looks_at_what_the_start_made(recorded: Record) -> None:
    run = recorded("""
        import gc
        made = [each for each in gc.get_objects() if str(getattr(each, "__module__", "")).startswith("ipcreel")]
        print([each for each in made if isinstance(each, (type, type(lambda: 0)))])
    """)
    assert run.stdout == "[]\n"


def test_ctrl_c_is_told_in_a_program_that_has_imported_no_signals(recorded: Record) -> None:
    run = recorded("""
        import _signal
        plain = _signal.default_int_handler
        try:
            _signal.raise_signal(_signal.SIGINT)
            for _ in range(1000):
                pass
        except KeyboardInterrupt:
            print("interrupted")
        import signal
        print(signal.getsignal(signal.SIGINT) is plain)
    """)
    assert run.stdout == "interrupted\nTrue\n"
    counted = operations(run.reel)
    assert (counted["signal.delivered"], counted["signal.handler.run"], faults(run.reel)) == (1, 1, [])


@pytest.mark.parametrize(
    ("unbuffered", "writes"), [("", ["one\n", "two\n", "True FileIO\n"]), ("1", ["one\n", "two", "\n"])]
)
def test_the_first_write_of_each_stream_and_the_first_line_read_are_told(
    recorded: Record, monkeypatch: pytest.MonkeyPatch, unbuffered: str, writes: list[str]
) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    run = recorded("""
        import sys
        files = lambda: [getattr(stream.buffer, "raw", stream.buffer) for stream in (sys.stdin, sys.stdout, sys.stderr)]
        before = files()
        sys.stdin.readline()
        sys.stderr.write("one\\n")
        sys.stderr.flush()
        print("two", flush=True)
        print(files() == before, type(before[1]).__name__)
    """)
    assert (run.stdout, run.stderr) == ("two\nTrue FileIO\n", "one\n")
    assert operations(run.reel)["console.fill"] >= 1
    written = [
        row for row in range(len(run.reel)) if run.reel.operations[int(run.reel.op[row])]["name"] == "console.write"
    ]
    assert [run.reel.payload(row).decode() for row in written[: len(writes)]] == writes


@pytest.mark.parametrize("installed", ["", "import os; os.pipe()"])
def test_an_exception_that_nobody_caught_is_printed_as_without_us(recorded: Record, installed: str) -> None:
    run = recorded(f"""
        import sys
        hook = sys.excepthook
        {installed}
        assert hook is sys.excepthook is sys.__excepthook__
        import os
        class Late:
            def __del__(self, close=os.close):
                close(-1)
        late = Late()
        raise ValueError("once")
    """)
    assert (run.exit, without_addresses(run.stderr)) == (run.bare.exit, without_addresses(run.bare.stderr))


def without_addresses(text: str) -> str:
    return re.sub(r" at 0x\w+", "", text)


def test_a_text_that_has_no_form_in_c_is_kept(recorded: Record) -> None:
    run = recorded("""
        import os, subprocess, sys
        subprocess.run([sys.executable, "-c", "pass", "größer", str(2**80)])
    """)
    assert any("größer" in process["argv"] for process in run.reel.processes)
    assert faults(run.reel) == []
