"""Exchanges of signals."""

from __future__ import annotations

from tests.trace.replay.snippets.snippet import fixed

EXCHANGES = (
    fixed(
        """
seen = []
signal.signal(signal.SIGUSR1, lambda number, frame: seen.append(number))
given["pids@"].put(os.getpid())
rounds = 0
while len(seen) < 1:
    rounds += 1
    rounds *= 1
say("in round", rounds > 0, seen)
signal.signal(signal.SIGUSR1, signal.SIG_DFL)
given["handled@"].set()
""",
        """
os.kill(given["pids@"].get(), signal.SIGUSR1)
given["handled@"].wait()
""",
        setup="given['pids@'], given['handled@'] = context.SimpleQueue(), context.Event()",
    ),
    fixed(
        """
seen = []
def handle(number, frame): seen.append(random.random())  # it may find a stream busy: "reentrant call"
before = signal.signal(signal.SIGUSR2, handle)
given["who@"].put(os.getpid())
say(given["answer@"].get())
given["last@"].wait()
signal.signal(signal.SIGUSR2, before)
say("handled", seen)
""",
        """
pid = given["who@"].get()
time.sleep(0.002)
os.kill(pid, signal.SIGUSR2)
given["answer@"].put("after the signal")
os.kill(pid, signal.SIGUSR2)
given["last@"].set()
""",
        setup="""given["who@"], given["answer@"] = context.SimpleQueue(), context.SimpleQueue()
given["last@"] = context.Event()""",
    ),
    fixed(
        """
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGRTMIN])
given["waits@"].put(os.getpid())
say(signal.sigwait([signal.SIGRTMIN]))
signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGRTMIN])
""",
        """
os.kill(given["waits@"].get(), signal.SIGRTMIN)
""",
        setup="given['waits@'] = context.SimpleQueue()",
    ),
)
