# when "ready": SIGINT to the group
# when "again": SIGINT to the group
"""SIGINT to the whole foreground group, as a terminal sends it, is the program's to handle, children and all: a recorder in the group
must not die of it, nor pass it on a second time."""

import os
import signal
import sys
import time


def child_main():
    try:
        os.write(write_end, b".")
        while True:
            time.sleep(0.01)
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        os.read(go_read, 1)
        os._exit(5)


count = 0


def handler(signum, frame):
    global count
    count += 1


signal.signal(signal.SIGINT, signal.default_int_handler)
read_end, write_end = os.pipe()
go_read, go_write = os.pipe()
child = os.fork()
if child == 0:
    child_main()
os.read(read_end, 1)
try:
    print("ready", flush=True)
    while True:
        time.sleep(0.01)
except KeyboardInterrupt:
    signal.signal(signal.SIGINT, handler)
    os.write(go_write, b".")
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    print("interrupted")
print("child", code)
print("again")
sys.stdout.flush()
while not count:
    time.sleep(0.01)
time.sleep(0.1)
print("handled", count)
