"""The pytest plugin, in test suites of its own."""

from __future__ import annotations

import pytest

pytest_plugins = ["pytester"]

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


@pytest.fixture
def suite(pytester: pytest.Pytester):
    """`suite(body)`: run one test with that body against the program, in a process of its own."""
    pytester.makefile(".py", program=PROGRAM)

    def run(body: str, *options: str) -> pytest.RunResult:
        lines = "\n".join(f"    {line}" for line in body.strip().splitlines())
        pytester.makepyfile(
            test_it=f"""
import sys
from pathlib import Path
from ipcreel.expect import *
PROGRAM = str(Path(__file__).with_name("program.py"))

def test_it(record, assert_same_behaviour):
    def run(number=1):
        return record([sys.executable, PROGRAM, str(number)])
{lines}
"""
        )
        return pytester.runpytest_subprocess("-p", "no:cacheprovider", *options)

    return run


def test_a_recorded_program_is_a_reel(suite):
    suite("reel = run()\nassert_count(reel, pick('mp.simple_queue.put'), exactly=2)").assert_outcomes(passed=1)


def test_a_failed_test_keeps_its_reels_and_one_that_passes_keeps_none(suite, pytester):
    suite("run()\nassert False").assert_outcomes(failed=1)
    (kept,) = pytester.path.glob("artifacts/*/*.reel")
    assert (kept.parent.name, kept.name) == ("test_it.py-test_it", "0.reel")
    kept.unlink()
    suite("run()").assert_outcomes(passed=1)
    assert not list(pytester.path.glob("artifacts/*/*.reel"))


def test_an_unexpected_exit_code_fails_with_what_the_program_said(suite):
    result = suite("record([sys.executable, '-c', 'raise SystemExit(\"no luck\")'])")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*expected exit code 0, got 1*", "*no luck*"])


@pytest.mark.parametrize(
    ("assertion", "line"),
    [
        ("assert_never(reel, pick('mp.simple_queue.put', 'worker'))", "*expected exactly 0, found 1:*"),
        ("assert_count(reel, pick('mp.simple_queue.get'), at_least=3)", "*expected at least 3, found 2:*"),
        (
            "assert_happens_before(reel, pick('mp.simple_queue.put', 'worker'), pick('mp.simple_queue.get', 'worker'))",
            "*these are after:*",
        ),
        (
            "assert_concurrent(reel, pick('mp.simple_queue.put', 'program.py'), pick('mp.simple_queue.get', 'worker'))",
            "*happens before the other:*",
        ),
        ("assert_depth(reel, '*', at_most=0)", "*at most 0 messages expected, 1 at*"),
        (
            "assert_count(reel, pick('mp.simple_queue.put', payload='zebra'), at_least=1)",
            "*payload zebra: expected*",
        ),
    ],
)
def test_an_assertion_that_fails_shows_the_events(suite, assertion, line):
    result = suite(f"reel = run()\n{assertion}")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([line])


def test_assertions_that_hold_pass(suite):
    suite(
        """
reel = run()
assert_eventually(reel, pick('mp.simple_queue.get', 'worker'))
assert_happens_before(reel, pick('mp.simple_queue.put', 'program.py'), pick('mp.simple_queue.put', 'worker'))
assert_happens_before(reel, pick('mp.process.start', 'program.py'), pick('mp.simple_queue.put', 'worker'))
assert_depth(reel, '*', at_most=1)
assert_no_findings(reel)
"""
    ).assert_outcomes(passed=1)


def test_a_golden_file_is_written_when_asked_and_compared_from_then_on(suite, pytester):
    compare = "assert_same_behaviour('golden/a.behaviour')"
    missing = suite(f"run(1)\n{compare}")
    missing.assert_outcomes(failed=1)
    missing.stdout.fnmatch_lines(["*`pytest --update-behaviour` writes it.*"])
    suite(f"run(1)\n{compare}", "--update-behaviour").assert_outcomes(passed=1)
    golden = (pytester.path / "golden" / "a.behaviour").read_text()
    assert golden.startswith("program.py\n")
    assert "    mp.simple_queue.get  simple_queue of program.py 1" in golden
    suite(f"run(1)\n{compare}").assert_outcomes(passed=1)
    other = suite(f"run(2)\n{compare}")
    other.assert_outcomes(failed=1)
    other.stdout.fnmatch_lines(["*the run behaved otherwise*", "-*", "+*"])
