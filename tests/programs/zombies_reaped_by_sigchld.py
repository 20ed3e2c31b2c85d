"""A SIGCHLD handler reaps with `waitpid(-1)` whatever has ended, several at once: a recorder's own processes must not be reaped, nor take
the program's."""

import os
import signal
import time

CHILDREN = 12
reaped = {}


def reap(signum, frame):
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        reaped[pid] = os.waitstatus_to_exitcode(status)


signal.signal(signal.SIGCHLD, reap)
started = {}
for number in range(CHILDREN):
    child = os.fork()
    if child == 0:
        time.sleep(0.01 if number % 2 else 0)
        os._exit(number)
    started[child] = number
while len(reaped) < CHILDREN:
    time.sleep(0.005)
print("the same", reaped == started)
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
child = os.fork()
if child == 0:
    os._exit(1)
try:
    os.waitpid(child, 0)
except ChildProcessError as error:
    print("reaped by the kernel:", error)
print(sorted(reaped.values()))
