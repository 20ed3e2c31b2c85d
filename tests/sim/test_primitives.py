import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from itertools import accumulate

import pytest
import sysv_ipc
from hypothesis import given
from hypothesis import strategies as st

from energymarket.primitives import NodeKeys, QueueCounter, TickBarrier, count_groups, group_sizes, uninterrupted

FORK = multiprocessing.get_context("fork")


def run_all(*targets: Callable[[], None]) -> None:
    processes = [FORK.Process(target=target) for target in targets]
    for process in processes:
        process.start()
    for process in processes:
        process.join(30)
    exit_codes = [process.exitcode for process in processes]
    for process in processes:
        process.kill()
        process.join()
    assert exit_codes == [0] * len(targets)


def test_a_counter_counts_what_all_processes_add(make):
    counter = QueueCounter(make(sysv_ipc.MessageQueue), 1)
    counter.create(5)

    def add() -> None:
        for _ in range(200):
            counter.add(1)

    run_all(*[add] * 4)
    assert counter.value == 5 + 800


def test_two_counters_share_a_queue(make):
    queue = make(sysv_ipc.MessageQueue)
    one, other = QueueCounter(queue, 1), QueueCounter(queue, 2)
    one.create()
    other.create()
    one.add(3)
    other.set(-7)
    assert (one.value, other.value) == (3, -7)


def test_a_signal_does_not_end_a_wait(make):
    semaphore = make(sysv_ipc.Semaphore)
    handled = []

    def handle(number: int, frame: object) -> None:
        handled.append(number)
        semaphore.release()

    before = signal.signal(signal.SIGALRM, handle)
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    uninterrupted(semaphore.acquire)
    signal.signal(signal.SIGALRM, before)
    assert handled == [signal.SIGALRM]


@given(st.integers(1, 3000), st.integers(2, 64))
def test_every_member_is_in_one_group_and_every_group_led_from_one_above(members, width):
    levels = group_sizes(members, width)
    assert [sum(level) for level in levels] == [members, *(len(level) for level in levels[:-1])]
    assert len(levels[-1]) == 1
    assert count_groups(members, width) == list(accumulate(map(len, levels)))[-1]


@pytest.mark.parametrize(("members", "width"), [(1, 2), (2, 2), (5, 2), (9, 3), (17, 16)])
def test_nobody_leaves_a_barrier_before_all_have_come(make, members, width):
    rounds = 30
    keys = [NodeKeys(*(make(sysv_ipc.Semaphore).key for _ in range(3))) for _ in range(count_groups(members, width))]
    came = FORK.Array("i", members)

    def member(number: int) -> None:
        barrier = TickBarrier(number, members, keys, width)
        for turn in range(1, rounds + 1):
            if (number + turn) % members == 0:
                time.sleep(0.001)  # somebody else is late in each round
            came[number] = turn
            barrier.wait()
            if min(came[:]) < turn:
                os._exit(9)

    run_all(*[lambda number=number: member(number) for number in range(members)])
    assert came[:] == [rounds] * members


def test_the_first_member_leads_and_the_last_does_not(make):
    keys = [NodeKeys(*(make(sysv_ipc.Semaphore).key for _ in range(3)))]
    assert [TickBarrier(member, 3, keys).leads for member in range(3)] == [True, False, False]
