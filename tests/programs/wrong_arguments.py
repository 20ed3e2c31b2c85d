"""Wrong arguments to patched functions raise what they always raise, word for word: a recorder that handles the arguments first raises
something of its own."""

import _thread
import multiprocessing
import os
import queue
import random
import select
import signal
import socket
import subprocess
import threading
import time

pair, pipe = socket.socketpair(), multiprocessing.Pipe()


class Broken:
    """Fails in whatever a recorder may do to write an argument down."""

    def __index__(self):
        raise LookupError("index asked for")

    def __repr__(self):
        raise LookupError("repr asked for")

    def __len__(self):
        raise LookupError("len asked for")

    def __eq__(self, other):
        raise LookupError("compared")

    __hash__ = None


WRONG = {"None": None, "text": "text", "big": 2**80, "list": [], "broken": Broken()}
CALLS = {
    "sleep": time.sleep,
    "kill": lambda wrong: os.kill(wrong, 0),
    "kill with": lambda wrong: os.kill(os.getpid(), wrong),
    "read": lambda wrong: os.read(wrong, 1),
    "read of": lambda wrong: os.read(pair[0].fileno(), wrong),
    "write": lambda wrong: os.write(pair[0].fileno(), wrong),
    "waitpid": lambda wrong: os.waitpid(wrong, 0),
    "close": os.close,
    "exit code": os.waitstatus_to_exitcode,
    "urandom": os.urandom,
    "getrandbits": random.getrandbits,
    "send": pair[0].send,
    "recv": pair[1].recv,
    "recv_into": pair[1].recv_into,
    "sendto": lambda wrong: pair[0].sendto(b"x", wrong),
    "connect": lambda wrong: socket.socket().connect(wrong),
    "settimeout": lambda wrong: socket.socket().settimeout(wrong),
    "listen": lambda wrong: socket.socket().listen(wrong),
    "lock": lambda wrong: threading.Lock().acquire(timeout=wrong),
    "rlock": lambda wrong: threading.RLock().acquire(wrong, wrong),
    "semaphore": lambda wrong: threading.Semaphore(1).acquire(timeout=wrong),
    "event": lambda wrong: wrong is None or threading.Event().wait(wrong),
    "queue": lambda wrong: wrong is None or queue.Queue().get(timeout=wrong),
    "simple queue": lambda wrong: wrong is None or queue.SimpleQueue().get(timeout=wrong),
    "full queue": lambda wrong: queue.Queue(maxsize=wrong).put(1),
    "start": lambda wrong: _thread.start_new_thread(wrong, ()),
    "thread": lambda wrong: threading.Thread(wrong),
    "signal": lambda wrong: signal.signal(wrong, signal.SIG_DFL),
    "handler": lambda wrong: signal.signal(signal.SIGUSR1, wrong),
    "alarm": signal.alarm,
    "timer": lambda wrong: signal.setitimer(signal.ITIMER_REAL, wrong),
    "mask": lambda wrong: signal.pthread_sigmask(signal.SIG_BLOCK, wrong),
    "select": lambda wrong: select.select(wrong, [], [], 0),
    "poll": lambda wrong: wrong is None or select.poll().poll(wrong),
    "epoll": lambda wrong: select.epoll(wrong),
    "shared lock": lambda wrong: multiprocessing.Lock().acquire(wrong, 0),
    "shared semaphore": multiprocessing.Semaphore,
    "shared value": multiprocessing.Value,
    "connection": lambda wrong: pipe[0].send_bytes(wrong),
    "connection poll": lambda wrong: wrong is None or pipe[0].poll(wrong),
    "popen": subprocess.Popen,
    "process": multiprocessing.Process,
}


def outcome(call, *arguments, **keywords):
    try:
        result = call(*arguments, **keywords)
    except BaseException as error:
        return f"{type(error).__name__}: {error}"
    return result if isinstance(result, (str, int)) else type(result).__name__


for name, call in CALLS.items():
    for shown, wrong in WRONG.items():
        print(name, shown, "->", outcome(call, wrong))
ALL = (time.sleep, os.kill, os.fork, socket.socket.send, threading.Thread.start, signal.signal, queue.Queue.put, os.getpid, time.time, os.waitpid)
for call in ALL:
    print(call.__name__, outcome(call, 1, 2, 3, 4, 5, 6), "|", outcome(call, wrong=1))
for call in (time.sleep, os.kill, socket.socket.send, threading.Thread.start, signal.signal, queue.Queue.put, os.waitpid, random.seed.__call__):
    print(call.__name__, outcome(call))
