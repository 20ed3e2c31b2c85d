"""`os.wait` in all its forms returns exactly the children that the program made, however it made them, and then says that there are none
left."""

import multiprocessing
import os
import subprocess
import sys

started = {}
for number in range(3):
    child = os.fork()
    if child == 0:
        os._exit(number)
    started[child] = number
popen = subprocess.Popen([sys.executable, "-c", "raise SystemExit(30)"])
started[popen.pid] = 30
process = multiprocessing.get_context("fork").Process(target=sys.exit, args=(31,))
process.start()
started[process.pid] = 31
started[os.spawnlp(os.P_NOWAIT, "sh", "sh", "-c", "exit 32")] = 32
started[os.posix_spawn("/bin/sh", ["sh", "-c", "exit 33"], os.environ)] = 33
waited = {}
while True:
    try:
        pid, status = os.wait()
    except ChildProcessError as error:
        print(error)
        break
    waited[pid] = os.waitstatus_to_exitcode(status)
print("exactly", waited == started, sorted(waited.values()))
print("popen", popen.wait(), "process", process.exitcode)
for wait in (os.wait3, lambda flags: os.wait4(-1, flags), lambda flags: os.waitid(os.P_ALL, 0, os.WEXITED | flags)):
    child = os.fork()
    if child == 0:
        os._exit(9)
    result = wait(0)
    print(type(result).__name__, result[0] == child, getattr(result, "si_status", None))
print("spawned and waited", os.spawnlp(os.P_WAIT, "sh", "sh", "-c", "exit 5"))
