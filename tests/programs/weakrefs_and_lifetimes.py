"""Locks, sockets, queues and threads die with their last reference, at once, close what they hold and call weak references: a recorder
that remembers objects keeps them alive."""

import gc
import multiprocessing
import os
import queue
import socket
import threading
import warnings
import weakref

import sysv_ipc

warnings.simplefilter("ignore", ResourceWarning)
gone = []


def open_descriptors():
    return len(os.listdir("/proc/self/fd"))


def watch(thing, name):
    try:
        weakref.finalize(thing, gone.append, name)
    except TypeError as error:
        gone.append(f"{name}: {type(error).__name__}")


class Queue(sysv_ipc.MessageQueue):
    pass


makers = [threading.Lock, threading.RLock, threading.Condition, threading.Event, threading.Thread, queue.Queue, queue.SimpleQueue]
makers += [socket.socket, multiprocessing.Lock, multiprocessing.Queue, multiprocessing.Event, lambda: multiprocessing.Value("i")]
makers += [lambda: multiprocessing.Pipe()[0], lambda: threading.Semaphore(1), lambda: threading.Barrier(1)]
before = open_descriptors()
for number, maker in enumerate(makers):
    thing = maker()
    watch(thing, f"{number} {type(thing).__name__}")
    del thing
    print(gone)
    gone.clear()
print("descriptors", open_descriptors() - before)
memory = sysv_ipc.SharedMemory(sysv_ipc.IPC_PRIVATE, sysv_ipc.IPC_CREX, size=100)
semaphore = sysv_ipc.Semaphore(sysv_ipc.IPC_PRIVATE, sysv_ipc.IPC_CREX)
for thing in (memory, semaphore):
    watch(thing, type(thing).__name__)
    thing.remove()
own = Queue(sysv_ipc.IPC_PRIVATE, sysv_ipc.IPC_CREX)
watch(own, "a subclass")
own.note = "may have attributes"
own.remove()
del memory, semaphore, own, thing
print(gone)
gone.clear()
here, there = socket.socketpair()
del there
print("peer sees the end", here.recv(1))
thread = threading.Thread(target=lambda: None)
watch(thread, "thread")
thread.start()
thread.join()
del thread
print(gone)
gone.clear()


class Cycle:
    def __init__(self):
        self.me, self.socket, self.lock = self, socket.socket(), threading.Lock()


gc.collect()
cycle = Cycle()
for thing in (cycle, cycle.socket, cycle.lock):
    watch(thing, type(thing).__name__)
del cycle, thing
print("kept", gone, open_descriptors() - before)
print("collected", gc.collect() > 0, sorted(gone), open_descriptors() - before, gc.garbage, gc.isenabled(), gc.get_threshold(), len(gc.callbacks))
