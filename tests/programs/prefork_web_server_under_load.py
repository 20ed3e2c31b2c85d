"""A prefork server in the manner of a process manager, with signals, a master's pipe and workers that share a socket, serves three hundred
requests and restarts a killed worker."""

import os
import select
import signal
import socket
import sys

WORKERS, REQUESTS = 3, 300


def serve(listener):
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
    listener.setblocking(False)
    while True:
        select.select([listener], [], [], 1)
        try:
            connection, _ = listener.accept()
        except BlockingIOError:
            continue
        with connection:
            connection.setblocking(True)
            path = connection.recv(4096).split()[1]
            body = b"x" * int(path.strip(b"/"))
            connection.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)


def master(listener, wake_read, wake_write):
    signal.signal(signal.SIGCHLD, lambda *_: os.write(wake_write, b"C"))
    signal.signal(signal.SIGTERM, lambda *_: os.write(wake_write, b"T"))
    workers, codes = set(), []
    while True:
        while len(workers) < WORKERS:
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
            worker = os.fork()
            if worker == 0:
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                serve(listener)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
            workers.add(worker)
            os.write(control_write, b"%d\n" % worker)
        if not select.select([wake_read], [], [], 0.1)[0]:
            continue
        for note in os.read(wake_read, 1):
            while note == ord("C"):
                pid, status = os.waitpid(-1, os.WNOHANG)
                if not pid:
                    break
                workers.discard(pid)
                codes.append(os.waitstatus_to_exitcode(status))
            if note == ord("T"):
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                for worker in workers:
                    os.kill(worker, signal.SIGTERM)
                codes += [os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1]) for worker in workers]
                print("workers ended by", codes)
                sys.stdout.flush()
                os._exit(0)


def get(address, size):
    with socket.create_connection(address, timeout=20) as client:
        client.sendall(b"GET /%d HTTP/1.0\r\n\r\n" % size)
        return len(client.makefile("rb").read().partition(b"\r\n\r\n")[2])


listener = socket.create_server(("127.0.0.1", 0), backlog=64)
control_read, control_write = os.pipe()
manager = os.fork()
if manager == 0:
    master(listener, *os.pipe())
with os.fdopen(control_read) as control:
    pids = [int(control.readline()) for _ in range(WORKERS)]
    sizes = [get(listener.getsockname(), number * 37) for number in range(REQUESTS)]
    print("sizes right", sizes == [number * 37 for number in range(REQUESTS)])
    os.kill(pids[0], signal.SIGKILL)
    print("restarted", int(control.readline()) not in pids, get(listener.getsockname(), 5))
os.kill(manager, signal.SIGTERM)
print("manager", os.waitpid(manager, 0)[1])
