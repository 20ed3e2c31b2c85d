"""The canonical form of a run holds what the program decides, and nothing that the scheduler decides."""

from __future__ import annotations

import sys

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
