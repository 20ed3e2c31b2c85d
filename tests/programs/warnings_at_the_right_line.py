# flags: -W always
"""Warnings name the line of the program that caused them, through `stacklevel` and at the death of an unclosed socket: a recorder's frame
in between shifts them."""

import socket
import subprocess
import sys
import threading
import time
import warnings


def old_name():
    warnings.warn("use new_name", DeprecationWarning, stacklevel=2)


def leave_open():
    forgotten = socket.socket()
    return forgotten.family


class Older(threading.Thread):
    def start(self):
        warnings.warn("start is old", FutureWarning, stacklevel=2)
        super().start()


old_name()
thread = Older(target=old_name)
thread.setDaemon(False)
thread.start()
thread.join()
threading.currentThread()
threading.Event().isSet()
with warnings.catch_warnings(record=True) as caught:
    leave_open()
    time.sleep(0)
print([(str(warning.category.__name__), warning.lineno, warning.filename == __file__) for warning in caught], file=sys.stderr)
process = subprocess.Popen(["true"], stdout=subprocess.PIPE)
process.wait()
process.stdout.close()
warnings.warn("plain", stacklevel=1)
