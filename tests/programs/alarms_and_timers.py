"""Alarms replace each other and say what was left, interval timers tick, `pause` returns after a handler: a recorder that uses the one timer
there is takes it away."""

import signal
import time

ticks = []
print("none set", signal.alarm(0), signal.getitimer(signal.ITIMER_REAL), signal.getitimer(signal.ITIMER_PROF))
print("replaced", signal.alarm(100), signal.alarm(50), signal.alarm(0))
signal.signal(signal.SIGALRM, lambda *_: ticks.append("tick"))
signal.signal(signal.SIGVTALRM, lambda *_: ticks.append("virtual"))
signal.signal(signal.SIGPROF, lambda *_: ticks.append("profile"))
print("before", signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01))
while len(ticks) < 3:
    signal.pause()
left, interval = signal.setitimer(signal.ITIMER_REAL, 0)
print(ticks[:3], interval, left <= 0.01)
ticks.clear()
for timer in (signal.ITIMER_VIRTUAL, signal.ITIMER_PROF):
    signal.setitimer(timer, 0.005)
    while not ticks:
        sum(range(1000))
    print(ticks)
    ticks.clear()
signal.alarm(1)
begin = time.monotonic()
time.sleep(0.02)
print("left", signal.alarm(0), time.monotonic() - begin >= 0.02)
try:
    signal.setitimer(signal.ITIMER_REAL, -1)
except signal.ItimerError as error:
    print(error)
signal.siginterrupt(signal.SIGALRM, False)
signal.setitimer(signal.ITIMER_REAL, 0.01, 0.1)
signal.pause()
signal.setitimer(signal.ITIMER_REAL, 0)
print("last", ticks[:1])
