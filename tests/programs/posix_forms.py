"""POSIX queues, semaphores and shared memory in all their forms, priorities and timeouts among them: a recorder must leave names,
descriptors and errors as they are."""

import mmap
import os
import time

import posix_ipc


def in_time(call):
    begin = time.monotonic()
    try:
        call()
    except posix_ipc.Error as error:
        return type(error).__name__, str(error), time.monotonic() - begin >= 0.05


name = f"/{os.getpid()}-forms"
queue = posix_ipc.MessageQueue(name, posix_ipc.O_CREX, max_messages=3, max_message_size=64)
semaphore = posix_ipc.Semaphore(name, posix_ipc.O_CREX, initial_value=1)
memory = posix_ipc.SharedMemory(name, posix_ipc.O_CREX, size=4096)
try:
    for priority in (1, 9, 4):
        queue.send(f"priority {priority}", priority=priority)
    print("full", in_time(lambda: queue.send(b"x", timeout=0.05)))
    print([queue.receive() for _ in range(3)])
    print("empty", in_time(lambda: queue.receive(0.05)))
    print(queue.name == name, queue.max_messages, queue.max_message_size, queue.block, oct(queue.mode))
    with semaphore:
        print("held", semaphore.value, in_time(lambda: semaphore.acquire(timeout=0.05)))
    semaphore.release()
    print("value", semaphore.value)
    with mmap.mmap(memory.fd, memory.size) as pages:
        child = os.fork()
        if child == 0:
            pages[:5] = b"child"
            semaphore.acquire()
            posix_ipc.MessageQueue(name).send(b"opened by name")
            os._exit(0)
        print("child", os.waitpid(child, 0)[1], pages[:5], semaphore.value, queue.receive())
    memory.close_fd()
    print("closed", memory.fd)
    for kind in (posix_ipc.MessageQueue, posix_ipc.Semaphore, posix_ipc.SharedMemory):
        try:
            kind(name, posix_ipc.O_CREX)
        except posix_ipc.ExistentialError as error:
            print(error)
finally:
    queue.close()
    queue.unlink()
    semaphore.unlink()
    semaphore.close()
    memory.unlink()
for unlink in (posix_ipc.unlink_message_queue, posix_ipc.unlink_semaphore, posix_ipc.unlink_shared_memory):
    try:
        unlink(name)
    except posix_ipc.ExistentialError as error:
        print(error)
