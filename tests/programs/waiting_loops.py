"""Loops over select, poll, epoll and selectors see the same readiness in the same order, with descriptors that come and go: a recorder's
wrapper must pass objects and numbers on as they are."""

import os
import select
import selectors
import socket


def error_of(call):
    try:
        return call()
    except Exception as error:
        return f"{type(error).__name__}: {error}"


here, there = socket.socketpair()
read_end, write_end = os.pipe()
names = {here.fileno(): "socket", read_end: "pipe", there.fileno(): "other"}
print("select", select.select([here, read_end], [], [], 0), select.select([], [], [], 0.01))
os.write(write_end, b"x")
ready = select.select([here, read_end], [there], [here], 20)
print("select", ready[0] == [read_end], ready[1] == [there], ready[2])
poller = select.poll()
poller.register(here, select.POLLIN)
poller.register(read_end)
print("poll", [(names[number], event) for number, event in poller.poll(20)])
there.send(b"y")
print("poll", sorted((names[number], event) for number, event in poller.poll(20)))
poller.unregister(read_end)
poller.modify(here, select.POLLOUT)
print("poll", [(names[number], event) for number, event in poller.poll(0)], error_of(lambda: poller.unregister(9999)))
with select.epoll() as epoll:
    epoll.register(here, select.EPOLLIN | select.EPOLLET)
    epoll.register(read_end, select.EPOLLIN)
    first = sorted((names[number], event) for number, event in epoll.poll(20, 10))
    print("epoll", first, [(names[number], event) for number, event in epoll.poll(0)], epoll.closed)
    print("epoll", error_of(lambda: epoll.register(here)), error_of(lambda: epoll.unregister(write_end)))
print("epoll", error_of(epoll.poll), epoll.closed)
with selectors.DefaultSelector() as selector:
    key = selector.register(here, selectors.EVENT_READ, data="socket")
    selector.register(read_end, selectors.EVENT_READ, data="pipe")
    print("selector", sorted((key.data, events) for key, events in selector.select(20)), key.fileobj is here, len(selector.get_map()))
    here.recv(1)
    os.read(read_end, 1)
    print("selector", selector.select(0.01), error_of(lambda: selector.register(here, selectors.EVENT_READ))[:8])
    selector.modify(here, selectors.EVENT_WRITE, "again")
    print("selector", [(key.data, events) for key, events in selector.select(-1)], type(selector).__name__)
    there.close()
    selector.modify(here, selectors.EVENT_READ)
    print("gone", [events for _, events in selector.select(20)], here.recv(1))
print("bad", error_of(lambda: select.select([9999], [], [], 0)), error_of(lambda: select.select([here], [], [], -1)), error_of(lambda: select.poll().poll("x")))
