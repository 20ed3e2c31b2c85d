"""Code that is called back from a patched function looks at its caller, and for its program's frames among the callers: threads, handlers
and hooks find what they always found."""

import inspect
import os
import queue
import signal
import socket
import socketserver
import sys
import threading


def callers():
    return [entry.function for entry in inspect.stack()[1:] if entry.filename == __file__]


def caller():
    entry = inspect.stack()[2]
    return f"{os.path.basename(entry.filename)}:{entry.function}", callers()[1:]


class Bank(queue.Queue):
    def _put(self, item):
        print("put", caller())
        super()._put(item)


class Loud(threading.Thread):
    def start(self):
        print("start", callers())
        super().start()

    def run(self):
        print("run", caller())


class Line(socket.socket):
    def close(self):
        print("close", callers())
        super().close()


def handler(signum, frame):
    print("handler", callers())


def function_in_a_condition():
    print("predicate", caller())
    return True


Bank().put(1)
thread = Loud()
thread.start()
thread.join()
with Line():
    pass
signal.signal(signal.SIGUSR1, handler)
os.kill(os.getpid(), signal.SIGUSR1)
signal.raise_signal(signal.SIGUSR1)
condition = threading.Condition()
with condition:
    condition.wait_for(function_in_a_condition)
threading.Barrier(1, action=lambda: print("action", caller())).wait()
worker = threading.Thread(target=lambda: print("target", callers()))
worker.start()
worker.join()
with socketserver.TCPServer(("127.0.0.1", 0), socketserver.BaseRequestHandler) as server:
    print("server", type(server.socket).__name__, server.server_address[0])
os.register_at_fork(before=lambda: print("before", callers()), after_in_parent=lambda: print("after", callers(), flush=True))
sys.stdout.flush()
child = os.fork()
if child == 0:
    os._exit(0)
os.waitpid(child, 0)
