# traps USR1
"""A program tells whoever started it, by SIGUSR1 to `getppid()`, that it is ready, as servers do: a recorder in between gets the signal and
must pass it on."""

import os
import signal
import time

os.kill(os.getppid(), signal.SIGUSR1)
print("told", flush=True)
time.sleep(0.2)
raise SystemExit(3)
