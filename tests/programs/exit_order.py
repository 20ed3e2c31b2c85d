# exit: 1
"""Exit functions run in the reverse of their order, after non-daemonic threads, finalizers in theirs, in a child as in the parent: a
recorder registers some of its own."""

import atexit
import multiprocessing
import os
import sys
import threading
import weakref
from multiprocessing.util import Finalize


class Thing:
    pass


def say(*words):
    print("parent" if os.getpid() == parent else "child", *words, flush=True)


parent = os.getpid()
kept = Thing()
for number in range(3):
    atexit.register(say, "exit function", number)
weakref.finalize(kept, say, "finalizer")
Finalize(None, say, args=("multiprocessing finalizer",), exitpriority=5)
threading._register_atexit(say, "threading's exit function")
late = threading.Thread(target=lambda: (threading.main_thread().join(), say("thread ends after main")))
child = os.fork()
if child == 0:
    atexit.register(say, "exit function of the child alone")
    sys.exit(4)
say("child", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
process = multiprocessing.get_context("fork").Process(target=say, args=("in a Process",))
process.start()
process.join()
late.start()
say("main ends")
raise KeyError("at the end")
