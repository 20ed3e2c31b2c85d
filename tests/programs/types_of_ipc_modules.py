"""The classes of sysv_ipc and posix_ipc stay what they are to `type`, `isinstance`, subclasses, names, texts and attributes: a recorder
that puts its own in their place is seen."""

import copy
import inspect
import pickle
import re

import posix_ipc
import sysv_ipc


def try_out(call):
    try:
        return call()
    except Exception as error:
        return re.sub(" at 0x[0-9a-f]+", "", f"{type(error).__name__}: {error}")


class Counting(sysv_ipc.MessageQueue):
    sent = 0

    def send(self, message, *args, **kwargs):
        self.sent += 1
        return super().send(message, *args, **kwargs)


for module in (sysv_ipc, posix_ipc):
    for name in ("MessageQueue", "Semaphore", "SharedMemory"):
        cls = getattr(module, name)
        print(cls, cls.__name__, cls.__qualname__, cls.__module__, cls.__mro__, cls.__bases__, type(cls))
        print(cls.__doc__)
        print(try_out(lambda cls=cls: inspect.signature(cls)), inspect.isclass(cls), cls.__dictoffset__, cls.__weakrefoffset__)
        for attribute in sorted(dir(cls)):
            if not attribute.startswith("__"):
                value = getattr(cls, attribute)
                print(attribute, type(value).__name__, re.sub(" at 0x[0-9a-f]+", "", repr(value)), value.__doc__)
queue = Counting(sysv_ipc.IPC_PRIVATE, sysv_ipc.IPC_CREX)
plain = sysv_ipc.MessageQueue(sysv_ipc.IPC_PRIVATE, sysv_ipc.IPC_CREX)
try:
    queue.send(b"one")
    queue.send(b"two")
    print("sent", queue.sent, queue.receive(), isinstance(queue, sysv_ipc.MessageQueue), type(queue).__mro__)
    print(type(plain) is sysv_ipc.MessageQueue, type(plain), isinstance(plain, Counting))
    print(re.sub(r"id=\d+", "id=N", str(plain)), re.sub(r"id=\d+", "id=N", repr(plain)))
    print(try_out(lambda: setattr(plain, "note", 1)), try_out(lambda: plain.note), try_out(lambda: plain.__dict__))
    print(try_out(lambda: pickle.dumps(plain)), try_out(lambda: copy.copy(plain)))
    print(try_out(lambda: setattr(sysv_ipc.MessageQueue, "send", None)))
    print(plain == plain, plain == queue, plain in {plain}, bool(plain))
    print(plain.send.__name__, plain.send.__self__ is plain, try_out(lambda: inspect.signature(plain.send)))
    print(try_out(lambda: plain.receive(True, 2, 3)), try_out(lambda: plain.receive(kind=3)), try_out(lambda: plain.receive(1, "x")))
    print(try_out(lambda: sysv_ipc.MessageQueue()), try_out(lambda: sysv_ipc.MessageQueue("key")))
finally:
    queue.remove()
    plain.remove()
