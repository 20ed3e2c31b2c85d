"""`mq_notify` calls a function in a thread that C made, which Python's threading has not seen: a recorder must cope with a thread that
began without it."""

import os
import threading

import posix_ipc

queue = posix_ipc.MessageQueue(None, posix_ipc.O_CREX)
called = threading.Event()
notes = []


def on_message(word):
    notes.append((word, threading.current_thread() is threading.main_thread(), queue.receive()))
    notes.append(type(threading.current_thread()).__name__)
    called.set()


try:
    for number in range(2):
        called.clear()
        queue.request_notification((on_message, f"call {number}"))
        child = os.fork()
        if child == 0:
            queue.send(b"wake up")
            os._exit(0)
        print("called", called.wait(20), os.waitpid(child, 0)[1])
    print(notes)
finally:
    queue.close()
    queue.unlink()
