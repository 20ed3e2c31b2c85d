"""A program with a umask that forbids everything starts processes by fork, spawn and subprocess: a recorder that makes files with it
cannot open them again."""

import multiprocessing
import os
import subprocess
import sys
import tempfile
import threading


def target():
    sys.exit(8)


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.umask(0o777)
        path = os.path.join(folder, "file")
        os.close(os.open(path, os.O_CREAT, 0o666))
        print("mode", oct(os.stat(path).st_mode))
    process = multiprocessing.get_context("spawn").Process(target=target)
    process.start()
    process.join()
    thread = threading.Thread(target=print, args=("in a thread",))
    thread.start()
    thread.join()
    print("spawned", process.exitcode)
    print("ran", subprocess.run([sys.executable, "-c", "raise SystemExit(9)"], check=False).returncode)
    child = os.fork()
    if child == 0:
        os._exit(10)
    print("forked", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


if __name__ == "__main__":
    main()
