"""Children in a group of their own are signalled together and waited for by group: a recorder with processes of its own must not be in
the count."""

import os
import signal
import time

read_end, write_end = os.pipe()
leader = 0
children = []
for number in range(4):
    child = os.fork()
    if child == 0:
        os.write(write_end, b".")
        time.sleep(60)
        os._exit(0)
    leader = leader or child
    os.setpgid(child, leader)
    children.append(child)
for _ in children:
    os.read(read_end, 1)
print("one group", {os.getpgid(child) for child in children} == {leader})
print("not ours", os.getpgrp() != leader)
os.killpg(leader, signal.SIGUSR2)
codes = [os.waitstatus_to_exitcode(os.waitpid(-leader, 0)[1]) for _ in children]
print(codes)
for group in (-leader, -1):
    try:
        os.waitpid(group, 0)
    except ChildProcessError as error:
        print(error)
try:
    os.killpg(leader, signal.SIGUSR2)
except ProcessLookupError as error:
    print(error)
