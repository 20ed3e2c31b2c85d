"""A queue's connections go through a pickler that has reducers of its own for `Connection`, as joblib's do: a recorder that gives them a
class of its own passes by those reducers."""

import gc
import io
import multiprocessing
import os
import pickle
from multiprocessing.connection import Connection


def duplicate(descriptor, readable, writable):
    return Connection(os.dup(descriptor), readable, writable)


class Pickler(pickle.Pickler):
    dispatch_table = {Connection: lambda end: (duplicate, (end.fileno(), end.readable, end.writable))}


def through(thing):
    file = io.BytesIO()
    Pickler(file).dump(thing)
    return pickle.loads(file.getvalue())


queue, simple = multiprocessing.Queue(), multiprocessing.SimpleQueue()
reader, writer = through([queue._reader, simple._writer])
gc.collect()
print(type(reader).__name__, reader.readable, reader.writable, writer.readable, writer.writable)
queue.put("sent by the queue")
print(reader.recv())
writer.send("sent past the queue")
print(simple.get())
for end in (reader, writer):
    end.close()
queue.put("the queue itself is open")
print(queue.get())
