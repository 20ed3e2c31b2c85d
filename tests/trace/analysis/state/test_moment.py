"""The state at any moment of real runs: who is blocked, what lies in queues, who holds which lock."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ipcreel.analysis.state import BLOCKED, ENDED, NOT_BEGUN, RUNNING, Lock, Moment, States, wait_for
from ipcreel.reel import Reel, open_reel

PROGRAM = """
import multiprocessing, os, posix_ipc, socket, sysv_ipc, threading
queue = sysv_ipc.MessageQueue(None, sysv_ipc.IPC_CREX)
gate = sysv_ipc.Semaphore(None, sysv_ipc.IPC_CREX)
gate.value = 2
gate.acquire()
gate.acquire()
gate.release()
lock = threading.Lock()
value = multiprocessing.Value("d", 1.5)
value.value = 2.5
here, there = socket.socketpair()
queue.send(b"first", type=2)
queue.send(b"second", type=1)
queue.send(b"third", type=2)
here.sendall(b"twelve bytes")
lock.acquire()
held = threading.Event()
def wait_for_the_lock():
    held.set()
    with lock:
        queue.send(b"from the thread", type=3)
thread = threading.Thread(target=wait_for_the_lock, name="waiter")
thread.start()
held.wait()
taken, _ = queue.receive(type=1)
there.recv(12)
lock.release()
thread.join()
queue.remove()
gate.remove()
door = posix_ipc.Semaphore(None, posix_ipc.O_CREX, initial_value=3)
door.unlink()
door.acquire()
door.acquire()
door.release()
board = multiprocessing.Array("i", [7, 8, 9, 10])
board[2] = 90
board[:2] = [70, 80]
taker, giver = multiprocessing.Pipe(duplex=False)
giver.send_bytes(b"seven b")
taker.recv_bytes()
read, write = os.pipe()
os.write(write, b"eleven byte")
os.read(read, 4)
results = multiprocessing.Queue(5)
turns = multiprocessing.Semaphore(4)
"""


@pytest.fixture(scope="module")
def reel(tmp_path_factory) -> Reel:
    folder: Path = tmp_path_factory.mktemp("moment")
    program, path = folder / "program.py", folder / "run.reel"
    program.write_text(PROGRAM)
    command = [sys.executable, "-m", "ipcreel", "record", "-o", str(path), "--", sys.executable, str(program)]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=60)
    return open_reel(path)


@pytest.fixture(scope="module")
def states(reel) -> States:
    return States(reel.events, reel.flows, len(reel.lanes), reel.end_ns)


def row_of(reel: Reel, operation: str, place: int = 0) -> int:
    return int(reel.events.rows(operation, done=False)[place])


def after(reel: Reel, states: States, operation: str, place: int = 0) -> Moment:
    """The state just after an operation ended."""
    return states.at(int(reel.end[row_of(reel, operation, place)]))


def texts(reel: Reel, moment: Moment) -> list[bytes]:
    return [reel.payload(send) for sends in moment.queues.values() for send in sends]


def test_a_queue_holds_what_was_sent_and_not_received_in_order(reel, states):
    assert texts(reel, after(reel, states, "sysv.queue.send", 2)) == [b"first", b"second", b"third"]
    assert texts(reel, after(reel, states, "sysv.queue.receive")) == [b"first", b"third"]


def test_before_the_first_send_and_after_its_removal_a_queue_holds_nothing(reel, states):
    assert texts(reel, states.at(int(reel.begin[row_of(reel, "sysv.queue.send")]))) == []
    assert texts(reel, after(reel, states, "sysv.queue.remove")) == []


def test_a_semaphore_has_the_value_that_it_was_set_to_less_what_was_taken(reel, states):
    gate = int(reel.object[row_of(reel, "sysv.semaphore.set_value")])

    def value(operation: str, place: int = 0) -> int | None:
        moment = after(reel, states, operation, place)
        return next(lock.value for lock in moment.locks if lock.object == gate)

    assert value("sysv.semaphore.set_value") == 2
    assert value("sysv.semaphore.acquire", 0) == 1
    assert value("sysv.semaphore.acquire", 1) == 0
    assert value("sysv.semaphore.release") == 1


def test_a_lock_has_a_holder_and_a_waiter_and_the_graph_an_edge_between_them(reel, states):
    waits = [
        row
        for row in reel.events.rows("threads.lock.acquire").tolist()
        if "waiter" in reel.lane_name(int(reel.lane[row]))
    ]
    wait = max(waits, key=lambda row: int(reel.end[row] - reel.begin[row]))
    moment = states.at(int(reel.begin[row_of(reel, "sysv.queue.receive")]))
    if not reel.begin[wait] <= moment.at_ns < reel.end[wait]:
        moment = states.at(int(reel.begin[wait]))
    lock = next(each for each in moment.locks if each.object == int(reel.object[wait]))
    main, waiter = (lane for lane in (int(reel.lane[row_of(reel, "sysv.queue.remove")]), int(reel.lane[wait])))
    assert (lock.value, lock.holders, lock.waiters) == (None, (main,), (waiter,))
    edge = next(each for each in moment.graph.waits if each.lane == waiter)
    assert edge.holders == (main,)
    assert moment.graph.cycles == ()
    assert states.let_through(wait) is not None


def test_bytes_are_under_way_until_they_are_received(reel, states):
    end = int(reel.object[row_of(reel, "socket.endpoint.sendall")])
    assert after(reel, states, "socket.endpoint.sendall").connections[end] == 12
    assert after(reel, states, "socket.endpoint.recv").connections[end] == 0


def test_a_posix_semaphore_has_the_value_that_it_was_made_with_less_what_was_taken(reel, states):
    door = int(reel.object[row_of(reel, "posix.semaphore.acquire")])

    def lock(operation: str, place: int = 0) -> Lock:
        return next(lock for lock in after(reel, states, operation, place).locks if lock.object == door)

    main = int(reel.lane[row_of(reel, "posix.semaphore.acquire")])
    assert [lock("posix.semaphore.acquire", place).value for place in (0, 1)] == [2, 1]
    assert lock("posix.semaphore.acquire", 1).holders == (main, main)
    assert (lock("posix.semaphore.release").value, lock("posix.semaphore.release").holders) == (2, (main,))


def test_an_array_has_every_item_that_was_written_last(reel, states):
    board = int(reel.object[row_of(reel, "mp.array.create")])

    def items(operation: str, place: int = 0) -> list[object]:
        return states.items_at(board, int(reel.end[row_of(reel, operation, place)]))

    assert items("mp.array.create") == [7, 8, 9, 10]
    assert items("mp.array.set") == [7, 8, 90, 10]
    assert items("mp.array.set", 1) == [70, 80, 90, 10]
    assert states.items_at(board, reel.begin_ns) == [None] * 4


def test_messages_and_bytes_are_under_way_in_a_pipe(reel, states):
    pipe = int(reel.object[row_of(reel, "pipe.end.write")])
    connection = int(reel.object[row_of(reel, "connection.message.send")])
    assert after(reel, states, "connection.message.send").connections[connection] == len(b"seven b")
    assert after(reel, states, "connection.message.recv").connections[connection] == 0
    assert after(reel, states, "pipe.end.write").connections[pipe] == len(b"eleven byte")
    assert after(reel, states, "pipe.end.read").connections[pipe] == len(b"eleven byte") - 4


def test_a_shared_value_is_what_was_written_last(reel, states):
    value = int(reel.object[row_of(reel, "mp.value.set")])
    assert reel.payload(after(reel, states, "mp.value.create").values[value]) == 1.5
    assert reel.payload(after(reel, states, "mp.value.set").values[value]) == 2.5


def test_a_lane_has_not_begun_runs_is_blocked_and_has_ended(reel, states):
    waiter = next(lane for lane in range(len(reel.lanes)) if "waiter" in reel.lane_name(lane))
    own = np.flatnonzero(reel.lane == waiter)
    seen = {
        states.at(at_ns).lanes[waiter].state
        for at_ns in (reel.begin_ns, *reel.begin[own].tolist(), *reel.end[own].tolist(), reel.end_ns)
    }
    assert seen == {NOT_BEGUN, RUNNING, BLOCKED, ENDED}


def test_at_every_moment_the_graph_is_that_of_the_slow_way(reel, states):
    for at_ns in np.linspace(reel.begin_ns, reel.end_ns, 60).astype(np.int64).tolist():
        fast, slow = states.at(at_ns).graph, wait_for(reel.events, at_ns)
        assert {wait.lane: set(wait.holders) for wait in fast.waits} == {
            wait.lane: set(wait.holders) for wait in slow.waits
        }


def test_a_semaphore_that_a_queue_counts_with_unseen_is_not_told_of(reel, states):
    shown = {reel.objects[lock.object][3]: lock.value for lock in states.at(reel.end_ns).locks}
    made = reel.events.rows("mp.semaphore.create")
    assert [reel.objects[int(reel.object[row])][3] in shown for row in made.tolist()] == [False, True]
    assert shown[reel.objects[int(reel.object[made[1]])][3]] == 4


CHILDREN = """
import os, signal
never, kept = os.pipe()
ready, told = os.pipe()
for killed in (False, True):
    pid = os.fork()
    if not pid:
        os.write(told, b"r")
        if killed:
            os.read(never, 1)
        os._exit(3)
    os.read(ready, 1)
    if killed:
        os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
