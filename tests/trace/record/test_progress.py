"""A recording in progress is a series of reels that only grow."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from ipcreel.record.progress import Progress, tapes_of
from ipcreel.reel import ReelError

PROGRAM = """
import multiprocessing, sys
def child(inbox, outbox):
    for word in iter(inbox.get, "stop"):
        outbox.put(word * 2)
if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    inbox, outbox = multiprocessing.Queue(), multiprocessing.Queue()
    worker = multiprocessing.Process(target=child, args=(inbox, outbox), name="doubler")
    worker.start()
    for line in sys.stdin:
        inbox.put(line.strip())
        print(outbox.get(), flush=True)
    inbox.put("stop")
    worker.join()
"""


def wait_for(condition, what: str):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError(f"never came: {what}")


@pytest.fixture
def recording(tmp_path):
    (tmp_path / "double.py").write_text(PROGRAM)
    words = [sys.executable, "-m", "ipcreel", "record", "-q", "-o", "a.reel", "--", sys.executable, "double.py"]
    with subprocess.Popen(words, cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as made:
        wait_for(lambda: list(tmp_path.glob(".a.reel.*.tapes")), "the tapes")
        yield made, tmp_path / "a.reel"
        if not made.stdin.closed:
            made.stdin.close()
        made.wait(60)


def say(recording, word: str) -> str:
    made, _ = recording
    made.stdin.write(word + "\n")
    made.stdin.flush()
    return made.stdout.readline().strip()


def names_of(reel, rows) -> list[str]:
    return [str(reel.operations[code]["name"]) for code in reel.op[rows].tolist()]


def test_snapshots_grow_and_end_with_the_reel(recording):
    made, output = recording
    progress = Progress(output)
    assert say(recording, "ab") == "abab"
    taken = progress.snapshot()
    for word in ("c", "d"):
        assert say(recording, word) == word * 2
        fresh: list[str] = []
        while fresh.count("mp.queue.put") < 2:
            before, taken = taken, progress.snapshot()
            fresh += names_of(taken.reel, taken.fresh)
            assert np.array_equal(key_of(before.reel), key_of(taken.reel)[taken.rows])
    assert taken.reel.process_name(1) == "doubler"
    made.stdin.close()
    made.wait(60)
    assert progress.snapshot() is None
    last = progress.end()
    assert np.array_equal(key_of(taken.reel), key_of(last.reel)[last.rows])
    assert len(last.reel) > len(taken.reel)


def key_of(reel) -> np.ndarray:
    """What of an event does not change while the program runs."""
    lane = np.array([number for _, number, _, _ in reel.lanes])[reel.lane]
    return np.stack((reel.begin, reel.process, lane, reel.op), axis=1)


def test_an_operation_that_has_not_returned_lasts_until_now(recording):
    progress = Progress(recording[1])
    taken = wait_for(lambda: (found := progress.snapshot()) and found.reel.pending.any() and found, "a wait")
    began_ns = time.monotonic_ns()
    assert progress.snapshot().reel.end_ns >= began_ns > taken.reel.end_ns


def test_nothing_that_is_recorded_is_said_in_a_line(tmp_path):
    with pytest.raises(ReelError, match="nothing is being recorded there"):
        tapes_of(tmp_path / "a.reel")


def test_events_are_followed_each_once(recording, tmp_path):
    words = [sys.executable, "-m", "ipcreel", "events", "a.reel", "--follow", "--operation", "mp.queue.put"]
    with subprocess.Popen(words, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as following:
        for word in ("one", "two", "three"):
            say(recording, word)
            lines = [following.stdout.readline(), following.stdout.readline()]
            assert sum("mp.queue.put" in line for line in lines) == 2
        recording[0].stdin.close()
        rest = following.stdout.read()
        assert following.wait(60) == 0
    assert rest.count("mp.queue.put") == 1


FOLLOW = [sys.executable, "-m", "ipcreel", "events", "a.reel", "--follow"]


def test_ctrl_c_ends_following_without_a_word(recording, tmp_path):
    with subprocess.Popen(FOLLOW, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as following:
        assert following.stdout.readline()
        following.send_signal(signal.SIGINT)
        _, errors = following.communicate(timeout=60)
    assert following.returncode == 130
    assert errors == ""
    assert say(recording, "on") == "onon"


def test_following_ends_when_nobody_reads_any_more(recording, tmp_path):
    with subprocess.Popen(FOLLOW, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as following:
        assert following.stdout.readline()
        following.stdout.close()
        assert following.stderr.read() == ""
        assert following.wait(60) == 0


def test_what_is_followed_may_be_yet_to_come(recording, tmp_path):
    words = [*FOLLOW, "--process", "later*"]
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    made_ns = scratch.stat().st_mtime_ns
    environment = {**os.environ, "TMPDIR": str(scratch)}
    with subprocess.Popen(
        words, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as following:
        assert say(recording, "a") == "aa"
        wait_for(lambda: scratch.stat().st_mtime_ns != made_ns, "a look at the recording")
        recording[0].stdin.close()
        output, errors = following.communicate(timeout=60)
    assert (following.returncode, output, errors) == (0, "", "")


def test_following_a_recording_whose_recorder_was_killed_says_how_to_save_it(recording, tmp_path):
    assert say(recording, "ab") == "abab"
    with subprocess.Popen(FOLLOW, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as following:
        assert following.stdout.readline()
        recording[0].kill()
        recording[0].stdin.close()
        # The first line was read with what follows it: `communicate` would not know of that.
        output, errors = following.stdout.read(), following.stderr.read()
        assert following.wait(60) == 2
    assert "abab" in output
    assert errors.startswith("ipcreel: the recorder has ended without a reel. This makes it: ipcreel recover ")
