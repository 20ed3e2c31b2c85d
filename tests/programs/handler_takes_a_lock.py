"""A handler tries the locks that the interrupted code holds: a recorder that adds a lock of its own, or makes an RLock of a Lock, changes
the answers."""

import multiprocessing
import signal
import threading

plain = threading.Lock()
reentrant = threading.RLock()
shared = multiprocessing.Lock()
shared_reentrant = multiprocessing.RLock()
condition = threading.Condition()


def take(signum, frame):
    print("plain", plain.acquire(blocking=False))
    print("plain in time", plain.acquire(timeout=0.01))
    print("reentrant", reentrant.acquire(blocking=False))
    reentrant.release()
    print("shared", shared.acquire(block=False))
    print("shared reentrant", shared_reentrant.acquire(block=False))
    shared_reentrant.release()
    with condition:
        condition.notify_all()
    print("locked", plain.locked())


signal.signal(signal.SIGUSR1, take)
with plain, reentrant, shared, shared_reentrant, condition:
    signal.raise_signal(signal.SIGUSR1)
print("released", plain.locked(), shared.acquire(block=False))
shared.release()
plain.acquire()
signal.raise_signal(signal.SIGUSR1)
