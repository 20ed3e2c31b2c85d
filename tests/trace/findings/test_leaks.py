"""What a run makes in the kernel and does not remove is named."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import posix_ipc
import pytest

from tests.trace.findings.conftest import codes

PROGRAM = """
    import posix_ipc, sys

    name = sys.argv[1]
    made = posix_ipc.{kind}(name, posix_ipc.O_CREX{more})
    {removes}
"""
KINDS = {
    "Semaphore": ("", posix_ipc.unlink_semaphore),
    "MessageQueue": ("", posix_ipc.unlink_message_queue),
    "SharedMemory": (", size=64", posix_ipc.unlink_shared_memory),
}


@pytest.fixture
def name() -> Iterator[str]:
    """A name that nobody else uses, and that nothing has afterwards."""
    name = f"/ipcreel-{uuid.uuid4().hex[:12]}"
    yield name
    for _, unlink in KINDS.values():
        try:
            unlink(name)
        except posix_ipc.ExistentialError:
            pass


@pytest.mark.parametrize("kind", KINDS)
def test_a_posix_object_that_nobody_unlinks(recorded, kind, name):
    reel = recorded(PROGRAM.format(kind=kind, more=KINDS[kind][0], removes="pass"), name).reel
    assert codes(reel) == ["leak"]
    assert name in reel.findings[0].what


@pytest.mark.parametrize(
    ("kind", "removes"),
    [
        ("Semaphore", "made.unlink()"),
        ("MessageQueue", "posix_ipc.unlink_message_queue(name)"),
        ("SharedMemory", "made.unlink()"),
    ],
)
def test_a_posix_object_that_is_unlinked_as_it_is_or_by_its_name(recorded, kind, removes, name):
    assert codes(recorded(PROGRAM.format(kind=kind, more=KINDS[kind][0], removes=removes), name).reel) == []


def test_a_queue_of_key_0_is_told_as_one_that_nobody_else_can_open(recorded):
    reel = recorded("""
        import os, sysv_ipc
        queue = sysv_ipc.MessageQueue(0)
        queue.send(b"to nobody")
        os.system(f"ipcrm -q {queue.id}")  # which is not seen
    """).reel
    assert codes(reel) == ["leak", "message-never-received"]
    assert all("Key 0 is IPC_PRIVATE" in finding.cause for finding in reel.findings)
