"""Who knows a program may add what must hold in it; only what is installed runs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sysv_ipc

from ipcreel.analysis.findings import Finding
from ipcreel.reel import Reel, ReelError
from ipcreel.reel.checks import find_all, missing, run_of


@pytest.fixture
def reel(recorded) -> Reel:
    return recorded("import os\nos.getpid()\n").reel


def complain(reel: Reel) -> list[Finding]:
    return [Finding("too-quiet", reel.begin_ns, (0,), f"{len(reel.processes)} process.", "Nothing is done.")]


def fail(reel: Reel) -> list[Finding]:
    raise KeyError("no market")


def test_what_another_check_finds_stands_among_the_rest(reel):
    found = find_all(reel, run_of(reel), [("quiet", lambda: complain)])
    assert [finding.code for finding in found] == ["too-quiet"]


def test_a_check_that_fails_is_named_in_one_line(reel):
    with pytest.raises(ReelError, match=r"the check of quiet failed: KeyError: 'no market'\.$"):
        find_all(reel, run_of(reel), [("quiet", lambda: fail)])


def read_what_is_damaged(reel: Reel) -> list[Finding]:
    raise ReelError(f"{reel.path}: event 3, offset 99: the payload cannot be read. The reel is damaged.")


def test_a_check_that_meets_a_damaged_payload_is_left_out_and_the_others_are_not(reel):
    said = []
    reel.on_damage = said.append
    found = find_all(reel, run_of(reel), [("quiet", lambda: read_what_is_damaged), ("loud", lambda: complain)])
    assert [finding.code for finding in found] == ["too-quiet"]
    assert said == reel.damage
    assert said[0].startswith("the check of quiet is left out: event 3, offset 99: ")


LEAVES_A_MESSAGE = """
    import os, sysv_ipc
    queue = sysv_ipc.MessageQueue(None, sysv_ipc.IPC_CREX)
    queue.send("left")
    os.write(1, b"%d" % queue.key)
"""


@pytest.fixture
def leaving(recorded) -> Iterator[Reel]:
    run = recorded(LEAVES_A_MESSAGE)
    yield run.reel
    sysv_ipc.MessageQueue(int(run.stdout)).remove()


def test_of_a_run_of_which_a_part_is_missing_nobody_knows_what_did_not_happen(leaving):
    assert missing(leaving) is None
    assert {finding.code for finding in find_all(leaving, run_of(leaving))} == {"leak", "message-never-received"}
    leaving.processes[0]["stopped"] = "No space left on device"
    assert missing(leaving) == f"recording stopped in {leaving.process_name(0)}"
    assert find_all(leaving, run_of(leaving)) == []
    leaving.processes[0]["stopped"] = None
    leaving.processes[0]["facts"]["chosen"] = False
    assert missing(leaving) == "only some processes were recorded"
    assert find_all(leaving, run_of(leaving)) == []
