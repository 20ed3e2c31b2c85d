# flags: -OO
"""Without docstrings and asserts the program runs as ever: a recorder that counts on either of its own is seen."""

import os
import queue
import socket
import threading

assert False, "not run"
here, there = socket.socketpair()
there.send(b"bytes")
bank = queue.Queue()
thread = threading.Thread(target=bank.put, args=(here.recv(10),))
thread.start()
thread.join()
child = os.fork()
if child == 0:
    os._exit(len(bank.get()))
print(os.waitpid(child, 0)[1] >> 8, bank.get(), __doc__, threading.Thread.__doc__, queue.Queue.put.__doc__, socket.socket.send.__doc__ is None)
