"""A fork happens while other threads hold locks, which stay held in the child for ever; the program avoids them, and so must a
recorder that takes a lock in its fork hook."""

import io
import logging
import os
import queue
import socket
import threading

held, busy, stop = threading.Lock(), queue.Queue(), threading.Event()
here, there = socket.socketpair()
logging.basicConfig(stream=io.StringIO())
taken = threading.Barrier(3)


def hold_lock():
    with held:
        taken.wait()
        stop.wait()


def hold_queue():
    with busy.mutex:
        taken.wait()
        stop.wait()


def churn():
    while not stop.is_set():
        there.send(b"x")
        here.recv(1)
        logging.warning("churn")
        queue.Queue().put(1)


threads = [threading.Thread(target=target) for target in (hold_lock, hold_queue, churn)]
for thread in threads:
    thread.start()
taken.wait()
codes = []
for _ in range(10):
    child = os.fork()
    if child == 0:
        mine = queue.Queue()
        mine.put(held.acquire(blocking=False))
        mine.put(busy.mutex.acquire(timeout=0.005))
        pair = socket.socketpair()
        pair[0].send(b"%d" % sum([mine.get(), mine.get()]))
        logging.warning("in the child")
        os._exit(int(pair[1].recv(1)))
    codes.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
print(codes)
stop.set()
for thread in threads:
    thread.join()
print("still works", held.acquire(blocking=False), busy.empty())
