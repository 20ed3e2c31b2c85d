"""`set_wakeup_fd` writes a byte a signal into the program's own socket, in the C handler: a recorder that uses the only wake-up
descriptor, or sends the signal twice, is seen."""

import os
import signal
import socket

ours, theirs = socket.socketpair()
for end in (ours, theirs):
    end.setblocking(False)
print("before", signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False))
for signum in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGALRM):
    signal.signal(signum, lambda *_: None)
    os.kill(os.getpid(), signum)
print("bytes", [signal.Signals(byte).name for byte in ours.recv(100)])
try:
    ours.recv(100)
except BlockingIOError as error:
    print(type(error).__name__, error)
print("ours again", signal.set_wakeup_fd(-1) == theirs.fileno())
ours.close()
theirs.close()
