# exit: 1
"""`sys.exit` with a text prints it to stderr and exits with 1, after the exit functions: a recorder that runs the program inside itself
may swallow it."""

import atexit
import sys

atexit.register(lambda: print("exit function", file=sys.stderr))
print("out")
sys.exit("market closed: no bids")
