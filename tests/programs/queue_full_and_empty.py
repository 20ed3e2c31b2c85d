"""A full queue blocks its sender until there is room, or raises at once when asked to: a recorder must not change either, nor the
arguments' ways of being given."""

import os

import sysv_ipc
from props.asleep import wait_until_asleep

queue = sysv_ipc.MessageQueue(sysv_ipc.IPC_PRIVATE, sysv_ipc.IPC_CREX, max_message_size=4096)
try:
    sent = 0
    try:
        while True:
            queue.send(b"x" * 1024, block=False)
            sent += 1
    except sysv_ipc.BusyError as error:
        print("full after", sent * 1024 == queue.max_size, error)
    child = os.fork()
    if child == 0:
        queue.send(b"the one that waited", True, 8)
        os._exit(0)
    wait_until_asleep(child)
    print("message", len(queue.receive()[0]))
    print("child", os.waitpid(child, 0)[1])
    print("waited", queue.receive(type=8))
    while queue.current_messages:
        queue.receive()
    for call in (lambda: queue.receive(block=False), lambda: queue.receive(False), lambda: queue.send(b"x" * 5000)):
        try:
            call()
        except Exception as error:
            print(type(error).__name__, error)
    queue.send("text is encoded")
    queue.send(bytearray(b"bytes-like"), type=1, block=True)
    queue.send(b"")
    print([queue.receive() for _ in range(3)])
finally:
    queue.remove()
