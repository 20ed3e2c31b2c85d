"""The canonical form of a run holds what the program decides, and nothing that the scheduler decides."""

from __future__ import annotations

import sys

import pytest

from ipcreel.reel import open_reel
from ipcreel.reel.canonical import behaviour_of
from tests.trace.cli.test_commands import ipcreel
from tests.trace.conftest import Record

# Who is late waits for a file that nobody records: the recorder sees a race, and the test knows its winner.
RACE = """
    import multiprocessing, os, sys, sysv_ipc

    late = int(sys.argv[1])

    def file(name):
        return os.path.join(os.path.dirname(os.path.abspath(__file__)), f"{name}-{late}")

    def wait_for(name):
        while not os.path.exists(file(name)):
            pass

    def make(name):
        open(file(name), "w").close()

    def write(value, number):
        if number == late:
            wait_for("read")
        value.value = number
        make(f"written-{number}")

    def send(key, number):
        if number == late:
            wait_for("read")
        sysv_ipc.MessageQueue(key).send(b"from %d" % number)
        make(f"sent-{number}")

    if __name__ == "__main__":
        context = multiprocessing.get_context("fork")
        value, queue = context.Value("i", 0), sysv_ipc.MessageQueue(None, sysv_ipc.IPC_CREX)
        value.value = 7
        print(value.value)
        workers = []
        for n in (1, 2):
            workers.append(context.Process(target=write, args=(value, n), name=f"writer-{n}"))
            workers.append(context.Process(target=send, args=(queue.key, n), name=f"sender-{n}"))
        for worker in workers:
            worker.start()
        wait_for(f"written-{3 - late}")
        wait_for(f"sent-{3 - late}")
        print(value.value)
        make("read")
        for _ in range(2):
            queue.receive()
        for worker in workers:
            worker.join()
        print(value.value)
        queue.remove()
"""


def test_what_was_raced_for_is_open_and_what_was_ordered_is_not(recorded: Record) -> None:
    run = recorded(RACE, "1")
    deeds = [str(deed) for deed in behaviour_of(run.reel).roles["program_0.py"]]
    reads = [deed for deed in deeds if deed.startswith("mp.value.get")]
    receives = [deed for deed in deeds if deed.startswith("sysv.queue.receive")]
    assert reads[0].endswith(" 7")
    assert reads[1].endswith(" (open)")
    assert receives == ["sysv.queue.receive  queue of program_0.py 1  (open)"] * 2


def test_another_winner_of_each_race_is_the_same_behaviour(recorded: Record) -> None:
    run = recorded(RACE, "1")
    again = run.path.with_name("again.reel")
    done = ipcreel("record", "-q", "-o", str(again), "--", sys.executable, str(run.program), "2")
    assert done.returncode == 0, done.stderr
    assert done.stdout != run.stdout
    assert behaviour_of(open_reel(again)).text() == behaviour_of(run.reel).text()


# Whether a thread of the pool is idle when the second call comes decides whether another is started for it.
POOL = """
    import concurrent.futures, os, sys, time

    is_idle = sys.argv[1] == "idle"

    def work(number):
        while number == 1 and not is_idle and len(pool._threads) < 2:
            pass
        return number

    pool = concurrent.futures.ThreadPoolExecutor(2, "worker")
    first = pool.submit(work, 1)
    while is_idle and not pool._idle_semaphore._value:
        pass
    print(pool.submit(work, 2).result() + first.result(), file=sys.stderr)
    print(len(pool._threads))
    pool.shutdown()
"""


def test_how_many_threads_a_pool_started_for_the_same_calls_is_the_same_behaviour(recorded: Record) -> None:
    one, two = recorded(POOL, "idle"), recorded(POOL, "busy")
    assert (one.stdout, two.stdout) == ("1\n", "2\n")
    first, second = (behaviour_of(run.reel).text().replace("program_1", "program_0") for run in (one, two))
    assert first == second
    assert "futures.call.submit" in first


@pytest.mark.parametrize("first", ["one", "other"])
def test_the_lock_of_a_shared_value_is_of_who_made_the_value_whoever_takes_it_first(
    recorded: Record, first: str
) -> None:
    reel = recorded(
        """
        import multiprocessing, sys

        def add(value):
            with value.get_lock():
                value.value += 1

        if __name__ == "__main__":
            value = multiprocessing.Value("i", 0)
            for name in (sys.argv[1], "one", "other"):
                process = multiprocessing.Process(target=add, args=(value,), name=name)
                process.start()
                process.join()
        """,
        first,
    ).reel
    (row,) = [number for number, thing in enumerate(reel.objects) if thing[0] == "mp.rlock"]
    assert reel.lane_name(int(reel.lane[reel.object == row][0])) == first
    assert reel.object_roles[row] == f"rlock of {reel.process_name(0)} 1"
