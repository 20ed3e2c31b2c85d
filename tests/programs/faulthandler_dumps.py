"""faulthandler prints the program's frames, of every thread, at a time-out, on a signal and at a crash: a recorder must leave handlers and
descriptors to it."""

import faulthandler
import os
import re
import signal
import subprocess
import sys
import threading
import time

CRASH = """
import faulthandler
faulthandler.enable()
def crash():
    faulthandler._sigsegv()
crash()
"""


def dumped(file):
    file.seek(0)
    text = re.sub(r"0x[0-9a-f]+", "0x", file.read())
    lines = [line for line in text.splitlines() if "File" not in line or __file__ in line]
    return "\n".join(line.replace(__file__, "here") for line in lines)


def waiting(gate):
    gate.wait()


with open("dump", "w+") as file:
    faulthandler.register(signal.SIGUSR1, file)
    os.kill(os.getpid(), signal.SIGUSR1)
    print(dumped(file))
    print("registered", faulthandler.unregister(signal.SIGUSR1))
with open("dump", "w+") as file:
    faulthandler.dump_traceback_later(0.05, file=file)
    time.sleep(0.2)
    faulthandler.cancel_dump_traceback_later()
    print(dumped(file))
gate = threading.Event()
thread = threading.Thread(target=waiting, args=(gate,))
thread.start()
time.sleep(0.1)
with open("dump", "w+") as file:
    faulthandler.dump_traceback(file)
    print(dumped(file))
gate.set()
thread.join()
crashed = subprocess.run([sys.executable, "-c", CRASH], capture_output=True, text=True, check=False)
print(crashed.returncode, re.sub(r"0x[0-9a-f]+", "0x", crashed.stderr).partition("\nExtension modules")[0])
