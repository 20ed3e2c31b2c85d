"""A queue and a semaphore are removed while processes wait in them, all of which get an error at once: a recorder that polls, or keeps
its own idea of the object, leaves them waiting."""

import os

import sysv_ipc
from props.asleep import wait_until_asleep

queue = sysv_ipc.MessageQueue(sysv_ipc.IPC_PRIVATE, sysv_ipc.IPC_CREX)
semaphore = sysv_ipc.Semaphore(sysv_ipc.IPC_PRIVATE, sysv_ipc.IPC_CREX, initial_value=0)
waits = [queue.receive, lambda: queue.receive(type=7), semaphore.acquire, lambda: semaphore.acquire(delta=2)]
read_end, write_end = os.pipe()
children = []
for number, wait in enumerate(waits):
    child = os.fork()
    if child == 0:
        try:
            wait()
        except sysv_ipc.ExistentialError as error:
            os.write(write_end, f"{number} {error}\n".encode())
        os._exit(number)
    children.append(child)
for child in children:
    wait_until_asleep(child)
queue.remove()
semaphore.remove()
print([os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children])
print("".join(sorted(os.read(read_end, 1000).decode().splitlines(keepends=True))), end="")
for name, call in {"send": lambda: queue.send(b"late"), "remove": queue.remove, "release": semaphore.release}.items():
    try:
        call()
    except (OSError, sysv_ipc.Error) as error:
        print(name, type(error).__name__, error)
