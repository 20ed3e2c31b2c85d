# exit: 3
"""A child goes on, and prints, when the program itself has ended: a recorder must neither kill it nor keep the program's exit from
being seen."""

import os
import sys
import time

print("parent begins", flush=True)
parent = os.getpid()
if os.fork() == 0:
    while os.getppid() == parent:
        time.sleep(0.002)
    time.sleep(0.1)
    os.write(1, b"orphan prints\n")
    os._exit(0)
print("parent ends")
sys.exit(3)
