"""Daemon threads still wait, send and print when the interpreter ends: a recorder's code in them must not print an error of its own at
shutdown."""

import queue
import socket
import sys
import threading
import time

here, there = socket.socketpair()
lock = threading.Lock()
lock.acquire()
started = threading.Barrier(7)


def spin():
    while True:
        there.send(b"x")
        here.recv(1)


def join_in(wait):
    started.wait()
    wait()


waits = [lock.acquire, queue.Queue().get, lambda: time.sleep(60), spin, threading.Event().wait, socket.socketpair()[0].fileno]
for wait in waits:
    threading.Thread(target=join_in, args=(wait,), daemon=True).start()
started.wait()
time.sleep(0.05)
plain = threading.Thread(target=time.sleep, args=(0.05,))
plain.start()
print("main ends", plain.daemon)
sys.stdout.flush()
