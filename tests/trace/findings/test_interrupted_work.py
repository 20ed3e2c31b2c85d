"""What an interrupted run leaves in its queues is no mistake where somebody went on to take it."""

from __future__ import annotations

from tests.trace.findings.conftest import codes, lines

SLOW_CONSUMER = """
    import queue, threading, time

    waiting, done = queue.Queue(2), threading.Event()

    def produce():
        while True:
            waiting.put(b"more")

    def consume():
        while True:
            waiting.get()
            done.wait(60)

    for target in (produce, consume):
        threading.Thread(target=target, daemon=True).start()
    while not waiting.full():
        pass
    print("hangs", flush=True)
    done.wait(60)
"""

SLOW_PROCESS = """
    import multiprocessing, time

    def consume(waiting, ready):
        while True:
            waiting.get()
            ready.set()
            time.sleep(60)

    if __name__ == "__main__":
        context = multiprocessing.get_context("fork")
        waiting, ready = context.Queue(), context.Event()
        context.Process(target=consume, args=(waiting, ready), daemon=True).start()
        for _ in range(20):
            waiting.put(b"more")
        ready.wait()
        print("hangs", flush=True)
        time.sleep(60)
"""

TOO_EARLY = """
    import multiprocessing

    def produce(results):
        results.put(b"more than a pipe holds" * 10_000)
        print("hangs", flush=True)

    if __name__ == "__main__":
        context = multiprocessing.get_context("fork")
        results = context.Queue()
        producer = context.Process(target=produce, args=(results,), daemon=True)
        producer.start()
        producer.join()
        results.get()
"""


def test_a_queue_that_is_full_since_its_consumer_is_slower_is_no_finding(interrupted):
    assert codes(interrupted(SLOW_CONSUMER)) == []


IN_THE_MIDDLE_OF_A_PUT = """
    import multiprocessing

    queue = multiprocessing.Queue(2)
    queue.put(1)
    queue._notempty.acquire()
    print("hangs", flush=True)
    try:
        queue.put(2)
    finally:
        queue._notempty.release()
"""


def test_a_put_that_was_under_way_while_the_queue_had_room_is_none(interrupted):
    assert "queue-full" not in codes(interrupted(IN_THE_MIDDLE_OF_A_PUT))


def test_messages_that_were_yet_to_be_taken_are_no_finding(interrupted):
    assert codes(interrupted(SLOW_PROCESS)) == []


def test_who_is_joined_before_what_it_put_was_taken_never_ends(interrupted):
    reel = interrupted(TOO_EARLY)
    assert codes(reel) == ["queue-full"]
    assert "mp.process.join" in reel.findings[0].what or "process.wait_pid" in reel.findings[0].what
    assert reel.findings[0].cause.startswith("A process ends once all that it put is in the queue's pipe")


DIES_WITH_ITS_LOCK = """
    import threading

    lock = threading.Lock()

    def fail():
        lock.acquire()
        raise ValueError("with the lock")

    threading.excepthook = lambda _: None
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    print("hangs", flush=True)
    lock.acquire()
"""

KILLED_WITH_A_LOCK = """
    import multiprocessing, os, signal, time

    def hold(lock, held):
        lock.acquire()
        held.set()
        time.sleep(60)

    if __name__ == "__main__":
        context = multiprocessing.get_context("fork")
        lock, held = context.Lock(), context.Event()
        holder = context.Process(target=hold, args=(lock, held))
        holder.start()
        held.wait()
        os.kill(holder.pid, signal.SIGKILL)
        holder.join()
        lock.acquire(timeout=0.2)
        print("hangs", flush=True)
        lock.acquire()
"""

TAKEN_TWICE = """
    import threading

    lock = threading.Lock()
    with lock:
        print("hangs", flush=True)
        with lock:
            pass
"""

CLEARED = """
    import threading

    ready = threading.Event()
    ready.set()
    ready.clear()
    waiter = threading.Thread(target=ready.wait)
    waiter.start()
    print("hangs", flush=True)
    waiter.join()
"""

PAUSED = """
    import threading

    ready, other = threading.Event(), threading.Event()
    ready.set()
    ready.clear()
    waiter = threading.Thread(target=ready.wait, daemon=True)
    waiter.start()
    print("hangs", flush=True)
    other.wait(60)
"""


def test_a_thread_that_failed_with_a_lock_is_named(interrupted):
    reel = interrupted(DIES_WITH_ITS_LOCK)
    assert codes(reel) == ["died-holding-a-lock"]
    assert "Thread-1 (fail) ended while it held lock" in reel.findings[0].what


def test_who_was_killed_in_a_call_under_a_lock_waits_no_longer(interrupted):
    assert codes(interrupted(KILLED_WITH_A_LOCK)) == ["died-holding-a-lock"]


def test_a_lock_that_is_taken_twice_is_a_deadlock_with_itself(interrupted):
    reel = interrupted(TAKEN_TWICE)
    assert codes(reel) == ["deadlock"]
    assert lines(reel, "deadlock") == ["with lock:"]
    assert reel.findings[0].what.endswith("which it holds itself.")


def test_an_event_that_was_cleared_before_anybody_waited_for_it_is_a_lost_wake_up(interrupted):
    assert codes(interrupted(CLEARED)) == ["lost-wakeup"]


def test_an_event_that_may_be_set_once_more_is_not(interrupted):
    assert codes(interrupted(PAUSED)) == []
