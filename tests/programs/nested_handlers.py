"""A handler that is interrupted by another's signal goes on afterwards: a recorder's wrapper that is not re-entrant, or blocks
signals, changes the order."""

import os
import signal

depth = 0


def enter(signum, frame):
    global depth
    depth += 1
    name = signal.Signals(signum).name
    print("  " * depth + "begin", name)
    if signum == signal.SIGUSR1:
        os.kill(os.getpid(), signal.SIGUSR2)
    elif signum == signal.SIGUSR2:
        signal.raise_signal(signal.SIGTERM)
    elif depth < 6:
        signal.raise_signal(signal.SIGTERM)
    print("  " * depth + "end", name)
    depth -= 1


for signum in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGTERM):
    signal.signal(signum, enter)
print("before")
os.kill(os.getpid(), signal.SIGUSR1)
print("after", depth)
