"""Who has arrived at a barrier of semaphores does nothing more until it is let through."""

from __future__ import annotations

import pytest

from tests.trace.findings.conftest import codes, lines

# Two parties meet at a barrier, `arrived` and `gate`, of which the main process is the master. Before that each says on
# `done`, to a third process, that it has done its part: that is no barrier.
PROGRAM = """
    import os, sysv_ipc
    queue = sysv_ipc.MessageQueue(None, sysv_ipc.IPC_CREX)
    done, arrived, gate = (sysv_ipc.Semaphore(None, sysv_ipc.IPC_CREX) for _ in range(3))

    def take_part():
        done.release()
        {before}
        arrived.release()
        {between}
        gate.acquire()

    def listen():
        done.acquire()
        done.acquire()

    children = []
    for work in (take_part, take_part, listen):
        children.append(os.fork())
        if children[-1] == 0:
            work()
            os._exit(0)
    arrived.acquire()
    arrived.acquire()
    gate.release()
    gate.release()
    for child in children:
        os.waitpid(child, 0)
    while queue.current_messages:
        queue.receive()
    for thing in (queue, done, arrived, gate):
        thing.remove()
"""


@pytest.mark.parametrize(
    ("before", "between", "found"),
    [
        ("queue.send(b'work')", "pass", []),
        ("pass", "queue.send(b'work')", ["phase-violation"] * 2),
    ],
)
def test_a_message_violates_a_phase_between_the_arrival_and_the_gate_of_one_barrier(recorded, before, between, found):
    reel = recorded(PROGRAM.format(before=before, between=between)).reel
    assert codes(reel) == found
    assert lines(reel, "phase-violation") == ["queue.send(b'work')"] * len(found)
