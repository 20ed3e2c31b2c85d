"""Children that end by SIGKILL, SIGABRT, SIGSEGV, an exception and plain codes show the parent just that: a recorder in the child may
change how it ends."""

import multiprocessing
import os
import signal
import sys


def end(how):
    if how == "raise":
        sys.stderr = open(os.devnull, "w")
        raise ValueError("in the child")
    if how == "exit":
        sys.exit(3)
    if how == "_exit":
        os._exit(4)
    if how == "abort":
        os.abort()
    os.kill(os.getpid(), getattr(signal, how))


def main():
    for how in ("SIGKILL", "SIGTERM", "SIGSEGV", "SIGUSR1", "abort", "raise", "exit", "_exit"):
        process = multiprocessing.Process(target=end, args=(how,))
        process.start()
        process.join()
        print(how, process.exitcode, process.is_alive())
        child = os.fork()
        if child == 0:
            try:
                end(how)
            finally:
                os._exit(1)
        print(how, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    main()
