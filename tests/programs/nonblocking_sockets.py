"""Non-blocking sockets raise BlockingIOError at once, connect in steps, and fill up: a recorder that makes any of these block, or takes a
while over them, changes the loop."""

import errno
import select
import socket

here, there = socket.socketpair()
for end in (here, there):
    end.setblocking(False)
for name, call in {"recv": lambda: here.recv(1), "recv_into": lambda: here.recv_into(bytearray(1)), "accept": lambda: listening.accept()}.items():
    listening = socket.create_server(("127.0.0.1", 0))
    listening.setblocking(False)
    try:
        call()
    except BlockingIOError as error:
        print(name, error.errno == errno.EAGAIN, error)
    listening.close()
sent = 0
try:
    while True:
        sent += there.send(b"x" * 4096)
except BlockingIOError as error:
    print("full", sent > 4096, error)
print("writable", select.select([], [there], [], 0)[1])
received = 0
try:
    while True:
        received += len(here.recv(65536))
except BlockingIOError:
    print("all of it", received == sent)
server = socket.create_server(("127.0.0.1", 0))
client = socket.socket()
client.setblocking(False)
print("in progress", errno.errorcode[client.connect_ex(server.getsockname())])
print("connected", bool(select.select([], [client], [], 20)[1]), client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))
connection, _ = server.accept()
print("inherits", connection.getblocking(), client.getblocking())
client.settimeout(0.02)
try:
    client.recv(1)
except TimeoutError as error:
    print("in time", error)
for thing in (here, there, client, connection, server):
    thing.close()
