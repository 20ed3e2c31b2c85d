"""`kill(0)` reaches the whole process group, a recorder in it included: the program must get the signal once and go on, and the
recording with it."""

import os
import signal
import time

received = []
signal.signal(signal.SIGTERM, lambda *_: received.append("SIGTERM"))
signal.signal(signal.SIGUSR1, lambda *_: received.append("SIGUSR1"))
read_end, write_end = os.pipe()
children = []
for code in (21, 22, 23):
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGTERM, lambda *_: os._exit(code))
        signal.signal(signal.SIGUSR1, signal.SIG_IGN)
        os.write(write_end, b".")
        while True:
            time.sleep(0.01)
    children.append(child)
for _ in children:
    os.read(read_end, 1)
for signum in (signal.SIGUSR1, signal.SIGTERM):
    os.kill(0, signum)
print([os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children])
time.sleep(0.1)
print(received)
