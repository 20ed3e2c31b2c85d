"""`help` on classes and functions prints what it prints without a recorder, and the texts of built-in functions are theirs."""

import multiprocessing.connection
import multiprocessing.process
import os
import pydoc
import queue
import re
import select
import signal
import socket
import threading
import time

THINGS = [threading.Thread, threading.RLock, threading.Condition, threading.Event, threading.Barrier, queue.Queue]
THINGS += [socket.create_connection, socket.socket.makefile, socket.socket.sendfile, socket.create_server, multiprocessing.process.BaseProcess, multiprocessing.connection.Connection]
THINGS += [multiprocessing.connection.wait]
BUILT_IN = [time.sleep, time.monotonic, os.fork, os.kill, os.read, os.waitpid, signal.signal, signal.setitimer, select.select]
BUILT_IN += [threading.Lock, queue.SimpleQueue, select.epoll]
for thing in BUILT_IN:
    print(thing.__name__, thing.__module__, pydoc.getdoc(thing))
for thing in THINGS:
    text = pydoc.plain(pydoc.render_doc(thing, "Help on %s"))
    print(re.sub(r" at 0x[0-9a-f]+", "", text))
