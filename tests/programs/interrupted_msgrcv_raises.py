"""A `msgrcv`, `msgsnd` or `semop` that a signal interrupts raises, where Python's own calls go on: a recorder that retries it, or
polls, swallows the error that the program counts on."""

import os
import signal
import sys

import posix_ipc
import sysv_ipc
from props.asleep import wait_until_asleep

handled = []
signal.signal(signal.SIGUSR1, lambda *_: handled.append("handled"))


def interrupted(name, call):
    sys.stdout.flush()
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        wait_until_asleep(parent)
        os.kill(parent, signal.SIGUSR1)
        os._exit(0)
    try:
        print(name, "returned", call())
    except Exception as error:
        print(name, "raised", type(error).__module__, type(error).__name__, error)
    print(handled, os.waitpid(child, 0)[1])
    handled.clear()


queue = sysv_ipc.MessageQueue(sysv_ipc.IPC_PRIVATE, sysv_ipc.IPC_CREX)
semaphore = sysv_ipc.Semaphore(sysv_ipc.IPC_PRIVATE, sysv_ipc.IPC_CREX, initial_value=0)
posix_queue = posix_ipc.MessageQueue(None, posix_ipc.O_CREX)
posix_semaphore = posix_ipc.Semaphore(None, posix_ipc.O_CREX)
try:
    interrupted("receive", queue.receive)
    interrupted("receive of a type", lambda: queue.receive(type=4))
    for _ in range(queue.max_size // 2048):
        queue.send(b"x" * 2048)
    interrupted("send", lambda: queue.send(b"x" * 2048))
    interrupted("acquire", semaphore.acquire)
    interrupted("acquire two", lambda: semaphore.acquire(delta=2))
    semaphore.release()
    interrupted("Z", semaphore.Z)
    interrupted("posix receive", posix_queue.receive)
    interrupted("posix acquire", posix_semaphore.acquire)
    print("left", queue.current_messages, semaphore.value)
finally:
    queue.remove()
    semaphore.remove()
    posix_queue.unlink()
    posix_semaphore.unlink()
