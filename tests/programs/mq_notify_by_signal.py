"""`mq_notify` sends a signal with the first message on an empty queue, once a request: a recorder that receives or opens for itself uses
the request up."""

import os
import signal

import posix_ipc

queue = posix_ipc.MessageQueue(None, posix_ipc.O_CREX)
received = []


def drain(signum, frame):
    queue.request_notification(signal.SIGUSR1)
    queue.block = False
    try:
        while True:
            received.append(queue.receive()[0])
    except posix_ipc.BusyError as error:
        received.append(str(error))


try:
    signal.signal(signal.SIGUSR1, drain)
    queue.request_notification(signal.SIGUSR1)
    for number in range(3):
        child = os.fork()
        if child == 0:
            queue.send(b"message %d" % number)
            os._exit(0)
        os.waitpid(child, 0)
    print(received)
    busy = os.fork()
    if busy == 0:
        try:
            queue.request_notification(signal.SIGUSR2)
        except posix_ipc.BusyError as error:
            print(error, flush=True)
        os._exit(0)
    os.waitpid(busy, 0)
    queue.request_notification(None)
    queue.send(b"unnoticed")
    print(len(received), queue.current_messages)
finally:
    queue.close()
    queue.unlink()
