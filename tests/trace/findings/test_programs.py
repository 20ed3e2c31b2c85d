"""The programs of tests/programs have no finding, but those that do on purpose what a check looks for."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ipcreel.reel import open_reel
from tests.trace.test_transparency import Needs, programs, run

# What each of them does on purpose, and is rightly told of.
ON_PURPOSE = {
    "daemon_threads_at_exit": {"blocking-under-lock"},  # a thread waits for a lock that is held over a sleep of 50 ms
    "exceptions_break_out_of_blocking_calls": {"blocking-under-lock"},  # a thread waits for a lock held over all calls
    "handler_takes_a_lock": {"handler-takes-held-lock"},  # it gives up after a time
    "interrupted_msgrcv_raises": {"message-never-received"},  # a queue is removed with messages in it
    "keyboard_interrupt_while_blocked": {"endless-wait"},  # only the interruption ends it
    "mq_notify_by_signal": {"message-never-received"},
    "multiprocessing_locks": {"data-race"},  # a counter is looked at without the lock under which it is counted
    "orphan_prints_after_its_parent_ended": {"orphan"},
    "orphans_only_sigkill_ends": {"orphan"},
    "queue_keys": {"message-never-received"},
    "sigusr_burst_coalesces": {"signals-merged"},
    "thread_tools": {"barrier-parties"},  # one of two parties waits until its time runs out
    "timeouts_are_honoured": {"barrier-parties"},
    "tracebacks_are_equal": {"barrier-parties"},
    "types_of_ipc_modules": {"message-never-received"},
}


@pytest.mark.soak
@pytest.mark.parametrize(("program", "needs", "arguments"), programs())
def test_a_program_has_no_finding_but_what_it_does_on_purpose(
    program: Path, needs: Needs, arguments: list[str], tmp_path: Path
) -> None:
    interpreter = [sys.executable, *needs.flags] if program.suffix == ".py" else ["/bin/sh"]
    reel = tmp_path / "run.reel"
    ipcreel = [sys.executable, "-I", "-m", "ipcreel", "record", "--quiet", "-o", str(reel), "--"]
    run([*ipcreel, *interpreter, str(program), *arguments], needs, tmp_path / "home")
    found = open_reel(reel).findings
    assert {finding.code for finding in found} <= ON_PURPOSE.get(program.stem, set()), found
