"""Every form of a SysV semaphore, with undo at a process's death, waiting for zero and steps: a recorder that wraps only
acquire and release misses state."""

import os
import time

import sysv_ipc
from props.asleep import wait_until_asleep

semaphore = sysv_ipc.Semaphore(sysv_ipc.IPC_PRIVATE, sysv_ipc.IPC_CREX, initial_value=2)
try:
    with semaphore:
        print("in with", semaphore.value)
    semaphore.P()
    semaphore.acquire(None, 1)
    semaphore.V()
    semaphore.release(3)
    print("after steps", semaphore.value)
    semaphore.value = 0
    if sysv_ipc.SEMAPHORE_TIMEOUT_SUPPORTED:
        begin = time.monotonic()
        try:
            semaphore.acquire(timeout=0.05)
        except sysv_ipc.BusyError as error:
            print("in time:", error, time.monotonic() - begin >= 0.05)
    semaphore.block = False
    try:
        semaphore.acquire()
    except sysv_ipc.BusyError as error:
        print("not blocking:", error)
    semaphore.block = True
    semaphore.Z()
    semaphore.value = 1
    waiter = os.fork()
    if waiter == 0:
        semaphore.Z()
        os._exit(semaphore.value)
    wait_until_asleep(waiter)
    print("waiting for zero", semaphore.waiting_for_zero, "for more", semaphore.waiting_for_nonzero)
    semaphore.acquire()
    print("waiter", os.waitpid(waiter, 0)[1])
    semaphore.value = 5
    semaphore.undo = True
    dying = os.fork()
    if dying == 0:
        semaphore.acquire(delta=4)
        os._exit(semaphore.value)
    print("held", os.waitstatus_to_exitcode(os.waitpid(dying, 0)[1]), "after its death", semaphore.value)
    print("last", semaphore.last_pid == dying, "mode", oct(semaphore.mode), "undo", semaphore.undo)
    for call in (lambda: semaphore.release(0), lambda: semaphore.acquire("x"), lambda: setattr(semaphore, "value", -1)):
        try:
            call()
        except Exception as error:
            print(type(error).__name__, error)
finally:
    semaphore.remove()
