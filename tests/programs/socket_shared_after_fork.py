"""A listening socket bound before a fork serves from three children, and one connection is written by parent and child: a recorder that
knows a connection by its process is confused."""

import os
import socket

server = socket.create_server(("127.0.0.1", 0))
address = server.getsockname()
children = []
for number in range(3):
    child = os.fork()
    if child == 0:
        served = 0
        while True:
            connection, _ = server.accept()
            with connection:
                word = connection.recv(100)
                if word == b"stop":
                    os._exit(served > -1)
                connection.sendall(b"echo " + word)
                served += 1
    children.append(child)
answers = []
for number in range(30):
    with socket.create_connection(address) as client:
        client.sendall(b"%d" % number)
        answers.append(client.makefile().read())
print(answers[0], answers[-1], len(set(answers)))
for child in children:
    with socket.create_connection(address) as client:
        client.sendall(b"stop")
        client.recv(1)
print(sorted(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children))
ours, theirs = socket.socketpair()
child = os.fork()
if child == 0:
    for number in range(5):
        theirs.send(b"child%d " % number)
    os._exit(0)
os.waitpid(child, 0)
theirs.send(b"parent")
theirs.close()
print(ours.recv(1000), ours.recv(1000))
server.close()
