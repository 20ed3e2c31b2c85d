"""A program that may have 300 MB of address space gets a MemoryError where it would, and goes on after it: a recorder must take little
of it, and not end with it."""

import os
import resource
import socket

used_before = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used_before + (300 << 20),) * 2)
try:
    too_much = bytearray(400 << 20)
except MemoryError as error:
    print("refused", repr(error))
enough = bytearray(100 << 20)
print("allowed", len(enough) >> 20)
here, there = socket.socketpair()
for _ in range(1000):
    there.send(b"message")
    here.recv(100)
child = os.fork()
if child == 0:
    os._exit(here.send(b"child"))
print("child", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
