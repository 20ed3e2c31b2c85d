"""With sixteen descriptors allowed the program runs into the limit at the same number, and goes on: a recorder takes none of the
sixteen, and survives there being no more."""

import os
import resource
import socket
import sys

hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (16, hard))
taken = []
try:
    while True:
        taken.append(os.open("/dev/null", os.O_RDONLY))
except OSError as error:
    print(error.errno, taken)
for call in (socket.socket, socket.socketpair, os.pipe):
    try:
        call()
    except OSError as error:
        print(call.__name__, error)
child = os.fork()
if child == 0:
    for number in taken[:4]:
        os.close(number)
    here, there = socket.socketpair()
    there.send(b"one")
    os._exit(len(here.recv(10)))
print("child", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
for number in taken:
    os.close(number)
child = os.fork()
if child == 0:
    resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))
    os.execv(sys.executable, [sys.executable, "-c", "import os, socket; os._exit(socket.socket().fileno())"])
print("executed", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
