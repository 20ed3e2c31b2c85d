"""The pytest plugin, in a test suite of its own: what its tests say, and what they leave behind.

Starting pytest and recording cost most: the tests below are run together, and look at one recording where they can.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

PROGRAM = """
import multiprocessing, sys

def work(queue, answers):
    answers.put(queue.get() + 1)

if __name__ == "__main__":
    context = multiprocessing.get_context("fork")
    queue, answers = context.SimpleQueue(), context.SimpleQueue()
    worker = context.Process(target=work, args=(queue, answers), name="worker")
    worker.start()
    queue.put(int(sys.argv[1]))
    assert answers.get() == int(sys.argv[1]) + 1
    worker.join()
"""

HEAD = """
import sys
from pathlib import Path

import pytest

import ipcreel
from ipcreel.expect import *

PROGRAM = str(Path(__file__).with_name("program.py"))


def run(record, number=1):
    return record([sys.executable, PROGRAM, str(number)])
"""

# The first test records; the others that only read look at its reel.
ASSERTIONS = """
@pytest.fixture
def reel():
    return ipcreel.open(Path(__file__).with_name("shared.reel"))

def test_a_recorded_program_is_a_reel(record):
    reel = run(record)
    assert_count(reel, pick('mp.simple_queue.put'), exactly=2)
    Path(__file__).with_name("shared.reel").write_bytes(reel.path.read_bytes())

def test_a_failed_test_keeps_its_reels(record):
    run(record)
    assert False

def test_one_that_passes_keeps_none(record):
    run(record)

def test_an_unexpected_exit_code_fails_with_what_the_program_said(record):
    record([sys.executable, '-c', 'raise SystemExit("no luck")'])

def test_never(reel):
    assert_never(reel, pick('mp.simple_queue.put', 'worker'))

def test_count(reel):
    assert_count(reel, pick('mp.simple_queue.get'), at_least=3)

def test_happens_before(reel):
    assert_happens_before(reel, pick('mp.simple_queue.put', 'worker'), pick('mp.simple_queue.get', 'worker'))

def test_concurrent(reel):
    assert_concurrent(reel, pick('mp.simple_queue.put', 'program.py'), pick('mp.simple_queue.get', 'worker'))

def test_depth(reel):
    assert_depth(reel, '*', at_most=0)

def test_payload(reel):
    assert_count(reel, pick('mp.simple_queue.put', payload='zebra'), at_least=1)

def test_no_such_event(reel):
    assert_eventually(reel, pick('mp.simple_queue.get', payload='zebra'))

def test_no_count(reel):
    assert_count(reel, pick('mp.simple_queue.get'))

def test_no_queue(reel):
    assert_depth(reel, 'pipe *', at_most=1)

def test_no_round(reel):
    assert_phases(reel, [pick('mp.simple_queue.put')], r'round (\\d+)')

def test_no_group(reel):
    assert_phases(reel, [pick('mp.simple_queue.put')], 'round')

def test_no_pattern(reel):
    assert_never(reel, pick(payload='('))

def test_no_such_name(reel):
    assert_never(reel, pick('mp.simple_queue.putt'))

def test_a_program_that_hangs(record):
    record([sys.executable, '-c', "import threading; lock = threading.Lock(); lock.acquire(); lock.acquire()"],
           exit_code=None, timeout_s=1.5)

def test_assertions_that_hold_pass(reel):
    assert_eventually(reel, pick('mp.simple_queue.get', 'worker'))
    assert_happens_before(reel, pick('mp.simple_queue.put', 'program.py'), pick('mp.simple_queue.put', 'worker'))
    assert_happens_before(reel, pick('mp.process.start', 'program.py'), pick('mp.simple_queue.put', 'worker'))
    assert_depth(reel, '*', at_most=1)
    assert_no_findings(reel)

def test_a_run_replays(assert_replays):
    assert_replays('shared.reel')

def test_one_of_changed_code_does_not(assert_replays):
    program = Path(PROGRAM)
    before = program.read_text()
    program.write_text(before.replace('queue.get() + 1', 'os.getpid()').replace('import multi', 'import os, multi'))
    try:
        assert_replays('shared.reel', process='worker')
    finally:
        program.write_text(before)

def test_nobody_of_that_name_replays(assert_replays):
    assert_replays('shared.reel', process='waiter')
"""

GOLDEN = """
def test_the_same(record, assert_same_behaviour):
    run(record, 1)
    assert_same_behaviour('golden/a.behaviour')

def test_another(record, assert_same_behaviour):
    run(record, 2)
    assert_same_behaviour('golden/a.behaviour')
