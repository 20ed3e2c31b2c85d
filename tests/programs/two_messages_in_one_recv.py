"""A stream keeps no borders: three sends are one receive, one send is many, and the rest waits: a recorder that reads ahead, or pairs
send with receive, is wrong."""

import socket

server = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(server.getsockname())
connection, _ = server.accept()
client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
for word in (b"one ", b"two ", b"three "):
    client.send(word)
connection.recv(14, socket.MSG_PEEK | socket.MSG_WAITALL)
print("at once", connection.recv(100))
client.sendall(b"a longer message in pieces")
pieces = []
while sum(map(len, pieces)) < 26:
    pieces.append(connection.recv(7))
print("in pieces", b"".join(pieces), all(len(piece) <= 7 for piece in pieces))
client.sendall(b"head" + b"body" * 3)
print("peek", connection.recv(4, socket.MSG_PEEK), connection.recv(4))
buffer = bytearray(12)
print("into", connection.recv_into(buffer, 12, socket.MSG_WAITALL), bytes(buffer))
stream, other = connection.makefile("rb"), client.makefile("wb", buffering=0)
other.write(b"line one\nline two\nrest")
other.close()
client.shutdown(socket.SHUT_WR)
print("lines", list(stream), connection.recv(10))
print("out of band", client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR), client.getpeername() == connection.getsockname())
for thing in (stream, client, connection, server):
    thing.close()
