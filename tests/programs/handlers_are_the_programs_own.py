"""`signal.signal` and `getsignal` give back what the program set, and untouched signals keep their first state: a recorder that wraps
handlers must not show."""

import os
import signal
import subprocess
import sys


class Handler:
    def __call__(self, signum, frame):
        print("called with", signum, type(frame).__name__)


def state():
    return {signum.name: str(signal.getsignal(signum)) for signum in sorted(signal.valid_signals()) if hasattr(signum, "name")}


for name, handler in state().items():
    print(name, handler.partition(" at 0x")[0])
handler = Handler()
print("previous", signal.signal(signal.SIGUSR1, handler))
print("own", signal.getsignal(signal.SIGUSR1) is handler)
os.kill(os.getpid(), signal.SIGUSR1)
print("own", signal.signal(signal.SIGUSR1, signal.SIG_DFL) is handler)
print("default", signal.getsignal(signal.SIGUSR1))
print("is default_int_handler", signal.getsignal(signal.SIGINT) is signal.default_int_handler)
for wrong in (None, 3, "x"):
    try:
        signal.signal(signal.SIGUSR1, wrong)
    except Exception as error:
        print(type(error).__name__, error)
try:
    signal.signal(signal.SIGKILL, handler)
except OSError as error:
    print(type(error).__name__, error)
sys.stdout.flush()
show = "for line in open('/proc/self/status'):\n    if line.startswith(('SigIgn', 'SigBlk', 'SigCgt')): print(line[:6], f'{int(line[7:], 16) & 0x7FFFFFFF:x}')"
subprocess.run([sys.executable, "-c", show], check=True)  # 32 and 33 are the C library's own
