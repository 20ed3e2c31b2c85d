# exit: SIGTERM
"""A program that ends itself by SIGTERM has no exit code but a signal, and runs no exit function: a recorder may report 143, or run
them."""

import atexit
import os
import signal

atexit.register(print, "must not be seen")
print("about to end", flush=True)
os.kill(os.getpid(), signal.SIGTERM)
