"""A program runs into the recursion limit, in its own function and around patched ones, and goes on: a recorder's frame at the edge must
not break the recorder."""

import os
import socket
import sys
import threading
import time


def dive(depth, call):
    global deepest
    deepest = depth
    call()
    dive(depth + 1, call)


def depth_of(call):
    try:
        dive(0, call)
    except RecursionError as error:
        return deepest, str(error).partition(" while")[0]


def nothing():
    pass


here, there = socket.socketpair()
lock = threading.Lock()


def use_the_lock():
    with lock:
        pass


sys.setrecursionlimit(300)
plain, message = depth_of(nothing)
print("plain", plain, message)
calls = [time.monotonic, os.getpid, lambda: there.send(b"x") and here.recv(1), use_the_lock, lambda: time.sleep(0)]
for call in calls:
    deep, message = depth_of(call)
    print("near", plain - deep < 20, message)
sys.setrecursionlimit(1000)
print("after", there.send(b"after"), here.recv(1000)[-5:], lock.acquire(blocking=False), time.monotonic() > 0)
child = os.fork()
if child == 0:
    os._exit(4)
print(os.waitpid(child, 0)[1] >> 8)
