"""Locks, sockets, queues and connections refuse to be pickled with the errors they always had, and functions and classes are pickled by
name: a recorder's stand-ins would be pickled instead."""

import copy
import multiprocessing
import os
import pickle
import queue
import re
import socket
import threading
import time


def outcome(call):
    try:
        return call()
    except Exception as error:
        return re.sub(r"0x[0-9a-f]+", "0x", f"{type(error).__name__}: {error}")


pair = socket.socketpair()
pipe = multiprocessing.Pipe()
things = [threading.Lock(), threading.RLock(), threading.Condition(), threading.Event(), threading.Thread(), queue.Queue()]
things += [queue.SimpleQueue(), pair[0], multiprocessing.Lock(), multiprocessing.Queue(), multiprocessing.Value("i"), multiprocessing.Event()]
things += [multiprocessing.Process(), threading.local(), os.fork]
for thing in things:
    print(type(thing).__name__, outcome(lambda thing=thing: len(pickle.dumps(thing)) > 0))
    print("   ", outcome(lambda thing=thing: type(copy.copy(thing)).__name__), outcome(lambda thing=thing: type(copy.deepcopy(thing)).__name__))
for thing in (time.monotonic, time.sleep, os.getpid, os.kill, socket.socket, socket.socketpair, queue.Queue, threading.Thread, threading.Event):
    print(pickle.dumps(thing, 0), pickle.loads(pickle.dumps(thing)) is thing)
for thing in (threading.Lock, threading.RLock, socket.create_connection, multiprocessing.Process, queue.Empty, time.sleep):
    print(copy.deepcopy(thing) is thing, copy.copy(thing) is thing)
print(pickle.loads(pickle.dumps(socket.AF_INET)), pickle.loads(pickle.dumps(TimeoutError("late"))).args)
for end in (*pair, *pipe):
    end.close()
