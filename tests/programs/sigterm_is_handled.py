# when "ready": SIGTERM
# exit: 7
"""A SIGTERM to the process that the user started reaches the program, once, which ends in its own way: a recorder must hand it on."""

import os
import signal
import sys
import time

received = []


def stop(signum, frame):
    received.append(signal.Signals(signum).name)
    time.sleep(0.05)
    raise SystemExit(7)


signal.signal(signal.SIGTERM, stop)
read_end, write_end = os.pipe()
child = os.fork()
if child == 0:
    signal.signal(signal.SIGTERM, lambda *_: os._exit(9))
    os.write(1, b"child waits\n")
    os.write(write_end, b".")
    while True:
        time.sleep(0.01)
os.read(read_end, 1)
try:
    print("ready", flush=True)
    while True:
        time.sleep(0.01)
finally:
    print("stopping", received)
    os.kill(child, signal.SIGTERM)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    print("child", code, "still only", received, file=sys.stderr)
