"""A handler set before a fork runs in the child with the child's own state: a recorder's wrapper may be bound to the parent."""

import os
import signal

owner = os.getpid()
seen = []


def note(signum, frame):
    seen.append((signal.Signals(signum).name, "parent" if os.getpid() == owner else "child"))


signal.signal(signal.SIGUSR1, note)
signal.signal(signal.SIGUSR2, signal.SIG_IGN)
read_end, write_end = os.pipe()
child = os.fork()
if child == 0:
    os.kill(os.getpid(), signal.SIGUSR1)
    os.kill(os.getpid(), signal.SIGUSR2)
    same = signal.getsignal(signal.SIGUSR1) is note
    ignored = signal.getsignal(signal.SIGUSR2) == signal.SIG_IGN
    os.write(write_end, repr((seen, same, ignored)).encode())
    os._exit(0)
os.waitpid(child, 0)
print("child", os.read(read_end, 1000).decode())
os.kill(owner, signal.SIGUSR1)
print("parent", seen)
