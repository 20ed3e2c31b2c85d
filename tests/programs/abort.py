# exit: SIGABRT
"""`os.abort` ends the program by SIGABRT, with no word of the interpreter's: a recorder may catch it, or report 134."""

import os
import sys

print("about to abort", flush=True)


def give_up():
    print("giving up", file=sys.stderr, flush=True)
    os.abort()


give_up()
