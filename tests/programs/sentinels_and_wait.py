"""`multiprocessing.connection.wait` waits for processes, pipes and sockets at once: a recorder's process or connection must have the same
descriptors to wait for."""

import multiprocessing
import socket
from multiprocessing.connection import Client, Listener, wait

fork = multiprocessing.get_context("fork")


def say(connection, gate):
    gate.wait()
    connection.send("word")
    gate_closed.wait()


def answer(address, key):
    with Client(address, authkey=key) as client:
        client.send(client.recv()[::-1])


gate, gate_closed = fork.Event(), fork.Event()
ours, theirs = fork.Pipe()
left, right = socket.socketpair()
child = fork.Process(target=say, args=(theirs, gate))
child.start()
names = {child.sentinel: "child", ours: "pipe", left: "socket"}


def ready(timeout):
    return sorted(names[thing] for thing in wait(list(names), timeout))


print("nothing", ready(0))
gate.set()
print("a word", ready(30), ours.recv())
right.send(b"x")
print("a byte", ready(30), left.recv(1))
gate_closed.set()
print("the end", ready(30))
child.join()
with Listener(authkey=b"secret") as listener:
    client = fork.Process(target=answer, args=(listener.address, b"secret"))
    client.start()
    with listener.accept() as connection:
        connection.send("market")
        print(connection.recv())
    client.join()
print(child.exitcode, client.exitcode)
