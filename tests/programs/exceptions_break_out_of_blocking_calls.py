"""An exception raised by a handler ends every kind of blocking call at once: a recorder that catches it, delays it or retries the call
hangs the program."""

import atexit
import multiprocessing
import os
import queue
import select
import selectors
import signal
import socket
import subprocess
import threading
import time

import posix_ipc
import sysv_ipc


class Timeout(Exception):
    pass


def give_up(signum, frame):
    signal.setitimer(signal.ITIMER_REAL, 0)
    raise Timeout


def blocking_calls():
    """(name, a call that would block for ever)."""
    here, _there = socket.socketpair()
    read_end, _write_end = os.pipe()
    held = threading.Lock()
    held.acquire()
    shared = multiprocessing.Semaphore(0)
    sleeper = threading.Thread(target=held.acquire, daemon=True)
    sleeper.start()
    child = subprocess.Popen(["sleep", "60"])
    poller = select.poll()
    poller.register(here, select.POLLIN)
    selector = selectors.DefaultSelector()
    selector.register(here, selectors.EVENT_READ)
    sysv_queue = sysv_ipc.MessageQueue(sysv_ipc.IPC_PRIVATE, sysv_ipc.IPC_CREX)
    sysv_semaphore = sysv_ipc.Semaphore(sysv_ipc.IPC_PRIVATE, sysv_ipc.IPC_CREX)
    posix_queue = posix_ipc.MessageQueue(None, posix_ipc.O_CREX)
    posix_semaphore = posix_ipc.Semaphore(None, posix_ipc.O_CREX)
    for clean_up in (sysv_queue.remove, sysv_semaphore.remove, posix_queue.unlink, posix_semaphore.unlink):
        atexit.register(clean_up)
    connection, _other = multiprocessing.Pipe()
    yield "sleep", lambda: time.sleep(60)
    yield "lock", held.acquire
    yield "lock in time", lambda: held.acquire(timeout=60)
    yield "thread join", sleeper.join
    yield "event", threading.Event().wait
    yield "queue", queue.Queue().get
    yield "simple queue", queue.SimpleQueue().get
    yield "barrier", threading.Barrier(2).wait
    yield "shared semaphore", shared.acquire
    yield "shared queue", multiprocessing.Queue().get
    yield "shared event", multiprocessing.Event().wait
    yield "connection", connection.recv
    yield "recv", lambda: here.recv(1)
    yield "read", lambda: os.read(read_end, 1)
    yield "select", lambda: select.select([here], [], [])
    yield "poll", poller.poll
    yield "selector", selector.select
    yield "wait", child.wait
    yield "waitpid", lambda: os.waitpid(child.pid, 0)
    yield "pause", signal.pause
    yield "sysv receive", sysv_queue.receive
    yield "sysv acquire", sysv_semaphore.acquire
    yield "posix receive", posix_queue.receive
    yield "posix acquire", posix_semaphore.acquire
    child.kill()
    print("child", child.wait())


signal.signal(signal.SIGALRM, give_up)
for name, call in blocking_calls():
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.02, 0.1)
        try:
            call()
        except sysv_ipc.Error:  # comes first from a C call that a signal ended; the handler's exception follows
            os.getpid()
        except posix_ipc.SignalError as error:  # takes the place of the handler's exception
            print(name, type(error).__name__)
    except Timeout as timeout:
        print(name, type(timeout.__context__).__name__)
