"""A second interpreter in the same process runs `site` again, and so a recorder's start-up: it must not take the process for a new one, nor
share objects between the two."""

import os
import sys

try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters

CODE = """
import os, socket, threading, time
here, there = socket.socketpair()
there.send(b"from the second interpreter")
lock = threading.Lock()
with lock:
    time.sleep(0)
os.write(1, here.recv(100) + b"\\n")
"""
for _ in range(2):
    second = interpreters.create()
    print("result", interpreters.run_string(second, CODE), flush=True)
    interpreters.destroy(second)
child = os.fork()
if child == 0:
    os._exit(6)
print("child", os.waitpid(child, 0)[1] >> 8, "threading" in sys.modules)
