"""A wait is without end when nobody who is left could end it; one that somebody may still end is not."""

from __future__ import annotations

import pytest

from tests.trace.findings.conftest import codes, lines

ONE_MESSAGE_TOO_FEW = """
    import multiprocessing

    def give(queue):
        for number in range(2):
            queue.put(number)

    if __name__ == "__main__":
        queue = multiprocessing.SimpleQueue()
        giver = multiprocessing.Process(target=give, args=(queue,))
        giver.start()
        giver.join()
        queue.get(), queue.get()
        {meanwhile}
        print("hangs", flush=True)
        {last}
"""


def test_a_queue_into_which_nobody_left_puts_anything(interrupted):
    reel = interrupted(ONE_MESSAGE_TOO_FEW.format(meanwhile="", last="queue.get()"))
    assert codes(reel) == ["endless-wait"]
    assert lines(reel, "endless-wait") == ["queue.get()"]
    assert "nobody is left who puts anything in" in reel.findings[0].what


def test_a_queue_into_which_a_thread_that_sleeps_may_still_put(interrupted):
    meanwhile = "__import__('threading').Thread(target=__import__('time').sleep, args=(60,), daemon=True).start()"
    assert codes(interrupted(ONE_MESSAGE_TOO_FEW.format(meanwhile=meanwhile, last="queue.get()"))) == []


EACH_WAITS_FOR_THE_OTHER = """
    import multiprocessing, threading

    def serve(connection):
        connection.recv()

    if __name__ == "__main__":
        here, there = multiprocessing.Pipe()
        child = multiprocessing.Process(target=serve, args=(there,), daemon=True)
        child.start()
        print("hangs", flush=True)
        here.{does}
"""


def test_two_who_each_wait_for_the_others_message(interrupted):
    reel = interrupted(EACH_WAITS_FOR_THE_OTHER.format(does="recv()"))
    assert codes(reel) == ["deadlock"]
    assert sorted(reel.operations[int(reel.op[row])]["name"] for row in reel.findings[0].events) == [
        "connection.message.recv",
        "connection.message.recv",
    ]


def test_one_who_waits_for_a_peer_that_waits_for_the_outside(interrupted):
    assert codes(interrupted(EACH_WAITS_FOR_THE_OTHER.format(does="poll(60)"))) == []


SPINS = """
    import multiprocessing, time

    def work(done):
        {work}

    if __name__ == "__main__":
        done = multiprocessing.Value("i", 0)
        worker = multiprocessing.Process(target=work, args=(done,), daemon=True)
        worker.start()
        {before}
        began, looks = time.monotonic(), 0
        while done.value < 2:
            time.sleep(0.001)
            looks += 1
            if looks == 200:
                print("spins", flush=True)
"""
ADDS_ONE = """with done.get_lock():
            done.value += 1"""


def test_a_value_that_nobody_left_will_change(interrupted):
    reel = interrupted(SPINS.format(work=ADDS_ONE, before="worker.join()"))
    assert codes(reel) == ["spinning"]
    assert lines(reel, "spinning") == ["while done.value < 2:"]


def test_a_value_that_a_worker_who_sleeps_may_still_change(interrupted):
    slow = ADDS_ONE + "\n        time.sleep(60)\n        done.value += 1"
    assert codes(interrupted(SPINS.format(work=slow, before=""))) == []


POLLS = """
    import multiprocessing, pathlib, queue, time

    enough = pathlib.Path("enough")

    def take(results):
        for _ in range(2):
            began, looks = time.monotonic(), 0
            while True:
                try:
                    results.get(block=False)
                    break
                except queue.Empty:
                    time.sleep(0.001)
                looks += 1
                if looks > 250 and time.monotonic() > began + 0.3 and not enough.exists():
                    enough.touch()

    def give(results):
        results.put(1)
        {then}

    if __name__ == "__main__":
        results = multiprocessing.Queue()
        giver = multiprocessing.Process(target=give, args=(results,))
        giver.start()
        giver.join()
        taker = multiprocessing.Process(target=take, args=(results,))
        taker.start()
        {wait}
        taker.terminate()
        taker.join()
"""
UNTIL_ENOUGH = """while not enough.exists():
            time.sleep(0.01)"""


def test_a_queue_that_is_polled_until_the_poller_is_killed(recorded):
    reel = recorded(POLLS.format(then="", wait=UNTIL_ENOUGH)).reel
    assert codes(reel) == ["spinning"]
    assert lines(reel, "spinning") == ["results.get(block=False)"]


def test_a_queue_that_is_polled_until_something_comes(recorded):
    later = "__import__('threading').Timer(0.3, results.put, [2]).start()"
    assert codes(recorded(POLLS.format(then="", wait=f"{later}; taker.join()")).reel) == []


