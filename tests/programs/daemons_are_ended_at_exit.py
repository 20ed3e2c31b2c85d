"""Daemonic processes are terminated, and others joined, when the program ends: a recorder's exit function that comes in between changes
the order of what is printed."""

import atexit
import multiprocessing
import os
import signal
import sys
import time

fork = multiprocessing.get_context("fork")


def linger(ready):
    def end(signum, frame):
        os.write(1, b"daemon is terminated\n")
        ended.set()
        os._exit(0)

    signal.signal(signal.SIGTERM, end)
    ready.set()
    while True:
        time.sleep(0.01)


def finish():
    ended.wait()
    os.write(1, b"plain child ends by itself\n")


ready, ended = fork.Event(), fork.Event()
daemon = fork.Process(target=linger, args=(ready,), daemon=True)
plain = fork.Process(target=finish)
daemon.start()
plain.start()
ready.wait()
atexit.register(os.write, 1, b"exit function registered late\n")
print("children", len(multiprocessing.active_children()))
print("main ends")
sys.stdout.flush()
