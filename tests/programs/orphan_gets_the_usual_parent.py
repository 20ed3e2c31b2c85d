"""A process whose parent has ended is adopted by whoever adopts orphans on this machine: a recorder that made itself a subreaper
would be its parent."""

import os
import time

read_end, write_end = os.pipe()
middle = os.fork()
if middle == 0:
    parent = os.getpid()
    if os.fork() == 0:
        while os.getppid() == parent:
            time.sleep(0.001)
        os.write(write_end, b"adopted by %d" % os.getppid())
    os._exit(0)
os.close(write_end)
print("middle", os.waitpid(middle, 0)[1])
print(os.read(read_end, 100).decode())
try:
    print(os.wait())
except ChildProcessError as error:
    print(error)
