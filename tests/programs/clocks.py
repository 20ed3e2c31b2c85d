"""Clocks go forward, agree with each other, and say what they are; sleeps last: a recorder reads them through the same functions."""

import datetime
import sched
import time

for name in ("time", "monotonic", "perf_counter", "process_time", "thread_time"):
    clock, clock_ns = getattr(time, name), getattr(time, f"{name}_ns")
    readings = [clock() for _ in range(100)]
    low, middle, high = clock_ns(), int(clock() * 1e9), clock_ns()
    print(name, readings == sorted(readings), type(low).__name__, low - 1000 <= middle <= high + 1000, vars(time.get_clock_info(name)))
print("now", abs(datetime.datetime.now().timestamp() - time.time()) < 5, time.clock_gettime(time.CLOCK_MONOTONIC) <= time.monotonic())
used = time.process_time()
time.sleep(0.02)
print("asleep", time.process_time() - used < 0.02, time.gmtime(0).tm_year, time.strftime("%Y", time.gmtime(0)))
order = []
scheduler = sched.scheduler()
for delay in (0.02, 0.01, 0.0):
    scheduler.enter(delay, 1, order.append, (delay,))
scheduler.run()
print(order, scheduler.timefunc is time.monotonic, scheduler.delayfunc is time.sleep)
