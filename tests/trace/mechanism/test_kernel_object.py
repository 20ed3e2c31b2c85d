"""Objects of the kernel in a replay: real instances, behind which there is nothing."""

from __future__ import annotations

import subprocess
import sys

# What it prints of itself would be taken from the tape: what it asserts is what its own code finds.
ASKS_ITSELF = """
    import posix_ipc, sysv_ipc

    queue = sysv_ipc.MessageQueue(None, sysv_ipc.IPC_CREX)
    queue.send(b"a")
    assert queue.key and str(queue) == f"Key={queue.key}, id={queue.id}"
    assert repr(queue) == f"sysv_ipc.MessageQueue({queue.key})"
    assert queue.receive() == (b"a", 1) and queue.current_messages == 0 and queue.max_size > 0
    queue.mode = 0o600
    queue.remove()

    semaphore = sysv_ipc.Semaphore(None, sysv_ipc.IPC_CREX, initial_value=2)
    with semaphore as same:
        assert same is semaphore and semaphore.value == 1 and semaphore.block and not semaphore.undo
    semaphore.block = False
    try:
        semaphore.acquire(delta=5)
    except sysv_ipc.BusyError as error:
        assert str(error) == "The semaphore is busy" and not semaphore.block
    semaphore.remove()

    memory = sysv_ipc.SharedMemory(None, sysv_ipc.IPC_CREX, size=100)
    memory.write(b"hello")
    assert (memory.read(5), memory.size, memory.attached) == (b"hello", 100, True) and memory.address > 0
    second = sysv_ipc.attach(memory.id)
    assert second.read(5) == b"hello" and type(second) is type(memory) and second.id == memory.id
    second.detach()
    memory.detach()
    assert memory.address == 0 and not memory.attached
    memory.remove()

    queue = posix_ipc.MessageQueue(None, posix_ipc.O_CREX)
    queue.send(b"x", 1, 5)
    assert queue.receive() == (b"x", 5) and queue.fileno() == queue.mqd and queue.current_messages == 0 and queue.block
    assert queue.max_messages and queue.mode == 0o600 and str(queue) == queue.name and "read=True" in repr(queue)
    queue.close()
    queue.unlink()

    semaphore = posix_ipc.Semaphore(None, posix_ipc.O_CREX, initial_value=1)
    with semaphore as same:
        assert same is semaphore and semaphore.value == 0 and semaphore.name in repr(semaphore)
    semaphore.unlink()
    semaphore.close()

    memory = posix_ipc.SharedMemory(None, posix_ipc.O_CREX, size=4096)
    assert memory.size == 4096 and memory.fd == memory.fileno() and str(memory) == memory.name
    memory.close_fd()
    memory.unlink()
    assert memory.fd == -1
    assert sysv_ipc.ftok("/", 3, True) > 0
    raise SystemExit(7)
"""


def test_an_instance_in_a_replay_says_of_itself_what_the_recorded_one_said(recorded):
    run = recorded(ASKS_ITSELF)
    assert run.exit == run.bare.exit == 7
    pid = str(run.reel.processes[0]["pid"])
    command = [sys.executable, "-m", "ipcreel", "replay", str(run.path), "--process", pid]
    replayed = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (replayed.returncode, replayed.stderr) == (7, "")
