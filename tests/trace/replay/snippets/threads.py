"""Steps of threads and what is between them."""

from __future__ import annotations

from tests.trace.replay.snippets.snippet import steps

STEPS = steps(
    """
lock, total = threading.Lock(), []
def add(number):
    for item in range(4):
        with lock: total.append(number * item)
threads = [threading.Thread(target=add, args=(number,)) for number in range(3)]
for thread in threads: thread.start()
for thread in threads: thread.join()
say(total)
""",
    """
work, done, drawing = queue.Queue(2), queue.SimpleQueue(), threading.Lock()
def serve():
    while (item := work.get()) is not None:
        with drawing: drawn = random.random()  # the threads have one generator
        done.put((threading.current_thread().name, item, drawn))
        work.task_done()
    work.task_done()
threads = [threading.Thread(target=serve, name=f"server {number}") for number in range(2)]
for thread in threads: thread.start()
for item in range(6): work.put(item)
for _ in threads: work.put(None)
work.join()
for thread in threads: thread.join()
for _ in range(6): say(done.get())
""",
    """
condition, ready = threading.Condition(), []
def tell():
    with condition:
        ready.append(random.random())
        condition.notify()
thread = threading.Thread(target=tell)
with condition:
    thread.start()
    condition.wait_for(lambda: ready, 10)
say(ready)
thread.join()
""",
    """
barrier, order = threading.Barrier(3), []
def arrive(number):
    order.append((number, barrier.wait()))
threads = [threading.Thread(target=arrive, args=(number,)) for number in range(3)]
for thread in threads: thread.start()
for thread in threads: thread.join()
say(sorted(place for _, place in order))
""",
    """
flag, room = threading.Event(), threading.Semaphore(1)
def wait():
    flag.wait()
    with room: say("in the room", threading.current_thread().name)
threads = [threading.Thread(target=wait, name=f"waiter {number}") for number in range(3)]
for thread in threads: thread.start()
time.sleep(0.001)
flag.set()
for thread in threads: thread.join()
""",
    """
def call(number):
    time.sleep(random.random() / 1000)
    return number, threading.active_count() > 0
with futures.ThreadPoolExecutor(3) as pool:
    say(list(pool.map(call, range(6))))
    submitted = [pool.submit(call, number) for number in range(4)]
    for future in futures.as_completed(submitted): say(future.result())
    done, pending = futures.wait([pool.submit(call, 7)], timeout=5)
    say(len(done), len(pending))
""",
    """
timer = threading.Timer(0.001, say, ("timer",))
timer.start()
timer.join()
""",
    """
local, results = threading.local(), []
def work(number):
    local.number = number
    for _ in range(3): time.sleep(0)
    results.append(local.number)
threads = [threading.Thread(target=work, args=(number,), daemon=True) for number in range(2)]
for thread in threads: thread.start()
for thread in threads: thread.join(5)
say(sorted(results), [thread.is_alive() for thread in threads])
""",
    """
def fail(): raise ValueError("as meant")
with futures.ThreadPoolExecutor(1) as pool:
    future = pool.submit(fail)
    try: future.result()
    except ValueError as error: say("raised", error)
""",
    """
lock = threading.Lock()
lock.acquire()
say(lock.acquire(timeout=0.002), lock.acquire(False), lock.locked())
lock.release()
try: lock.release()
except RuntimeError as error: say(error)
""",
    """
pool = ThreadPool(2)
say(pool.map(abs, [-3, 2, -1]))
say(sorted(pool.imap_unordered(abs, range(-4, 0))))
pool.close()
pool.join()
""",
)
