"""A daemon made by two forks, a new session and closed descriptors works on after the program has ended: a recorder must follow it without
its streams, and not wait for it."""

import os
import sys
import tempfile
import time

results = os.path.join(tempfile.gettempdir(), f"daemon-{os.getpid()}")
os.mkfifo(results)
print("starting", flush=True)
if os.fork() == 0:
    os.setsid()
    if os.fork():
        os._exit(0)
    os.chdir("/")
    os.umask(0)
    sys.stdout.flush()
    for number in range(min(os.sysconf("SC_OPEN_MAX"), 4096)):
        try:
            os.close(number)
        except OSError:
            pass
    os.open(os.devnull, os.O_RDWR)
    os.dup2(0, 1)
    os.dup2(0, 2)
    print("nobody sees this")
    time.sleep(0.05)
    with open(results, "w") as answer:
        answer.write(f"own session {os.getsid(0) != os.getpid()} first number {answer.fileno()}")
    os._exit(0)
print("middle", os.wait()[1])
with open(results) as answer:
    print(answer.read())
os.unlink(results)
