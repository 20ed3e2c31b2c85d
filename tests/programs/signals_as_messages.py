"""Signals with a meaning of their own are used as plain messages, one by one: a recorder that takes SIGINT, SIGCHLD or SIGALRM for
itself answers in the program's place."""

import os
import signal
import time

MESSAGES = [signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGILL, signal.SIGALRM, signal.SIGCHLD, signal.SIGPIPE]
MESSAGES += [signal.SIGTSTP, signal.SIGCONT, signal.SIGWINCH, 16, 30, 31]

read_end, write_end = os.pipe()
received = []


def receive(signum, frame):
    received.append(int(signum))
    os.write(write_end, b".")


for signum in MESSAGES:
    signal.signal(signum, receive)
parent = os.getpid()
child = os.fork()
if child == 0:
    for signum in MESSAGES:
        os.kill(parent, signum)
        os.read(read_end, 1)
    os._exit(7)
while (ended := os.waitpid(child, os.WNOHANG)) == (0, 0):
    time.sleep(0.002)
print("exit code", os.waitstatus_to_exitcode(ended[1]))
print("in order", received[: len(MESSAGES)] == [int(signum) for signum in MESSAGES])
print("and the child's end", received[len(MESSAGES) :])
