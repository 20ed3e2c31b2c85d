"""Handlers that sleep and spin lengthen what they interrupt, which then goes on for the rest of its time: a recorder that ends the
sleep early, or counts it twice, is seen."""

import signal
import time

order = []


def slow(signum, frame):
    order.append("handler")
    time.sleep(0.05)
    until = time.monotonic() + 0.02
    while time.monotonic() < until:
        pass
    order.append("handler ends")


signal.signal(signal.SIGALRM, slow)
signal.setitimer(signal.ITIMER_REAL, 0.02)
begin = time.monotonic()
time.sleep(0.15)
order.append("sleep ends")
took = time.monotonic() - begin
print(order)
print("slept its time", took >= 0.15, "and no more", took < 15)
print("timer spent", signal.getitimer(signal.ITIMER_REAL))
