# when "ready": SIGINT to the group
"""Ctrl-C in a blocked SysV receive first raises that module's error and then KeyboardInterrupt, which the program catches: a recorder
may swallow either."""

import sysv_ipc

queue = sysv_ipc.MessageQueue(sysv_ipc.IPC_PRIVATE, sysv_ipc.IPC_CREX)
interrupted = False
try:
    print("ready", flush=True)
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
