"""Every way to make, copy, hand over and close a socket keeps descriptors, blocking mode and time-outs: a recorder that follows sockets by
number or by object loses some."""

import os
import socket
import tempfile


def error_of(call):
    try:
        return call()
    except Exception as error:
        return f"{type(error).__name__}: {error}"


server = socket.create_server(("127.0.0.1", 0), backlog=3, reuse_port=True)
with socket.create_connection(server.getsockname(), timeout=20) as client:
    connection, _ = server.accept()
    print("modes", client.gettimeout(), connection.gettimeout(), client.getblocking(), connection.proto, client.family.name)
    copy = connection.dup()
    again = socket.fromfd(connection.fileno(), socket.AF_INET, socket.SOCK_STREAM)
    number = connection.detach()
    print("detached", connection.fileno(), error_of(lambda: connection.send(b"x")))
    raw = socket.socket(fileno=number)
    for sender in (copy, again, raw):
        sender.sendall(b"x")
    print("three copies", client.recv(3, socket.MSG_WAITALL), copy.fileno() != raw.fileno())
    with tempfile.TemporaryFile() as file:
        file.write(b"contents of a file")
        file.seek(0)
        print("file", raw.sendfile(file), client.recv(18, socket.MSG_WAITALL))
    print("by number", os.write(raw.fileno(), b"written"), os.read(client.fileno(), 7))
    for each in (copy, again):
        each.close()
    raw.shutdown(socket.SHUT_WR)
    print("half closed", client.recv(1), client.send(b"back"), raw.recv(4))
    socket.close(raw.detach())
print("closed", client.fileno(), error_of(lambda: client.recv(1)), repr(client)[:22])
address = server.getsockname()
server.close()
print(error_of(lambda: socket.create_connection(address)), socket.socket().connect_ex(address))
print(error_of(lambda: socket.socket(socket.AF_UNIX).connect("\0none of that name")))
print(error_of(lambda: socket.socket().bind(("127.0.0.1", "port"))), error_of(lambda: socket.socket().send("text")))
print(error_of(lambda: socket.socket(-5, -5)), error_of(lambda: socket.socket().recv()), error_of(lambda: socket.socket().recv(-1)))
socket.setdefaulttimeout(0.02)
here, there = socket.socketpair()
print("default", here.gettimeout(), error_of(lambda: here.recv(1)))
here.settimeout(0)
print("none", error_of(lambda: here.recv(1)), error_of(lambda: here.settimeout(-1)))
there.close()
print("peer gone", here.recv(1), error_of(lambda: here.send(b"x")))
