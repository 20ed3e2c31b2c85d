"""A handler takes a SysV semaphore while the code that it interrupted waits for another one: a lock of a recorder's own, held over
either, is a deadlock."""

import os
import signal
import sys

import sysv_ipc
from props.asleep import wait_until_asleep

gate = sysv_ipc.Semaphore(sysv_ipc.IPC_PRIVATE, sysv_ipc.IPC_CREX, initial_value=0)
money = sysv_ipc.Semaphore(sysv_ipc.IPC_PRIVATE, sysv_ipc.IPC_CREX, initial_value=1)


def pay(signum, frame):
    money.acquire()
    print("handler holds it, value", money.value)
    money.release()
    gate.release()


signal.signal(signal.SIGUSR1, pay)
parent = os.getpid()
sys.stdout.flush()
child = os.fork()
if child == 0:
    wait_until_asleep(parent)
    os.kill(parent, signal.SIGUSR1)
    os._exit(0)
try:
    while True:
        try:
            gate.acquire()
            break
        except sysv_ipc.Error as error:
            print("interrupted:", error)
    print("gate", gate.value, "money", money.value)
finally:
    os.waitpid(child, 0)
    gate.remove()
    money.remove()
