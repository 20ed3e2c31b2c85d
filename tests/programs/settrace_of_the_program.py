"""A program traces and profiles itself, as debuggers and coverage tools do: it must see its own lines and calls, in all threads, and its
tracer must stay in place."""

import os
import queue
import sys
import threading
import time

events = []
profiled = []


def trace(frame, event, argument):
    if frame.f_code.co_filename != __file__:
        return None
    events.append((threading.current_thread().name, frame.f_code.co_name, event, frame.f_lineno - frame.f_code.co_firstlineno))
    return trace


def profile(frame, event, argument):
    if frame.f_code.co_filename == __file__ and not event.startswith("c_"):
        profiled.append((frame.f_code.co_name, event))


def work(bank):
    lock = threading.Lock()
    with lock:
        bank.put(os.getpid() > 0)
    time.sleep(0)
    return bank.get()


threading.settrace(trace)
sys.settrace(trace)
work(queue.Queue())
thread = threading.Thread(target=work, args=(queue.Queue(),), name="traced")
thread.start()
thread.join()
print("in place", sys.gettrace() is trace, threading.gettrace() is trace)
sys.settrace(None)
threading.settrace(None)
for event in events:
    print(event)
sys.setprofile(profile)
work(queue.Queue())
print("in place", sys.getprofile() is profile)
sys.setprofile(None)
print(profiled)
