# exit: SIGKILL
"""A program that ends itself by SIGKILL leaves what it printed and its signal: a recorder may report 137, or lose output."""

import os
import signal

print("about to end", flush=True)
print("buffered: must not be seen")
os.kill(os.getpid(), signal.SIGKILL)