os.getpid()
"""


def test_a_process_has_ended_once_it_was_waited_for_whatever_it_was_in(recorded):
    reel = recorded(CHILDREN).reel
    states = States(reel.events, reel.flows, len(reel.lanes), reel.end_ns)
    waits = reel.events.rows("process.wait_pid").tolist()
    children = [int(reel.lane[reel.process == number][0]) for number in (1, 2)]
    for wait, child in zip(waits, children, strict=True):
        assert states.at(int(reel.end[wait]) + 1).lanes[child].state == ENDED
    assert states.at(reel.end_ns).lanes[children[0]].state == ENDED


def test_what_runs_the_programs_code_is_no_wait(recorded):
    reel = recorded("import signal\nsignal.signal(10, lambda *_: sum(range(10)))\nsignal.raise_signal(10)\n").reel
    (run,) = reel.events.rows("signal.handler.run").tolist()
    moment = States(reel.events, reel.flows, len(reel.lanes), reel.end_ns).at(int(reel.begin[run]))
    assert moment.lanes[int(reel.lane[run])].state == RUNNING


CONDITIONS = """
import multiprocessing, threading
lock = threading.Lock()
other = threading.Lock()
given = threading.Condition(lock)
own = threading.Condition()
shared = multiprocessing.get_context("fork").Condition()
def wait(condition, also, ready):
    with condition, also:
        ready.set()
        condition.wait()
