# exit: 1
"""Exceptions out of patched functions print the program's own lines and nobody else's, chained, grouped and nested in callbacks: a
recorder's frames must not be among them."""

import concurrent.futures
import multiprocessing
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback

import posix_ipc
import sysv_ipc


def from_sysv():
    sysv_ipc.MessageQueue(0x7A3D1C55)


def from_posix():
    posix_ipc.Semaphore("/none-of-that-name-exists")


def from_socket():
    with socket.socket() as closed:
        closed.connect(("127.0.0.1", 1 << 20))


def from_recv():
    socket.socket().recv(-1)


def from_queue():
    queue.Queue().get(timeout=0.01)


def from_lock():
    threading.Lock().release()


def from_barrier():
    threading.Barrier(2).wait(0.01)


def from_sleep():
    time.sleep(-1)


def from_kill():
    os.kill(os.getpid(), 999)


def from_wait():
    os.waitpid(1, 0)


def from_open():
    os.read(9999, 1)


def from_subprocess():
    subprocess.run(["no-such-program-anywhere"], check=True)


def from_check():
    subprocess.run(["sh", "-c", "exit 3"], check=True)


def from_pipe():
    end, other = multiprocessing.Pipe()
    other.close()
    end.recv()


def from_future():
    with concurrent.futures.ThreadPoolExecutor(1) as executor:
        future = executor.submit(from_lock)
    future.result()


def from_handler():
    signal.signal(signal.SIGUSR1, lambda *_: from_sleep())
    os.kill(os.getpid(), signal.SIGUSR1)


def in_process():
    process = multiprocessing.get_context("fork").Process(target=from_lock, name="crashing")
    process.start()
    process.join()


def in_thread():
    thread = threading.Thread(target=from_recv, name="crashing")
    thread.start()
    thread.join()


def deep(depth):
    if depth:
        deep(depth - 1)
    os.getpid()
    raise RecursionError if depth == 0 else LookupError(depth)


for call in [value for name, value in sorted(globals().items()) if name.startswith("from_")]:
    try:
        call()
    except Exception:
        traceback.print_exc()
in_process()
in_thread()
try:
    from_queue()
except queue.Empty as empty:
    try:
        from_wait()
    except ChildProcessError as error:
        traceback.print_exception(ExceptionGroup("both", [empty, error]))
        print("frames", len(traceback.extract_tb(error.__traceback__)), file=sys.stderr)
deep(2)
