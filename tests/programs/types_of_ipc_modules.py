"""The classes of sysv_ipc and posix_ipc stay what they are to `type`, `isinstance`, subclasses, names, texts, attributes and errors, whatever
a recorder puts in their place."""

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
        print(cls, cls.__name__, cls.__qualname__, cls.__module__, inspect.isclass(cls), callable(cls), issubclass(cls, object))
        print(cls.__doc__)
        for attribute in sorted(dir(cls)):
            if not attribute.startswith("_"):
                value = getattr(cls, attribute)
                print(attribute, callable(value), value.__doc__)
queue = Counting(sysv_ipc.IPC_PRIVATE, sysv_ipc.IPC_CREX)
plain = sysv_ipc.MessageQueue(sysv_ipc.IPC_PRIVATE, sysv_ipc.IPC_CREX)
try:
    queue.send(b"one")
    queue.send(b"two")
    print("sent", queue.sent, queue.receive(), isinstance(queue, sysv_ipc.MessageQueue), type(queue), Counting.__bases__)
    print(type(plain) is sysv_ipc.MessageQueue, type(plain), isinstance(plain, Counting))
    print(re.sub(r"id=\d+", "id=N", str(plain)), re.sub(r"id=\d+", "id=N", repr(plain)))
    refused = (lambda: setattr(plain, "note", 1), lambda: plain.note, lambda: plain.__dict__, lambda: pickle.dumps(plain), lambda: copy.copy(plain))
    print([try_out(call).partition(":")[0] for call in refused])
    print(plain == plain, plain == queue, plain in {plain}, bool(plain))
    print(plain.send.__name__, plain.send.__self__ is plain, plain.send.__doc__)
    print(try_out(lambda: plain.receive(True, 2, 3)), try_out(lambda: plain.receive(kind=3)), try_out(lambda: plain.receive(1, "x")))
    print(try_out(lambda: sysv_ipc.MessageQueue()), try_out(lambda: sysv_ipc.MessageQueue("key")))
finally:
    queue.remove()
    plain.remove()
