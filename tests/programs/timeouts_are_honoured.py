"""Every call with a time-out takes that long, not less and not much more, and 0 does not wait: a recorder that rounds, retries or polls
changes the answer."""

import multiprocessing
import multiprocessing.connection
import queue
import select
import signal
import socket
import subprocess
import threading
import time

import posix_ipc

WAIT_S = 0.03
here, there = socket.socketpair()
here.settimeout(WAIT_S)
held, shared = threading.Lock(), multiprocessing.Semaphore(0)
held.acquire()
posix_semaphore = posix_ipc.Semaphore(None, posix_ipc.O_CREX)
pipe, _other = multiprocessing.Pipe()
child = subprocess.Popen(["sleep", "60"])
condition = threading.Condition()
stuck = threading.Thread(target=held.acquire, daemon=True)
stuck.start()
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])


def wait_in_condition(seconds):
    with condition:
        return condition.wait(seconds)


def epoll_for(seconds):
    with select.epoll() as epoll:
        return epoll.poll(seconds)


CALLS = {
    "sleep": time.sleep,
    "lock": lambda seconds: held.acquire(timeout=seconds),
    "event": threading.Event().wait,
    "condition": wait_in_condition,
    "semaphore": lambda seconds: threading.Semaphore(0).acquire(timeout=seconds),
    "barrier": lambda seconds: threading.Barrier(2).wait(seconds),
    "join": stuck.join,
    "queue": lambda seconds: queue.Queue().get(timeout=seconds),
    "simple queue": lambda seconds: queue.SimpleQueue().get(timeout=seconds),
    "recv": lambda seconds: here.recv(1),
    "select": lambda seconds: select.select([here], [], [], seconds),
    "poll": lambda seconds: select.poll().poll(seconds * 1000),
    "epoll": epoll_for,
    "shared semaphore": lambda seconds: shared.acquire(timeout=seconds),
    "shared event": multiprocessing.Event().wait,
    "shared queue": lambda seconds: multiprocessing.Queue().get(timeout=seconds),
    "pipe": pipe.poll,
    "connection wait": lambda seconds: multiprocessing.connection.wait([pipe], seconds),
    "posix semaphore": posix_semaphore.acquire,
    "sigtimedwait": lambda seconds: signal.sigtimedwait([signal.SIGUSR1], seconds),
    "child": child.wait,
}
for name, call in CALLS.items():
    begin = time.monotonic()
    try:
        result = repr(call(WAIT_S))
    except Exception as error:
        result = type(error).__name__
    took = time.monotonic() - begin
    print(name, result, "not before" if took >= WAIT_S - 0.001 else f"early {took}", "not long after" if took < 10 else f"late {took}")
for name in ("lock", "event", "queue", "select", "epoll", "shared semaphore", "pipe", "sigtimedwait"):
    try:
        print(name, CALLS[name](0))
    except Exception as error:
        print(name, type(error).__name__)
child.kill()
print(child.wait())
posix_semaphore.unlink()
