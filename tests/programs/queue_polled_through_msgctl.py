"""A program polls a queue's `current_messages` two hundred thousand times: a recorder that writes each look, or turns the attribute into
something slow, cannot keep up."""

import os

import sysv_ipc

queue = sysv_ipc.MessageQueue(sysv_ipc.IPC_PRIVATE, sysv_ipc.IPC_CREX)
semaphore = sysv_ipc.Semaphore(sysv_ipc.IPC_PRIVATE, sysv_ipc.IPC_CREX, initial_value=3)
try:
    looks = sum(1 for _ in range(100_000) if queue.current_messages == 0)
    looks += sum(1 for _ in range(100_000) if semaphore.value == 3)
    print("looks", looks)
    child = os.fork()
    if child == 0:
        queue.send(b"at last")
        os._exit(0)
    while queue.current_messages == 0:
        pass
    print(queue.receive(), os.waitpid(child, 0)[1])
    print(queue.last_send_pid == child, queue.last_receive_pid == os.getpid(), oct(queue.mode), queue.max_size)
finally:
    queue.remove()
    semaphore.remove()
