"""What was sent and never received is told, but for what a library leaves in its own queues."""

from __future__ import annotations

import pytest

from tests.trace.findings.conftest import codes

QUEUE = """
    import multiprocessing

    def take(queue, count):
        for _ in range(count):
            queue.get()

    if __name__ == "__main__":
        queue = multiprocessing.{kind}()
        taker = multiprocessing.Process(target=take, args=(queue, {taken}))
        taker.start()
        for number in range(3):
            queue.put(number)
        taker.join()
"""


@pytest.mark.parametrize(("kind", "taken", "told"), [("Queue", 2, 1), ("SimpleQueue", 2, 1), ("Queue", 3, 0)])
def test_a_message_that_nobody_takes_out_of_a_queue(recorded, kind, taken, told):
    reel = recorded(QUEUE.format(kind=kind, taken=taken)).reel
    assert codes(reel) == ["message-never-received"] * told


PAST = """
    import multiprocessing, os
    from multiprocessing.connection import Connection

    past, other = multiprocessing.Queue(), multiprocessing.Queue()
    for queue in (past, other):
        queue.put("sent")
    with Connection(os.dup(past._reader.fileno()), writable=False) as copy:
        print(copy.recv())
"""


def test_a_queue_that_is_read_with_a_copy_of_its_end_leaves_nothing_and_another_does(recorded):
    reel = recorded(PAST).reel
    (finding,) = reel.findings
    assert finding.code == "message-never-received"
    puts = reel.events(operation="mp.queue.put")
    assert [event.row for event in puts if event.row in finding.events] == [puts[1].row]


def test_the_sentinels_of_an_executor_and_a_pool_are_no_messages(recorded):
    program = """
        import multiprocessing
        from concurrent.futures import ProcessPoolExecutor

        if __name__ == "__main__":
            with ProcessPoolExecutor(2) as executor:
                print(list(executor.map(abs, range(4))))
            with multiprocessing.Pool(2) as pool:
                print(pool.map(abs, range(4)))
    """
    assert codes(recorded(program).reel) == []


WAITS = """
    import os, signal

    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
    for _ in range(3):
        os.kill(os.getpid(), signal.SIGUSR1)
        assert signal.sigwait({signal.SIGUSR1}) == signal.SIGUSR1
"""


def test_signals_that_are_waited_for_one_by_one_are_not_merged(recorded):
    assert codes(recorded(WAITS).reel) == []


NOT_YET_TAKEN = """
    import multiprocessing, sys, sysv_ipc, time

    if __name__ == "__main__":
        queue = sysv_ipc.MessageQueue(None, sysv_ipc.IPC_CREX)
        try:
            queue.send("first")
            {then}
            print("hangs", flush=True)
            time.sleep(60)
        finally:
            queue.remove()
    else:
        time.sleep(60)  # imported by a child that is started with spawn, before it begins its work
"""
STARTS = 'multiprocessing.get_context("spawn").Process(target=print, daemon=True).start()'


@pytest.mark.parametrize(("then", "told"), [("pass", ["message-never-received"]), (STARTS, [])])
def test_a_message_is_not_missed_while_somebody_has_not_begun(interrupted, then, told):
    assert codes(interrupted(NOT_YET_TAKEN.format(then=then))) == told
