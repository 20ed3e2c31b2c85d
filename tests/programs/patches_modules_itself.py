"""The program replaces functions of time, socket, threading and os by its own and puts them back: what it finds there, and what calls
what, must be as without a recorder."""

import os
import queue
import random
import socket
import threading
import time

calls = []
real_sleep, real_time, real_send, real_lock, real_getpid, real_start = (
    time.sleep, time.time, socket.socket.send, threading.Lock, os.getpid, threading.Thread.start)


def sleep(seconds):
    calls.append(("sleep", seconds))
    real_sleep(0)


def send(self, data, flags=0):
    calls.append(("send", data))
    return real_send(self, data[::-1], flags)


class LoudLock:
    def __init__(self):
        calls.append(("lock",))
        self.lock = real_lock()

    def __enter__(self):
        return self.lock.__enter__()

    def __exit__(self, *details):
        self.lock.__exit__(*details)

    def __getattr__(self, name):
        return getattr(self.lock, name)


def start(self):
    calls.append(("start", self.name))
    real_start(self)


time.sleep, time.time, os.getpid = sleep, lambda: 1000.0, lambda: 1
socket.socket.send, threading.Lock, threading.Thread.start = send, LoudLock, start
try:
    time.sleep(60)
    here, there = socket.socketpair()
    print(there.send(b"abc"), here.recv(3), time.time(), os.getpid())
    bank = queue.Queue()
    bank.put(1)
    thread = threading.Thread(target=bank.get, name="getter")
    thread.start()
    thread.join()
    here.close()
    there.close()
finally:
    time.sleep, time.time, os.getpid = real_sleep, real_time, real_getpid
    socket.socket.send, threading.Lock, threading.Thread.start = real_send, real_lock, real_start
print(calls)
random.seed(7)
print(time.time() > 1000.0, os.getpid() != 1, threading.Lock is real_lock, random.random())
