"""An exception in a thread goes to `threading.excepthook` with its traceback, the program's own hook or the default one: a recorder's
frames must not be in it."""

import socket
import sys
import threading
import traceback


def ask(here):
    here.settimeout(0.01)
    here.recv(1)


def fail():
    raise ValueError("in a thread")


def own_hook(args):
    print("hook", args.exc_type.__name__, args.exc_value, args.thread.name)
    print([entry.name for entry in traceback.extract_tb(args.exc_traceback)][-2:])


def run(target, *args):
    thread = threading.Thread(target=target, args=args)
    thread.start()
    thread.join()


here, there = socket.socketpair()
run(fail)
run(ask, here)
threading.excepthook = own_hook
run(fail)
run(ask, here)
run(sys.exit, 3)
print(threading.excepthook is own_hook, threading.__excepthook__ is not own_hook)
threading.excepthook = threading.__excepthook__
run(here.send, "text")
