"""Steps in which a process signals itself."""

from __future__ import annotations

from tests.trace.replay.snippets.snippet import steps

STEPS = steps(
    """
seen = []
before = signal.signal(signal.SIGALRM, lambda number, frame: seen.append(number))
signal.setitimer(signal.ITIMER_REAL, 0.002)
rounds = 0
while not seen: rounds += 1
say(rounds > 0, rounds, seen)
signal.signal(signal.SIGALRM, before)
""",
    """
class Late(Exception): pass
def late(number, frame): raise Late
before = signal.signal(signal.SIGALRM, late)
try:
    signal.setitimer(signal.ITIMER_REAL, 0.003)
    time.sleep(10)
except Late: say("late")
signal.signal(signal.SIGALRM, before)
""",
    """
seen = []
before = signal.signal(signal.SIGUSR1, lambda number, frame: seen.append((number, random.random())))
for _ in range(3): os.kill(os.getpid(), signal.SIGUSR1)
signal.raise_signal(signal.SIGUSR1)
say(len(seen), seen)
signal.signal(signal.SIGUSR1, before)
""",
    """
ticks = []
def tick(number, frame): ticks.append(time.monotonic())
before = signal.signal(signal.SIGALRM, tick)
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
rounds = 0
while len(ticks) < 3:
    for number in range(50): rounds += 1
signal.setitimer(signal.ITIMER_REAL, 0)
say(rounds, len(ticks), ticks)
signal.signal(signal.SIGALRM, before)
""",
    """
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2])
signal.pthread_kill(threading.get_ident(), signal.SIGUSR2)  # one that was joined may be there still
say(signal.sigpending(), signal.sigtimedwait([signal.SIGUSR2], 1).si_signo)
signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGUSR2])
""",
)
