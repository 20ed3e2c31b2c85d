"""Children send to `getppid()` and mean the process that made them: a recorder that puts itself between gets the signal."""

import multiprocessing
import os
import signal
import subprocess
import sys

got = []


def note(signum, frame):
    got.append(signal.Signals(signum).name)


def shout(signum):
    os.kill(os.getppid(), signum)


def main():
    me = os.getpid()
    for signum in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGHUP):
        signal.signal(signum, note)
    child = os.fork()
    if child == 0:
        os.kill(os.getppid(), signal.SIGUSR1)
        os._exit(0 if os.getppid() == me else 1)
    print("fork", os.waitpid(child, 0)[1], got)
    process = multiprocessing.Process(target=shout, args=(signal.SIGUSR2,))
    process.start()
    process.join()
    print("process", process.exitcode, got)
    code = "import os, signal; os.kill(os.getppid(), signal.SIGHUP)"
    print("subprocess", subprocess.run([sys.executable, "-c", code]).returncode, got)


if __name__ == "__main__":
    main()
