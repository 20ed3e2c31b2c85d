"""A POSIX queue is a descriptor on Linux and waits in epoll, poll and select: a recorder that gives it another, or opens the queue twice,
breaks the loop."""

import os
import select

import posix_ipc

queue = posix_ipc.MessageQueue(None, posix_ipc.O_CREX, max_messages=4)
try:
    print("descriptor", queue.mqd == queue.fileno(), os.get_inheritable(queue.fileno()))
    epoll = select.epoll()
    epoll.register(queue.mqd, select.EPOLLIN | select.EPOLLOUT)
    print("empty", [event for _, event in epoll.poll(0)] == [select.EPOLLOUT])
    child = os.fork()
    if child == 0:
        for number in range(4):
            queue.send(b"message %d" % number, priority=number)
        os._exit(0)
    epoll.modify(queue.mqd, select.EPOLLIN)
    got = []
    while len(got) < 4:
        for descriptor, event in epoll.poll(20):
            if descriptor == queue.mqd and event & select.EPOLLIN and os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT):
                got.append(queue.receive())
    print(got, os.waitpid(child, 0)[1])
    poller = select.poll()
    poller.register(queue, select.POLLIN)
    print("poll", poller.poll(0), "select", select.select([queue], [], [], 0))
    epoll.close()
finally:
    queue.close()
    queue.unlink()
