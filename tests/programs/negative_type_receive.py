"""`receive(type=-3)` takes the lowest type up to 3, whichever was sent first: a recorder that counts messages by the type asked for is
wrong, one that alters the argument changes the order."""

import sysv_ipc

queue = sysv_ipc.MessageQueue(sysv_ipc.IPC_PRIVATE, sysv_ipc.IPC_CREX)
try:
    for number, message_type in enumerate([5, 3, 1, 2, 3, 1, 4, 9]):
        queue.send(f"message {number}".encode(), type=message_type)
    print("upto 3", [queue.receive(type=-3) for _ in range(5)])
    for call in (lambda: queue.receive(type=-3, block=False), lambda: queue.receive(False, -1)):
        try:
            call()
        except sysv_ipc.BusyError as error:
            print("none left:", error)
    print("of 4", queue.receive(True, 4))
    print("any", queue.receive(), queue.receive(type=0))
    for wrong in (0, -1, "x", 2**70):
        try:
            queue.send(b"x", type=wrong)
        except Exception as error:
            print(type(error).__name__, error)
    print("left", queue.current_messages)
finally:
    queue.remove()
