"""Descriptors get the lowest free numbers, inherited ones included, and a program may close all that it does not know: a recorder's own
must be out of the way, and not be written to when they are someone else's."""

import os
import socket
import subprocess
import sys
import tempfile


def low_numbers():
    return sorted(number for number in map(int, os.listdir("/proc/self/fd")) if number < 100 and os.path.exists(f"/proc/self/fd/{number}"))


print("at start", low_numbers())
first = os.open("/dev/null", os.O_RDONLY)
pair = socket.socketpair()
print("open", first, [end.fileno() for end in pair], os.pipe(), os.dup(first), os.dup2(first, 20))
print("then", low_numbers())
sys.stdout.flush()
listing = "import os; print(sorted(map(int, os.listdir('/proc/self/fd'))))"
for close_fds in (True, False):
    subprocess.run(["sh", "-c", "ls /proc/self/fd | sort -n | head -4 | tr '\\n' ' '; echo"], check=True, close_fds=close_fds)
os.closerange(3, os.sysconf("SC_OPEN_MAX"))
print("after closing all", low_numbers())
with tempfile.TemporaryDirectory() as folder:
    names = [os.path.join(folder, str(number)) for number in range(120)]
    files = [os.open(name, os.O_RDWR | os.O_CREAT) for name in names]
    print("files", files[:3], files[-1])
    here, there = socket.socketpair()
    for _ in range(200):
        there.send(b"a message")
        here.recv(100)
    child = os.fork()
    if child == 0:
        os._exit(len(there.recv(here.send(b"child"))))
    print("child", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    print("untouched", {os.fstat(number).st_size for number in files}, {os.path.getsize(name) for name in names})
    for number in files:
        os.close(number)
