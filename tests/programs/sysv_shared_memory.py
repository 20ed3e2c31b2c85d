"""Shared memory is attached, written, detached and removed from two processes: a recorder that keeps a reference keeps it attached, and
the count shows."""

import os

import sysv_ipc

memory = sysv_ipc.SharedMemory(sysv_ipc.IPC_PRIVATE, sysv_ipc.IPC_CREX, size=8192, init_character=b".")
try:
    print("attached", memory.attached, memory.number_attached, memory.size)
    memory.write("from the parent")
    memory.write(b"!", 20)
    child = os.fork()
    if child == 0:
        right = memory.read(21) == b"from the parent.....!"
        memory.write(b"from the child", offset=4096)
        memory.detach()
        os._exit(0 if right and not memory.attached else 1)
    print("child", os.waitpid(child, 0)[1], memory.read(byte_count=14, offset=4096))
    print("count", memory.number_attached, "creator", memory.creator_pid == os.getpid(), memory.last_pid == child)
    second = sysv_ipc.attach(memory.id)
    print(type(second) is sysv_ipc.SharedMemory, memory.number_attached, second.read(4))
    second.detach()
    for call in (lambda: second.read(1), lambda: memory.write(b"x" * 9000), lambda: memory.read(1, 9000)):
        try:
            call()
        except Exception as error:
            print(type(error).__name__, error)
    second.attach()
    view = memoryview(memory)
    print("buffer", len(view), view.readonly, bytes(view[:4]), bytes(bytearray(second)[:4]))
    view.release()
    del second
    print("count", memory.number_attached)
    memory.detach()
    print("detached", memory.number_attached)
finally:
    memory.remove()
try:
    memory.attach()
except sysv_ipc.ExistentialError as error:
    print(error)
