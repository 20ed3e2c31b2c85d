"""Masks belong to a thread, and a waiting thread takes the signal instead of a handler: a recorder with threads or masks of its own
changes who gets it."""

import os
import signal
import threading

handled = []
signal.signal(signal.SIGUSR1, lambda *_: handled.append("handler"))
print("mask at start", signal.pthread_sigmask(signal.SIG_BLOCK, []))
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1, signal.SIGUSR2])
taken = []


def wait():
    taken.append(signal.sigwait({signal.SIGUSR1}).name)
    info = signal.sigwaitinfo({signal.SIGUSR2})
    taken.append((info.si_signo, info.si_pid == os.getpid(), info.si_code))


thread = threading.Thread(target=wait)
thread.start()
os.kill(os.getpid(), signal.SIGUSR1)
os.kill(os.getpid(), signal.SIGUSR2)
thread.join()
print(taken, handled)
print("in time", signal.sigtimedwait({signal.SIGUSR1}, 0.02))
signal.pthread_kill(threading.main_thread().ident, signal.SIGUSR1)
print("pending", [signum.name for signum in signal.sigpending()])
signal.pthread_sigmask(signal.SIG_SETMASK, [])
print(handled, signal.pthread_sigmask(signal.SIG_BLOCK, []))