"""

_OTHER_PLUGINS = ("cacheprovider", "pytest-qt", "hypothesispytest", "xdist", "timeout", "pytest_repeat")


@dataclass(frozen=True)
class Said:
    """What the tests of a suite said.

    Attributes:
        outcomes: the name of each test → PASSED or FAILED.
        failures: the name of each failed test → what stands below it.
    """

    outcomes: dict[str, str]
    failures: dict[str, str]


def run_suite(folder: Path, body: str, *options: str) -> Said:
    """Run tests against the program, in a process of their own."""
    (folder / "program.py").write_text(PROGRAM)
    (folder / "test_it.py").write_text(HEAD + body)
    without = [word for name in _OTHER_PLUGINS for word in ("-p", f"no:{name}")]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-v", "--rootdir", str(folder), "-c", "/dev/null", *without, *options],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    outcomes = dict(re.findall(r"^test_it\.py::(\w+) (PASSED|FAILED)", done.stdout, re.MULTILINE))
    parts = re.split(r"^_+ (test_\w+) _+$", done.stdout.partition("short test summary")[0], flags=re.MULTILINE)
    return Said(outcomes, dict(zip(parts[1::2], parts[2::2], strict=True)))


FAILING = {
    "test_a_failed_test_keeps_its_reels": ["assert False", "ipcreel view artifacts/test_it.py-test_a_failed_test"],
    "test_an_unexpected_exit_code_fails_with_what_the_program_said": ["expected exit code 0, got 1", "no luck"],
    "test_never": ["expected exactly 0, found 1:"],
    "test_count": ["expected at least 3, found 2:"],
    "test_happens_before": ["these are after:"],
    "test_concurrent": ["happens before the other:"],
    "test_depth": ["at most 0 messages expected, 1 at"],
    "test_payload": ["payload zebra: expected"],
    "test_no_such_event": ["payload zebra: there is no such event."],
    "test_no_count": ["assert_count needs exactly=, at_least= or at_most="],
    "test_no_queue": ["no message went through it"],
    "test_no_round": ["in no payload of these phases"],
    "test_no_group": ["has no group"],
    "test_no_pattern": ["'(' is no regular expression: missing )"],
    "test_no_such_name": ["no operation mp.simple_queue.putt. There are: mp.simple_queue.put, "],
    "test_a_program_that_hangs": ["it still ran after 1.5 s, and was ended.", "  deadlock: ", "0.reel"],
    "test_one_of_changed_code_does_not": [
        "the replay of worker diverged: event ",
        "the program did process.pid.read at",
    ],
    "test_nobody_of_that_name_replays": ["there is no process waiter. There are: program.py ("],
}


def test_assertions_show_the_events_that_break_them_and_failed_tests_keep_their_reels(tmp_path: Path) -> None:
    said = run_suite(tmp_path, ASSERTIONS)
    passing = {
        "test_a_recorded_program_is_a_reel",
        "test_one_that_passes_keeps_none",
        "test_assertions_that_hold_pass",
        "test_a_run_replays",
    }
    assert said.outcomes == dict.fromkeys(FAILING, "FAILED") | dict.fromkeys(passing, "PASSED")
    for name, lines in FAILING.items():
        for line in lines:
            assert line in said.failures[name]
    # Whose line it is stands in the test: no failure shows the inside of the library.
    assert [name for name, failure in said.failures.items() if "/ipcreel/" in failure] == []
    kept = sorted(path.relative_to(tmp_path / "artifacts").as_posix() for path in tmp_path.glob("artifacts/*/*.reel"))
    assert kept == [
        "test_it.py-test_a_failed_test_keeps_its_reels/0.reel",
        "test_it.py-test_a_program_that_hangs/0.reel",
        "test_it.py-test_an_unexpected_exit_code_fails_with_what_the_program_said/0.reel",
    ]


def test_a_golden_file_is_written_when_asked_and_compared_from_then_on(tmp_path: Path) -> None:
    missing = run_suite(tmp_path, GOLDEN, "-k", "the_same")
    assert missing.outcomes == {"test_the_same": "FAILED"}
    assert "`pytest --update-behaviour` writes it." in missing.failures["test_the_same"]
    assert run_suite(tmp_path, GOLDEN, "-k", "the_same", "--update-behaviour").outcomes == {"test_the_same": "PASSED"}
    golden = (tmp_path / "golden" / "a.behaviour").read_text()
    assert golden.startswith("program.py\n")
    assert "    mp.simple_queue.get  simple_queue of program.py 1" in golden
    again = run_suite(tmp_path, GOLDEN)
    assert again.outcomes == {"test_the_same": "PASSED", "test_another": "FAILED"}
    failure = again.failures["test_another"]
    assert "the run behaved otherwise" in failure
    assert re.search(r"^E?\s*-", failure, re.MULTILINE)
    assert re.search(r"^E?\s*\+", failure, re.MULTILINE)


def test_the_test_that_the_page_on_replay_shows_passes(tmp_path: Path) -> None:
    page = Path(__file__).parents[2].joinpath("docs", "replay.md").read_text()
    [shown] = [block for block in re.findall(r"^```python\n(.*?)^```$", page, re.M | re.S) if "def test_" in block]
    [name] = re.findall(r"^def (\w+)", shown, re.M)
    assert run_suite(tmp_path, shown).outcomes == {name: "PASSED"}
