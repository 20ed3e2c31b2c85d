"""Threads and processes are numbered, listed and counted from the start: a recorder with a thread or a process of its own shows up in
the numbers."""

import multiprocessing
import os
import sys

print("threads at start", len(os.listdir("/proc/self/task")))
import threading  # noqa: E402


def children():
    with open(f"/proc/self/task/{os.getpid()}/children") as listing:
        return len(listing.read().split())


def nothing():
    pass


print("known at start", threading.active_count(), threading.enumerate()[0].name, "children", children())
threads = [threading.Thread(target=nothing) for _ in range(2)] + [threading.Thread()]
print([thread.name for thread in threads], repr(threads[0]), threading.main_thread().native_id == os.getpid())
for thread in threads:
    thread.start()
    thread.join()
fork = multiprocessing.get_context("fork")
gate = fork.Event()
processes = [fork.Process(target=gate.wait) for _ in range(2)]
print([process.name for process in processes])
print(multiprocessing.active_children(), multiprocessing.current_process().name, multiprocessing.parent_process())
for process in processes:
    process.start()
print("children", children(), len(multiprocessing.active_children()))
gate.set()
for process in processes:
    process.join()
print("at end", len(os.listdir("/proc/self/task")), threading.active_count(), children(), file=sys.stderr)
