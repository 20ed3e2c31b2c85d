# args: acquire
# args: recv
# args: receive
# args: get
# args: sleep
# args: input
# exit: SIGINT
# tty
# when "blocked": type "\x03"
"""Ctrl-C on the terminal ends a blocked program with a traceback of the program's own lines, and by SIGINT: a recorder may show its
frames, or survive in the program's place."""

import os
import queue
import signal
import socket
import sys
import threading
import time

import posix_ipc
from props.asleep import wait_until_asleep


def say_when_blocked():
    child = os.getpid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if os.fork() == 0:
        wait_until_asleep(child)
        os.write(1, b"blocked\n")
        os._exit(0)
    signal.signal(signal.SIGINT, signal.default_int_handler)


def block(how):
    posix_queue = posix_ipc.MessageQueue(None, posix_ipc.O_CREX)
    lock = threading.Lock()
    lock.acquire()
    here, there = socket.socketpair()
    calls = {
        "acquire": lock.acquire,
        "recv": lambda: here.recv(1),
        "receive": lambda: posix_queue.receive(),
        "get": queue.Queue().get,
        "sleep": lambda: time.sleep(60),
        "input": input,
    }
    try:
        say_when_blocked()
        calls[how]()
    finally:
        posix_queue.unlink()
        print("cleaned up", there.fileno() > 0)


block(sys.argv[1])
