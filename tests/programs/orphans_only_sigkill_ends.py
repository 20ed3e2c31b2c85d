"""A child that ignores every polite signal ends by SIGKILL alone, and its own child outlives it until then: a recorder that waits for
it, or for its exit function, never returns."""

import os
import signal
import time

POLITE = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT)

read_end, write_end = os.pipe()
child = os.fork()
if child == 0:
    for signum in POLITE:
        signal.signal(signum, signal.SIG_IGN)
    grandchild = os.fork()
    os.write(write_end, b"%d " % os.getpid())
    while True:
        time.sleep(60)
pids = set()
while len(pids) < 2:
    pids |= {int(word) for word in os.read(read_end, 100).split()}
for signum in POLITE:
    for pid in pids:
        os.kill(pid, signum)
time.sleep(0.05)
print("still there", os.waitpid(child, os.WNOHANG))
for pid in pids:
    os.kill(pid, signal.SIGKILL)
print("ended by", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
os.close(write_end)
print("both gone", os.read(read_end, 1))
