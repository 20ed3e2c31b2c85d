"""The canonical form of a run holds what the program decides, and nothing that the scheduler decides."""

from __future__ import annotations

import sys

from ipcreel.reel import open_reel
from ipcreel.reel.canonical import behaviour_of
from tests.trace.cli.test_commands import ipcreel
from tests.trace.conftest import Record

RACE = """
    import multiprocessing, sys, sysv_ipc, time

    def write(value, number, pause_s):
        time.sleep(pause_s)
        value.value = number

    def send(key, number, pause_s):
        time.sleep(pause_s)
        sysv_ipc.MessageQueue(key).send(b"from %d" % number)

    if __name__ == "__main__":
        context = multiprocessing.get_context("fork")
        value, queue = context.Value("i", 0), sysv_ipc.MessageQueue(None, sysv_ipc.IPC_CREX)
        value.value = 7
        print(value.value)
        late = int(sys.argv[1])
        workers = []
        for n in (1, 2):
            pause_s = 0.2 if n == late else 0.0
            workers.append(context.Process(target=write, args=(value, n, pause_s), name=f"writer-{n}"))
            workers.append(context.Process(target=send, args=(queue.key, n, pause_s), name=f"sender-{n}"))
        for worker in workers:
            worker.start()
        time.sleep(0.1)
        print(value.value)
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
