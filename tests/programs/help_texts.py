"""`help` on modules' classes and functions prints what it prints without a recorder, to the letter."""

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

THINGS = [threading.Thread, threading.Lock, threading.RLock, threading.Condition, threading.Event, threading.Barrier, queue.Queue]
THINGS += [queue.SimpleQueue, socket.socket, socket.create_connection, time.sleep, time.monotonic, os.fork, os.kill, os.read, os.waitpid]
THINGS += [signal.signal, signal.setitimer, select.select, select.epoll, multiprocessing.process.BaseProcess]
THINGS += [multiprocessing.connection.Connection, multiprocessing.connection.wait, type(threading.Lock())]
for thing in THINGS:
    text = pydoc.plain(pydoc.render_doc(thing, "Help on %s"))
    print(re.sub(r" at 0x[0-9a-f]+", "", text))
