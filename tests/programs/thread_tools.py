"""Timers, barriers, conditions, bounded semaphores, locals and queues of every kind keep their rules and their errors: a recorder wraps
each of them."""

import queue
import threading
import time


def error_of(call):
    try:
        call()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "no error"


def barrier():
    actions = []
    gate = threading.Barrier(3, action=lambda: actions.append("all here"))
    places = []
    threads = [threading.Thread(target=lambda: places.append(gate.wait())) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    gate.abort()
    return sorted(places), actions, gate.broken, error_of(gate.wait), error_of(threading.Barrier(2, timeout=0.01).wait)


def condition():
    ready, turns = threading.Condition(threading.Lock()), []

    def follow():
        with ready:
            ready.wait_for(lambda: turns)
            turns.append("follower")
            ready.notify()

    thread = threading.Thread(target=follow)
    thread.start()
    with ready:
        turns.append("leader")
        ready.notify()
        ready.wait_for(lambda: len(turns) == 2, timeout=20)
        turns.append(ready.wait(0.01))
    thread.join()
    return turns, error_of(ready.notify), error_of(ready.wait)


def queues():
    last, best, bounded, simple = queue.LifoQueue(), queue.PriorityQueue(), queue.Queue(2), queue.SimpleQueue()
    for number in (2, 1, 3):
        last.put(number)
        best.put((number, "bid"))
        simple.put(number)
    bounded.put(1)
    bounded.put_nowait(2)
    order = [last.get(), best.get(), simple.get(), bounded.get()]
    bounded.task_done()
    bounded.put(3, block=True, timeout=1)
    errors = [error_of(lambda: bounded.put(4, timeout=0.01)), error_of(lambda: bounded.put(4, False)), bounded.full()]
    errors += [error_of(queue.Queue().get_nowait), error_of(queue.Queue().task_done), error_of(lambda: simple.get(timeout=-1))]
    return order, errors, bounded.qsize(), bounded.unfinished_tasks, list(bounded.queue)


def semaphores():
    tickets = threading.BoundedSemaphore(1)
    with tickets:
        refused = tickets.acquire(blocking=False), tickets.acquire(timeout=0.01)
    many = threading.Semaphore(0)
    many.release(3)
    return refused, error_of(tickets.release), many.acquire(), error_of(lambda: threading.Semaphore(-1))


def locks():
    plain, reentrant = threading.Lock(), threading.RLock()
    errors = [error_of(plain.release), error_of(reentrant.release), error_of(lambda: plain.acquire(False, 1))]
    errors += [error_of(lambda: plain.acquire(timeout=-3)), error_of(lambda: plain.acquire(timeout=1e20)), error_of(lambda: plain.acquire(1, 2, 3))]
    with plain, reentrant, reentrant:
        taken = plain.locked(), plain.acquire_lock(0), reentrant._is_owned()
    return errors, taken, plain.locked(), plain.__enter__(), plain.__exit__(None, None, None)


def timer():
    fired = []
    soon, never = threading.Timer(0.01, fired.append, ["fired"]), threading.Timer(60, fired.append, ["never"])
    soon.start()
    never.start()
    never.cancel()
    soon.join()
    never.join()
    return fired, soon.finished.is_set()


for part in (barrier, condition, queues, semaphores, locks, timer):
    print(part.__name__, part())
mine = threading.local()
mine.word = "main"
thread = threading.Thread(target=lambda: print("local", hasattr(mine, "word")))
thread.start()
thread.join()
print(threading.Event().wait(0.01), error_of(threading.current_thread().join), error_of(thread.start), time.sleep(0))
