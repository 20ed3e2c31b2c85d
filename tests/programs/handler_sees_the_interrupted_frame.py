"""A handler is given the frame that it interrupted: a recorder whose wrapper was running must not hand out its own."""

import os
import signal
import threading
import time
import traceback

import sysv_ipc


class TooLate(Exception):
    pass


def tell(signum, frame):
    signal.setitimer(signal.ITIMER_REAL, 0)
    names = [entry.name for entry in traceback.extract_stack(frame)]
    raise TooLate(f"{frame.f_code.co_name}, below {names}")


def wait_in_sleep():
    time.sleep(30)


def wait_in_acquire():
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()


def wait_in_read():
    read_end, _write_end = os.pipe()
    os.read(read_end, 1)


def wait_in_receive():
    queue = sysv_ipc.MessageQueue(sysv_ipc.IPC_PRIVATE, sysv_ipc.IPC_CREX)
    try:
        queue.receive()
    finally:
        queue.remove()


def wait_in_pause():
    signal.pause()


signal.signal(signal.SIGALRM, tell)
for wait in (wait_in_sleep, wait_in_acquire, wait_in_read, wait_in_receive, wait_in_pause):
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05, 0.1)
        wait()
    except TooLate as late:
        print(late)
