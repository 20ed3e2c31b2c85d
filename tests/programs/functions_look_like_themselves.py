"""Patched functions keep their type, name, module, text, signature, source, equality and pickle, for whoever compares, documents or sends
them."""

import _thread
import inspect
import multiprocessing
import multiprocessing.connection
import os
import pickle
import queue
import random
import re
import select
import signal
import socket
import subprocess
import threading
import time
import types

NAMES = """
_thread.allocate_lock _thread.get_ident _thread.start_new_thread multiprocessing.Pipe multiprocessing.Process multiprocessing.Queue
multiprocessing.Lock multiprocessing.Value multiprocessing.Process.start multiprocessing.Process.join
multiprocessing.connection.Connection.send multiprocessing.connection.Connection.recv multiprocessing.connection.wait
os._exit os.abort os.close os.execv os.fork os.getpid os.getppid os.kill os.killpg os.open os.pipe os.read os.system os.urandom os.wait
os.waitpid os.write queue.Queue queue.Queue.get queue.Queue.put queue.SimpleQueue.get random.random random.seed random.Random.random
select.epoll select.poll select.select signal.alarm signal.getsignal signal.pause signal.setitimer signal.signal signal.sigwait
socket.create_connection socket.socket socket.socket.accept socket.socket.close socket.socket.connect socket.socket.makefile
socket.socket.recv socket.socket.recv_into socket.socket.recvfrom socket.socket.send socket.socket.sendall socket.socket.sendto
socket.socketpair subprocess.Popen subprocess.run threading.Barrier.wait threading.BoundedSemaphore threading.Condition.wait
threading.Event.wait threading.Lock threading.RLock threading.Semaphore.acquire threading.Thread threading.Thread.join
threading.Thread.run threading.Thread.start time.monotonic time.monotonic_ns time.perf_counter time.sleep time.time time.time_ns
"""


def look_up(name):
    module, _, rest = name.partition(".")
    thing = {"os": os, "time": time, "socket": socket, "_thread": _thread, "queue": queue, "random": random, "select": select,
             "signal": signal, "subprocess": subprocess, "threading": threading, "multiprocessing": multiprocessing}[module]
    for part in rest.split("."):
        thing = getattr(thing, part)
    return thing


def signature(thing):
    try:
        return str(inspect.signature(thing))
    except (TypeError, ValueError) as error:
        return f"{type(error).__name__}: {error}"


def pickled(thing):
    try:
        if pickle.loads(pickle.dumps(thing)) != thing:
            return "another"
        return "the same" if "." in thing.__qualname__ else pickle.dumps(thing)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def without_addresses(text):
    return re.sub(r" at 0x[0-9a-f]+", "", str(text))


for name in NAMES.split():
    thing = look_up(name)
    print(name)
    if name.count(".") == 1 and not inspect.isclass(thing):
        print("   ", type(thing).__name__, without_addresses(repr(thing)), inspect.isbuiltin(thing), inspect.isfunction(thing))
    print("   ", [getattr(thing, key, None) for key in ("__name__", "__qualname__", "__module__")])
    print("   ", without_addresses(signature(thing)))
    print("   ", without_addresses(pickled(thing)))
    print("   ", inspect.isclass(thing), inspect.isroutine(thing), thing == look_up(name), hash(thing) == hash(look_up(name)), callable(thing))
    print("   ", thing.__doc__)
    if isinstance(thing, types.FunctionType) and isinstance(inspect.unwrap(thing), types.FunctionType):
        print("   ", inspect.getsource(thing).splitlines()[0])
