"""A barrier must have as many parties as come to it."""

from __future__ import annotations

import pytest

from tests.trace.findings.conftest import codes, lines

PARTIES = """
    import multiprocessing, threading

    def take_part(barrier, rounds):
        try:
            for _ in range(rounds):
                barrier.wait({timeout})
        except threading.BrokenBarrierError:
            pass

    if __name__ == "__main__":
        barrier = multiprocessing.Barrier({parties})
        parties = [multiprocessing.Process(target=take_part, args=(barrier, {rounds})) for _ in range({come})]
        for party in parties:
            party.start()
        for party in parties:
            party.join()
"""


def test_fewer_come_than_there_are_parties(recorded):
    reel = recorded(PARTIES.format(parties=3, come=2, rounds=1, timeout=0.2)).reel
    assert codes(reel) == ["barrier-parties"]
    assert lines(reel, "barrier-parties") == ["barrier.wait(0.2)"]
    assert "is for 3 parties, and only 2 ever came" in reel.findings[0].what


ABORTED = """
    import threading

    def take_part():
        try:
            barrier.wait()
        except threading.BrokenBarrierError:
            pass

    barrier = threading.Barrier(3)
    parties = [threading.Thread(target=take_part) for _ in range(2)]
    for party in parties:
        party.start()
    while barrier.n_waiting < 2:
        pass
    barrier.abort()
    for party in parties:
        party.join()
"""


def test_fewer_come_to_a_barrier_that_is_aborted(recorded):
    assert codes(recorded(ABORTED).reel) == []


def test_as_many_come_as_there_are_parties(recorded):
    assert codes(recorded(PARTIES.format(parties=2, come=2, rounds=4, timeout=30)).reel) == []


TURNS = """
    import multiprocessing

    def take_part(barrier, turns):
        while turns.recv():
            barrier.wait()
            turns.send("through")

    if __name__ == "__main__":
        barrier = multiprocessing.Barrier(2)
        pipes = [multiprocessing.Pipe() for _ in range(4)]
        parties = [multiprocessing.Process(target=take_part, args=(barrier, pipe[1])) for pipe in pipes]
        for party in parties:
            party.start()
        for turn in range(8):
            pair = pipes[turn % 4][0], pipes[(turn + 1) % 4][0]
            for here in pair:
                here.send(True)
            for here in pair:
                here.recv()
        for here, _ in pipes:
            here.send(False)
        for party in parties:
            party.join()
"""


def test_more_come_again_and_again_than_there_are_parties(recorded):
    reel = recorded(TURNS).reel
    assert codes(reel) == ["barrier-parties"]
    assert "is for 2 parties, and" in reel.findings[0].what


def test_a_barrier_of_two_that_pairs_four_who_come_once_is_used_well(recorded):
    assert codes(recorded(PARTIES.format(parties=2, come=4, rounds=1, timeout=30)).reel) == []


HANGS = """
    import threading

    barrier = threading.Barrier(3)
    for _ in range(2):
        threading.Thread(target=barrier.wait, daemon=True).start()
    while barrier.n_waiting < {waiting}:
        pass
    print("hangs", flush=True)
    {end}
"""


def test_a_wait_to_which_nobody_comes_any_more(interrupted):
    reel = interrupted(HANGS.format(waiting=2, end="next(iter(threading.enumerate()[1:])).join()"))
    assert codes(reel) == ["barrier-parties"]
    assert "never ended" in reel.findings[0].what


def test_a_wait_to_which_the_main_thread_may_still_come(interrupted):
    assert codes(interrupted(HANGS.format(waiting=2, end="__import__('time').sleep(60)"))) == []


ALL_HAVE_COME = """
    import threading

    def open_slowly():
        print("spins", flush=True)
        while True:
            pass

    barrier = threading.Barrier(2, action=open_slowly)
    threading.Thread(target=barrier.wait, daemon=True).start()
    barrier.wait()
"""


def test_a_barrier_that_only_has_to_open_since_all_have_come(interrupted):
    assert codes(interrupted(ALL_HAVE_COME)) == []


BROKEN = """
    import threading

    def wait():
        try:
            barrier.wait(30)
        except threading.BrokenBarrierError:
            pass

    barrier = threading.Barrier(2)
    other = threading.Thread(target=wait)
    other.start()
    while not barrier.n_waiting:
        pass
    barrier.abort()
    other.join()
    wait()
    {mend}
    {again}
"""


@pytest.mark.parametrize(
    ("mend", "again", "found"),
    [
        ("", "wait()", ["barrier-broken"]),
        ("", "", []),
        ("barrier.reset()", "other = threading.Thread(target=wait); other.start(); wait(); other.join()", []),
    ],
)
def test_a_broken_barrier_is_waited_at_again(recorded, mend, again, found):
    assert codes(recorded(BROKEN.format(mend=mend, again=again)).reel) == found
