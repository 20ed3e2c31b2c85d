"""The programs of tests/programs replay: the same output to the letter from each process, and no divergence."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ipcreel.reel import open_reel
from ipcreel.replay.every import replay_all
from tests.trace.test_transparency import Needs, programs, run

# What does not replay, by the reason: "Limits" in docs/replay.md has each of them.
OUT_OF_REACH = {
    "multiprocessing_shared_memory": "the bytes of shared memory are not recorded",
    "posix_forms": "the bytes of shared memory are not recorded",
    "sysv_shared_memory": "the bytes of shared memory are not recorded",
    "tls_over_sockets": "C code reads its sockets by itself",
    "unwatched_forks": "it forks past Python: the fence stops that",
    "curses_screen": "C code asks the terminal",
    "input_on_a_pty": "C code asks the terminal",
    "faulthandler_dumps": "C code writes of every thread",
    "audit_hooks": "it hears of what a replay does",
    "classes_look_like_themselves": "it looks at the library",
    "functions_look_like_themselves": "it looks at the library",
    "help_texts": "it looks at the library",
    "sees_no_trace_of_a_recorder": "it looks at the library",
    "keyboard_interrupt_while_blocked": "it prints a traceback of the library",
    "own_module_with_a_known_name": "what a module of its own gives, under the name of a known one, is not recorded",
    "stacks_seen_from_inside": "it looks at the library",
    "tracebacks_are_equal": "it looks at the library",
    "weakrefs_and_lifetimes": "when the collector runs is not recorded",
    "recursion_at_the_limit": "how deep the stack may be is another",
    "names_and_counts_of_threads": "native ids of threads are those of the replay",
    "open_descriptors": "descriptors of plain files are those of the replay",
    "thread_tools": "it looks into a queue of threads, whose items a replay keeps elsewhere",
    "process_pool_by_hand": "it looks for a file that it left on the disk",
    "runs_in_every_form": "an interpreter reads its program from the standard input",
    "shell_background_children": "an interpreter reads its program from the standard input",
    "works_in_a_removed_folder": "its folder is there again",
    "subprocess_forms": "descriptors of plain files are those of the replay, in the processes that it starts too",
    "wrong_arguments": "what C refuses because of its arguments is an operation in a replay",
    "writes_to_a_closed_pipe": "a descriptor that stands for the console is written to past its stream",
    "executes_itself": "plain files that it holds over an exec are opened anew",
    "exceptions_break_out_of_blocking_calls": "the context of an exception that C code raised is not recorded",
}
SHORT = frozenset(("nested_handlers", "nonblocking_sockets", "pipe_and_fork"))
"""Those that the suite has time for."""
ALL_OF_IT = str(1 << 28)


def chosen(short: bool) -> list[object]:
    """The runs of the programs, of the short ones or of all others, but for those that are out of reach."""
    return [
        each
        for each in programs()
        if each.values[0].stem not in OUT_OF_REACH and (each.values[0].stem in SHORT) == short  # type: ignore[attr-defined]
    ]


@pytest.mark.soak
@pytest.mark.parametrize(("program", "needs", "arguments"), chosen(short=False))
def test_a_program_replays_to_the_letter(program: Path, needs: Needs, arguments: list[str], tmp_path: Path) -> None:
    check(program, needs, arguments, tmp_path)


@pytest.mark.parametrize(("program", "needs", "arguments"), chosen(short=True))
def test_a_short_program_replays_to_the_letter(
    program: Path, needs: Needs, arguments: list[str], tmp_path: Path
) -> None:
    check(program, needs, arguments, tmp_path)


def check(program: Path, needs: Needs, arguments: list[str], folder: Path) -> None:
    """Record a program, and replay each of its processes."""
    interpreter = [sys.executable, *needs.flags] if program.suffix == ".py" else ["/bin/sh"]
    reel = folder / "run.reel"
    options = ["record", "--quiet", "--payload-limit", ALL_OF_IT, "-o", str(reel), "--"]
    run(
        [sys.executable, "-I", "-m", "ipcreel", *options, *interpreter, str(program), *arguments],
        needs,
        folder / "home",
    )
    for outcome in replay_all(open_reel(reel)):
        ending = outcome.ending
        assert (ending.divergence, ending.differs) == ("", ""), f"{outcome.name} of {program.name}"
