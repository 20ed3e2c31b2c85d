"""Locks, queues, threads, sockets and processes keep `type`, `isinstance`, subclasses, public methods and printed forms, whatever a recorder
puts in their place."""

import _queue
import _socket
import _thread
import inspect
import multiprocessing
import multiprocessing.connection
import multiprocessing.synchronize
import queue
import re
import socket
import subprocess
import threading


class Bank(queue.Queue):
    def _put(self, item):
        super()._put(item * 2)


class Line(socket.socket):
    def send(self, data, *flags):
        return super().send(data.upper(), *flags)


class Gate(threading.Event):
    def set(self):
        print("gate opens")
        super().set()


class Worker(threading.Thread):
    def run(self):
        self.result = 6 * 7


def masked(thing):
    return re.sub(r"fd=\d+|\d{5,}|started \d+|(?:parent|pid)[=:] ?\d+", "N", re.sub(r"0x[0-9a-f]+", "0x", repr(thing)))


pair = socket.socketpair()
pipe = multiprocessing.Pipe()
lock, rlock = threading.Lock(), threading.RLock()
things = [lock, rlock, threading.Condition(), threading.Event(), threading.Semaphore(2), threading.BoundedSemaphore(3), threading.Barrier(2)]
things += [threading.Thread(name="t"), threading.Timer(1, print), queue.Queue(), queue.LifoQueue(), queue.SimpleQueue(), pair[0], pipe[0]]
things += [multiprocessing.Lock(), multiprocessing.RLock(), multiprocessing.Semaphore(2), multiprocessing.Event(), multiprocessing.Barrier(2)]
things += [multiprocessing.Condition(), multiprocessing.Queue(), multiprocessing.SimpleQueue(), multiprocessing.Value("i", 3)]
things += [multiprocessing.Array("i", 2), multiprocessing.Process(name="p"), multiprocessing.JoinableQueue(), subprocess.Popen(["true"])]
for thing in things:
    print(masked(thing))
    print("   ", type(thing), type(thing).__name__, type(thing).__qualname__, type(thing).__module__, isinstance(thing, type(thing)))
    print("   ", sorted(name for name in dir(thing) if not name.startswith("_")))
things[-1].wait()
print(isinstance(lock, _thread.LockType), type(lock) is _thread.LockType, threading.Lock is _thread.allocate_lock, type(rlock) is _thread.RLock)
print(issubclass(socket.socket, _socket.socket), socket.SocketType is _socket.socket, queue.SimpleQueue is _queue.SimpleQueue)
print(queue.Empty is _queue.Empty, threading.ThreadError is RuntimeError, socket.timeout is TimeoutError, socket.error is OSError)
print(isinstance(things[13], multiprocessing.connection.Connection), isinstance(things[14], multiprocessing.synchronize.Lock))
for cls in (queue.Queue, socket.socket, threading.Thread, threading.Event, threading.Condition):
    print(cls.__name__, cls.__module__, inspect.signature(cls), cls.__doc__)
bank = Bank()
bank.put(21)
print(bank.get(), isinstance(bank, queue.Queue), type(bank).__mro__[1] is queue.Queue)
with Line(fileno=pair[0].detach()) as line:
    print(line.send(b"loud"), pair[1].recv(10), isinstance(line, socket.socket), line.family, line.type)
gate = Gate()
gate.set()
worker = Worker()
worker.start()
worker.join()
print(gate.wait(), worker.result, isinstance(worker, threading.Thread))
pair[1].close()
for end in pipe:
    end.close()
