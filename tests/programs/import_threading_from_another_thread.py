"""`threading` is imported for the first time in a thread that is not the main one: a recorder that imports it at start-up, or assumes
who is main, fails here."""

import _thread
import sys
import time

done = []


def import_late():
    import threading

    done.append(threading.current_thread() is threading.main_thread())
    done.append(threading.current_thread().name)


print("already imported", "threading" in sys.modules)
_thread.start_new_thread(import_late, ())
while len(done) < 2:
    time.sleep(0.002)
import threading  # noqa: E402

print(done, threading.current_thread() is threading.main_thread(), threading.main_thread().ident == threading.get_ident())
print([type(thread).__name__ for thread in threading.enumerate()])
