"""Processes are forked from a thread while other threads run: in the child that thread is the only one, and the main one, which a
recorder's idea of lanes must follow."""

import os
import threading

stop = threading.Event()
others = [threading.Thread(target=stop.wait, name=f"other-{number}") for number in range(3)]
for thread in others:
    thread.start()
read_end, write_end = os.pipe()


def fork_here():
    child = os.fork()
    if child == 0:
        current = threading.current_thread()
        report = (current.name, current is threading.main_thread(), [thread.name for thread in threading.enumerate()])
        os.write(write_end, repr((report, threading.active_count(), len(os.listdir("/proc/self/task")))).encode())
        lock = threading.Lock()
        late = threading.Thread(target=lock.acquire, name="late")
        late.start()
        late.join()
        os._exit(int(lock.locked()))
    codes.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


codes = []
forker = threading.Thread(target=fork_here, name="forker")
forker.start()
forker.join()
print(codes, os.read(read_end, 1000).decode())
print([thread.name for thread in threading.enumerate()])
stop.set()
for thread in others:
    thread.join()
