"""Fifty SIGUSR1 sent while it is blocked run the handler once, five real-time signals stay five: a recorder that delivers
signals itself makes other numbers."""

import os
import signal

runs = 0


def count(signum, frame):
    global runs
    runs += 1


signal.signal(signal.SIGUSR1, count)
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1, signal.SIGRTMIN})
child = os.fork()
if child == 0:
    for _ in range(50):
        os.kill(os.getppid(), signal.SIGUSR1)
    for _ in range(5):
        os.kill(os.getppid(), signal.SIGRTMIN)
    os._exit(0)
print("child", os.waitpid(child, 0)[1])
print("pending", sorted(signum.name for signum in signal.sigpending()))
queued = 0
while signal.sigtimedwait({signal.SIGRTMIN}, 0):
    queued += 1
print("real-time signals", queued)
signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGUSR1})
print("handler runs", runs)
print("pending", sorted(signal.sigpending()))
