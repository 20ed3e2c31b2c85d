# args: fork
# args: spawn
# args: forkserver
"""Locks, semaphores, conditions, events, barriers, values and arrays are shared by processes: a recorder must rebuild them in a child as
the same thing."""

import multiprocessing
import sys

PARTIES = 3


def take_part(number, lock, rlock, tickets, condition, go, barrier, total, slots):
    go.wait()
    with tickets, rlock, rlock:
        slots[number] = number + 1
    for _ in range(50):
        with lock:
            total.value += 1
    barrier.wait(30)
    with condition:
        condition.notify_all()
    sys.exit(int(barrier.n_waiting + barrier.broken))


def main(method):
    context = multiprocessing.get_context(method)
    lock, rlock, tickets = context.Lock(), context.RLock(), context.BoundedSemaphore(2)
    condition, go, barrier = context.Condition(), context.Event(), context.Barrier(PARTIES)
    total, slots = context.Value("i", 0, lock=False), context.Array("d", PARTIES)
    shared = (lock, rlock, tickets, condition, go, barrier, total, slots)
    parties = [context.Process(target=take_part, args=(number, *shared)) for number in range(PARTIES)]
    with condition:
        for party in parties:
            party.start()
        print("set", go.is_set(), go.wait(0.01))
        go.set()
        print("notified", condition.wait_for(lambda: total.value == 50 * PARTIES, 30))
    for party in parties:
        party.join()
    print([party.exitcode for party in parties], total.value, list(slots))
    print(lock, rlock, tickets, go.is_set())
    for name, call in {"lock": lock.release, "rlock": rlock.release, "bounded": tickets.release}.items():
        try:
            call()
        except Exception as error:
            print(name, type(error).__name__, error)
    with slots.get_lock():
        print(lock.acquire(True, 0.01), lock.acquire(False), lock.acquire(timeout=0.01), repr(lock))


if __name__ == "__main__":
    main(sys.argv[1])