FULL_BEFORE_THE_BARRIER = """
    import {module}, {library}

    def give(queue, barrier):
        for number in range(3):
            queue.put(number{patience})
        barrier.wait()

    def take(queue, barrier):
        barrier.wait()
        for number in range(3):
            queue.get()

    if __name__ == "__main__":
        queue, barrier = {library}.Queue(2), {module}.Barrier(2)
        both = [{module}.{kind}(target=work, args=(queue, barrier), daemon=True) for work in (give, take)]
        for each in both:
            each.start()
        print("hangs", flush=True)
        for each in both:
            each.join()
"""


@pytest.mark.parametrize(
    ("module", "library", "kind"),
    [("multiprocessing", "multiprocessing", "Process"), ("threading", "queue", "Thread")],
)
def test_a_full_queue_whose_taker_waits_at_a_barrier_for_who_fills_it(interrupted, module, library, kind):
    reel = interrupted(FULL_BEFORE_THE_BARRIER.format(module=module, library=library, kind=kind, patience=""))
    assert codes(reel) == ["queue-full"]
    assert lines(reel, "queue-full")[0] == "queue.put(number)"


BEFORE_THE_BARRIER = """
    import multiprocessing

    def ask(connection, barrier):
        connection.recv()
        barrier.wait()

    def answer(connection, barrier):
        {before}
        barrier.wait()
        connection.send("too late")

    if __name__ == "__main__":
        here, there = multiprocessing.Pipe()
        barrier = multiprocessing.Barrier(2)
        both = [
            multiprocessing.Process(target=ask, args=(here, barrier), daemon=True),
            multiprocessing.Process(target=answer, args=(there, barrier), daemon=True),
        ]
        for each in both:
            each.start()
        print("hangs", flush=True)
        for each in both:
            each.join()
"""


def test_one_who_waits_at_a_barrier_for_another_who_waits_for_its_message(interrupted):
    reel = interrupted(BEFORE_THE_BARRIER.format(before=""))
    assert codes(reel) == ["deadlock"]
    assert "connection.message.recv" in reel.findings[0].what
    assert "mp.barrier.wait" in reel.findings[0].what


def test_one_who_waits_for_a_message_of_another_who_sleeps_before_the_barrier(interrupted):
    assert codes(interrupted(BEFORE_THE_BARRIER.format(before="__import__('time').sleep(60)"))) == []


TASKS = """
    import queue, threading

    def work(tasks):
        while True:
            if tasks.get():
                tasks.task_done()

    tasks = queue.Queue()
    for number in {numbers}:
        tasks.put(number)
    threading.Thread(target=work, args=(tasks,), daemon=True).start()
    print("hangs", flush=True)
    tasks.join()
"""


def test_a_join_of_a_queue_that_task_done_was_not_called_for(interrupted):
    reel = interrupted(TASKS.format(numbers=(1, 0, 2)))
    assert codes(reel) == ["deadlock"]
    assert reel.findings[0].cause.startswith("3 were taken out of queue program.py:9 and task_done was called 2 times")


HELD_AT_FORK = """
    import os, signal, threading

    lock, held, go_on = threading.Lock(), threading.Event(), threading.Event()

    def hold():
        with lock:
            held.set()
            go_on.wait()

    holder = threading.Thread(target=hold, name="holder")
    holder.start()
    held.wait()
    pid = os.fork()
    if not pid:
        print("hangs", flush=True)
        lock.acquire()
    go_on.set()
    holder.join()
    try:
        os.waitpid(pid, 0)
    finally:
        os.kill(pid, signal.SIGKILL)
"""


def test_a_lock_that_another_thread_held_when_the_process_was_forked(interrupted):
    reel = interrupted(HELD_AT_FORK)
    assert codes(reel) == ["endless-wait"]
    assert lines(reel, "endless-wait") == ["lock.acquire()"]
    assert "holder held it when program.py+" in reel.findings[0].cause


OUTPUT = """
    import subprocess, sys

    if len(sys.argv) > 1:
        print("x" * 1_000_000)
    else:
        child = subprocess.Popen([sys.executable, __file__, "child"], stdout=subprocess.PIPE)
        head = child.stdout.read(1)
        print("hangs", flush=True)
        child.wait()
"""


def test_a_child_whose_output_nobody_reads_while_its_end_is_waited_for(interrupted):
    reel = interrupted(OUTPUT)
    assert codes(reel) == ["deadlock"]
    assert lines(reel, "deadlock") == ["child.wait()"]
    assert "which waits to write to its output: the pipe is full" in reel.findings[0].what


ENDED_AND_NOT_GONE = """
    import os, subprocess, sys

    class Last:
        def __del__(self, write=os.write, read=os.read):
            write(1, b"hangs\\n")
            read(0, 1)

    if len(sys.argv) > 1:
        os.last = Last()
    else:
        child = subprocess.Popen([sys.executable, __file__, "child"], stdin=subprocess.PIPE)
        os.waitpid(child.pid, 0)
"""


def test_a_wait_for_a_process_that_has_ended_and_is_not_yet_gone_is_none_without_end(interrupted):
    assert codes(interrupted(ENDED_AND_NOT_GONE)) == []
