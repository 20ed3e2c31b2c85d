"""Waiting until another process sleeps in the kernel."""

import time
from pathlib import Path

STEP_S = 0.004
STEPS_ASLEEP = 4


def wait_until_asleep(pid, deadline_s=20):
    """Returns when the main thread of `pid` has slept, without being woken once, over several looks at it."""
    give_up = time.monotonic() + deadline_s
    before, looks = None, 0
    while looks < STEPS_ASLEEP:
        if time.monotonic() > give_up:
            raise TimeoutError("a process that should be blocked keeps running: a blocking call was turned into polling")
        now = _sleep(pid)
        looks = looks + 1 if now is not None and now == before else 0
        before = now
        time.sleep(STEP_S)


def _sleep(pid):
    """Which sleep the process is in, counted from its start; None while it runs."""
    task = Path(f"/proc/{pid}/task/{pid}")
    state = (task / "stat").read_text().rpartition(")")[2].split()[0]
    switches = (task / "status").read_text().partition("voluntary_ctxt_switches:")[2].split()[0]
    return switches if state == "S" else None
