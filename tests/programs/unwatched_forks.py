"""A process is made by C's own `fork`, past Python's hooks, as some servers do: a recorder must notice by the pid that it is in another
process."""

import ctypes
import os
import socket
import sys

libc = ctypes.CDLL(None)
here, there = socket.socketpair()
there.send(b"before")
sys.stdout.flush()
child = libc.fork()
if child == 0:
    for _ in range(100):
        there.send(b"c")
    os._exit(5)
for _ in range(100):
    there.send(b"p")
print("child", os.waitpid(child, 0)[1] >> 8)
received = here.recv(6, socket.MSG_WAITALL) + b"".join(sorted(here.recv(1) for _ in range(200)))
print(received[:6], received.count(b"c"), received.count(b"p"))
