"""Megabytes go through a socket pair, a pipe, a Connection and a queue, in pieces that the kernel chooses: a recorder must pass on what is
longer than it keeps."""

import hashlib
import multiprocessing
import os
import socket
import threading

DATA = bytes(range(256)) * 16_000
DIGEST = hashlib.sha256(DATA).hexdigest()


def digest_of(read):
    digest = hashlib.sha256()
    while piece := read(65536):
        digest.update(piece)
    return digest.hexdigest() == DIGEST


def through(send, read, close):
    thread = threading.Thread(target=lambda: (send(DATA), close()))
    thread.start()
    right = digest_of(read)
    thread.join()
    return right


def write_all(number, data):
    view = memoryview(data)
    while view:
        view = view[os.write(number, view) :]


here, there = socket.socketpair()
print("socket", through(there.sendall, here.recv, there.close))
read_end, write_end = os.pipe()
print("pipe", through(lambda data: write_all(write_end, data), lambda size: os.read(read_end, size), lambda: os.close(write_end)))
fork = multiprocessing.get_context("fork")
ours, theirs = fork.Pipe()
bank = fork.Queue()
child = os.fork()
if child == 0:
    theirs.send_bytes(DATA)
    theirs.send({"data": DATA, "more": list(range(100_000))})
    bank.put(DATA)
    bank.close()
    bank.join_thread()
    os._exit(0)
print("connection", hashlib.sha256(ours.recv_bytes()).hexdigest() == DIGEST, len(ours.recv()["data"]))
print("queue", hashlib.sha256(bank.get()).hexdigest() == DIGEST, os.waitpid(child, 0)[1])
here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
print("datagram", there.send(DATA[:100_000]), len(here.recv(1 << 20)))
try:
    there.send(DATA)
except OSError as error:
    print(error)
