"""Keys may be 0 (private), negative, made from a file, and used again after a removal: a recorder that knows a queue by its key takes
two for one."""

import os
import tempfile

import sysv_ipc


def negative_key():
    """A queue with a negative key that nobody has."""
    for attempt in range(1000):
        try:
            return sysv_ipc.MessageQueue(-(os.getpid() * 1000 + attempt) - 1, sysv_ipc.IPC_CREX)
        except sysv_ipc.ExistentialError:
            continue
    raise SystemExit("no negative key is free")


private = [sysv_ipc.MessageQueue(sysv_ipc.IPC_PRIVATE, sysv_ipc.IPC_CREX) for _ in range(2)]
private[0].send(b"first")
print("private", [queue.key for queue in private], [queue.current_messages for queue in private])
print("ids differ", private[0].id != private[1].id)

negative = negative_key()
print("negative", negative.key < 0)
again = sysv_ipc.MessageQueue(negative.key)
again.send(b"through the other object", type=2)
print("same queue", again.id == negative.id, negative.receive(type=2))
key, old_id = negative.key, negative.id
negative.remove()
try:
    sysv_ipc.MessageQueue(key)
except sysv_ipc.ExistentialError as error:
    print("gone:", str(error).replace(str(key), "KEY"))
renewed = sysv_ipc.MessageQueue(key, sysv_ipc.IPC_CREX)
print("renewed", renewed.id != old_id, renewed.current_messages)
for call in (lambda: again.send(b"to the old one"), again.receive, again.remove):
    try:
        call()
    except (OSError, sysv_ipc.Error) as error:
        print("old object:", type(error).__name__, error)
try:
    sysv_ipc.MessageQueue(key, sysv_ipc.IPC_CREX)
except sysv_ipc.ExistentialError as error:
    print("taken:", str(error).replace(str(key), "KEY"))
with tempfile.NamedTemporaryFile() as file:
    print("ftok", sysv_ipc.ftok(file.name, 5, silence_warning=True) == sysv_ipc.ftok(file.name, 5, silence_warning=True))
    random_key = sysv_ipc.MessageQueue(None, sysv_ipc.IPC_CREX)
    print("random", random_key.key > 0)
sysv_ipc.remove_message_queue(random_key.id)
for queue in (*private, renewed):
    queue.remove()
