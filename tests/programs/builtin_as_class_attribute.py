"""A built-in function kept as a class attribute is not bound to the instance: a recorder that puts a Python function in its place makes
`self.clock()` pass self."""

import os
import random
import signal
import socket
import threading
import time


class Home:
    clock = time.monotonic
    ticks = time.monotonic_ns
    wall = time.time
    cpu = time.process_time
    precise = time.perf_counter
    nap = time.sleep
    pid = os.getpid
    kill = os.kill
    write = os.write
    make_lock = threading.Lock
    make_rlock = threading.RLock
    make_event = threading.Event
    chance = random.random
    noise = os.urandom
    get_handler = signal.getsignal
    make_socket = socket.socketpair
    ident = threading.get_ident


home = Home()
for name in ("clock", "ticks", "wall", "cpu", "precise", "pid", "chance", "ident"):
    print(name, type(getattr(home, name)()).__name__)
print("nap", home.nap(0), home.kill(os.getpid(), 0), home.write(1, b""), len(home.noise(4)))
lock = home.make_lock()
print("lock", lock.acquire(), lock.locked())


class Dated:
    def __init__(self, now=time.time, sleep=time.sleep):
        self.now, self.sleep = now, sleep

    def age(self):
        return type(self.now()).__name__, self.sleep(0)


print("default arguments", Dated().age())
plain_functions = {"getsignal": lambda: home.get_handler(), "rlock": lambda: home.make_rlock(), "pair": lambda: home.make_socket()}
for name, call in {"event": lambda: home.make_event(), **plain_functions}.items():
    try:
        print(name, type(call()).__name__)
    except Exception as error:
        print(name, type(error).__name__, str(error).partition(" not ")[0])
