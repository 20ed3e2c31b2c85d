"""`os._exit` runs no exit function and flushes nothing, in a child, in a thread, at the end of the program: a recorder that relies on
exit functions loses its data, or runs them."""

import atexit
import os
import sys
import threading

atexit.register(print, "exit function of", "the parent", flush=True)
sys.stdout.flush()
child = os.fork()
if child == 0:
    print("buffered: must not be seen")
    os._exit(11)
print("child", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
child = os.fork()
if child == 0:
    threading.Thread(target=os._exit, args=(12,)).start()
    threading.Event().wait(20)
print("child", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
child = os.fork()
if child == 0:
    atexit.unregister(print)
    atexit.register(os._exit, 13)
    sys.exit(1)
print("child", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
