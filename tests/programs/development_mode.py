# flags: -X dev -W error
"""In development mode, with warnings as errors, threads, processes, sockets and files are used cleanly and nothing is printed: a recorder's
unclosed file or old call is."""

import multiprocessing
import os
import queue
import socket
import subprocess
import sys
import threading

import sysv_ipc


def target(bank):
    bank.put(b"from the child")


def main():
    context = multiprocessing.get_context("spawn")
    bank = context.SimpleQueue()
    process = context.Process(target=target, args=(bank,))
    process.start()
    print(bank.get())
    process.join()
    process.close()
    bank.close()
    here, there = socket.socketpair()
    with here, there:
        there.send(b"bytes")
        print(here.recv(10))
    local = queue.Queue()
    thread = threading.Thread(target=local.put, args=(1,))
    thread.start()
    thread.join()
    kernel = sysv_ipc.MessageQueue(sysv_ipc.IPC_PRIVATE, sysv_ipc.IPC_CREX)
    kernel.send(b"through the kernel")
    print(kernel.receive(), local.get())
    kernel.remove()
    child = os.fork()
    if child == 0:
        os._exit(3)
    print(os.waitpid(child, 0)[1] >> 8, subprocess.run([sys.executable, "-X", "dev", "-W", "error", "-c", ""], check=False).returncode)
    print(sys.flags.dev_mode, sys.warnoptions)


if __name__ == "__main__":
    main()