waits = []
for name, condition, also in (("given", given, other), ("own", own, own), ("shared", shared, shared)):
    ready = threading.Event()
    waits.append(threading.Thread(target=wait, args=(condition, also, ready), name=name))
    waits[-1].start()
    ready.wait()
    condition.acquire()
late = threading.Thread(target=lock.acquire, args=(True, 0.05), name="late")
late.start()
late.join()
for condition in (given, own, shared):
    condition.notify_all()
    condition.release()
for thread in waits:
    thread.join()
"""


def test_who_waits_on_a_condition_does_not_hold_its_lock_however_often_it_took_it_but_what_else_it_took(recorded):
    reel = recorded(CONDITIONS).reel
    states = States(reel.events, reel.flows, len(reel.lanes), reel.end_ns)
    (late,) = (row for row in takes_of(reel, "late") if reel.begin[row] + 10**7 < reel.end[row])
    moment = states.at(int(reel.begin[late]) + 10**6)
    held = [[reel.lane_name(lane) for lane in each.holders] for each in moment.locks if each.value is None]
    main = reel.process_name(0)
    assert held == [[main], [f"{main}/given"], [main], [main]], "lock, other, and those of own and shared"
    for graph in (moment.graph, wait_for(reel.events, moment.at_ns)):
        assert [reel.lane_name(lane) for each in graph.waits if each.event == late for lane in each.holders] == [main]
    after = states.at(reel.end_ns)
    assert [each.holders for each in after.locks if each.holders] == []


def takes_of(reel: Reel, name: str) -> list[int]:
    """The events of a thread that took a lock, or tried to."""
    rows = reel.events.rows("threads.lock.acquire", done=False).tolist()
    return [row for row in rows if reel.lane_name(int(reel.lane[row])).endswith(f"/{name}")]
