"""Datagrams are sent to one, to a broadcast address and to nobody, cut when the buffer is short, and empty: a recorder must keep borders
and addresses."""

import socket

receivers = []
for _ in range(2):
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiver.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    receiver.settimeout(20)
    receiver.bind(("", receivers[0].getsockname()[1] if receivers else 0))
    receivers.append(receiver)
port = receivers[0].getsockname()[1]
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sender.bind(("127.0.0.1", 0))
try:
    sender.sendto(b"not allowed", ("127.255.255.255", port))
except PermissionError as error:
    print(error)
sender.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
print("sent", sender.sendto(b"price 0.25", ("127.255.255.255", port)))
for receiver in receivers:
    data, address = receiver.recvfrom(100)
    print("received", data, address == sender.getsockname())
receivers.pop().close()
for data in (b"", b"a long datagram", b"last"):
    sender.sendto(data, ("127.0.0.1", port))
buffer = bytearray(30)
print(receivers[0].recvfrom(5)[0], receivers[0].recv(6), receivers[0].recvfrom_into(buffer)[0], bytes(buffer[:4]))
sender.connect(("127.0.0.1", port))
print(sender.send(b"connected"), receivers[0].recvmsg(100)[0])
receivers[0].settimeout(0.02)
try:
    receivers[0].recv(1)
except TimeoutError as error:
    print(error)
receivers[0].close()
try:
    sender.send(b"to nobody")
    sender.recv(1)
except ConnectionRefusedError as error:
    print(error)
sender.close()
