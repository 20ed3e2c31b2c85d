"""A child is stopped and continued, and its parent told of each step by `waitpid`: a recorder that waits for the program's children takes
the news."""

import os
import signal
import time

notes = []
signal.signal(signal.SIGCHLD, lambda *_: notes.append("SIGCHLD"))
read_end, write_end = os.pipe()
child = os.fork()
if child == 0:
    signal.signal(signal.SIGCONT, lambda *_: os.write(write_end, b"continued"))
    os.write(write_end, b"ready")
    while True:
        time.sleep(0.01)
print(os.read(read_end, 100))
os.kill(child, signal.SIGSTOP)
pid, status = os.waitpid(child, os.WUNTRACED)
print("stopped", pid == child, os.WIFSTOPPED(status), signal.Signals(os.WSTOPSIG(status)).name)
os.kill(child, signal.SIGCONT)
pid, status = os.waitpid(child, os.WCONTINUED)
print("continued", pid == child, os.WIFCONTINUED(status), os.read(read_end, 100))
print("nothing new", os.waitpid(child, os.WNOHANG))
os.kill(child, signal.SIGTERM)
print("ended", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), "told", len(notes) >= 2)
