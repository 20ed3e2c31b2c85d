# when "ready": SIGINT to the group
"""Ctrl-C in a blocked SysV receive first raises that module's error and then KeyboardInterrupt, which the program catches: a recorder
may swallow either."""

import os
import signal

import sysv_ipc
from props.asleep import wait_until_asleep

parent = os.getpid()
signal.signal(signal.SIGINT, signal.SIG_IGN)
if os.fork() == 0:
    wait_until_asleep(parent)
    os.write(1, b"ready\n")
    os._exit(0)
signal.signal(signal.SIGINT, signal.default_int_handler)
queue = sysv_ipc.MessageQueue(sysv_ipc.IPC_PRIVATE, sysv_ipc.IPC_CREX)
interrupted = False
try:
    while True:
        try:
            queue.receive()
        except sysv_ipc.Error:
            queue.current_messages
except KeyboardInterrupt:
    interrupted = True
finally:
    queue.remove()
print("interrupted", interrupted)
