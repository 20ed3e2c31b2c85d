"""SysV semaphores: what a program takes from them, gives back, waits for and asks."""

from __future__ import annotations

FORMS = """
    import sysv_ipc
    semaphore = sysv_ipc.Semaphore(None, sysv_ipc.IPC_CREX, initial_value=5)
    try:
        semaphore.acquire()
        semaphore.acquire(None, 2)
        semaphore.P(delta=-1)
        semaphore.release()
        semaphore.V(2)
        with semaphore as same:
            print(same is semaphore, semaphore.value)
        semaphore.value = 0
        semaphore.Z()
        semaphore.block = False
        semaphore.undo = True
        print(semaphore.block, semaphore.undo, semaphore.waiting_for_zero, semaphore.waiting_for_nonzero)
        try:
            semaphore.acquire()
        except sysv_ipc.BusyError as error:
            print(error)
    finally:
        semaphore.remove()
"""


def test_each_form_is_one_event_that_says_by_how_much(recorded_once, rows):
    run = recorded_once(FORMS)
    assert run.ran == run.bare
    events = [(row.operation.removeprefix("sysv.semaphore."), row.a) for row in rows(run.reel, "sysv.semaphore")][1:]
    assert events == [
        ("acquire", 1), ("acquire", 2), ("p", 1), ("release", 1), ("v", 2), ("enter", 1), ("get_value", 3), ("exit", 1),
        ("set_value", 0), ("z", 0), ("get_waiting_for_zero", 0), ("get_waiting_for_nonzero", 0), ("acquire", 1),
        ("remove", 0),
    ]  # fmt: skip


def test_a_semaphore_is_one_object_opened_with_its_first_value(recorded_once, rows):
    run = recorded_once(FORMS)
    events = rows(run.reel, "sysv.semaphore")
    assert {(row.kind, row.key) for row in events} == {("sysv.semaphore", events[0].b)}
    assert events[0].payload["initial_value"] == 5


def test_what_would_have_had_to_wait_is_raised(recorded_once, rows):
    run = recorded_once(FORMS)
    last = rows(run.reel, "sysv.semaphore.acquire")[-1]
    assert (last.state, last.payload["raised"]) == ("raised", "sysv_ipc.BusyError")


def test_a_with_block_stands_at_its_own_line(recorded_once, rows, text_of):
    run = recorded_once(FORMS)
    for operation in ("sysv.semaphore.enter", "sysv.semaphore.exit"):
        [event] = rows(run.reel, operation)
        assert text_of(run, event) == "with semaphore as same:"


def test_a_semaphore_that_is_never_released_leaves_its_waiter_pending(recorded, rows, text_of, kill_when_waiting):
    run = recorded(
        kill_when_waiting
        + """
import sysv_ipc
semaphore = sysv_ipc.Semaphore(None, sysv_ipc.IPC_CREX, initial_value=1)
print(semaphore.id, flush=True)
semaphore.acquire()
kill_when_waiting("sem")
semaphore.acquire(None, 1)
"""
    )
    import sysv_ipc

    sysv_ipc.remove_semaphore(int(run.stdout))
    assert run.exit == -9
    first, second = rows(run.reel, "sysv.semaphore.acquire")
    assert (first.state, second.state, text_of(run, second)) == ("returned", "pending", "semaphore.acquire(None, 1)")


def test_a_child_s_release_lets_its_parent_through_one_object(recorded, rows):
    run = recorded("""
        import os, sysv_ipc
        semaphore = sysv_ipc.Semaphore(None, sysv_ipc.IPC_CREX)
        child = os.fork()
        if child == 0:
            sysv_ipc.Semaphore(semaphore.key).release()
            os._exit(0)
        semaphore.acquire()
        print(os.waitpid(child, 0)[1])
        sysv_ipc.remove_semaphore(semaphore.id)
    """)
    assert run.ran == run.bare
    events = rows(run.reel, "sysv.semaphore")
    assert len({row.process for row in events}) == 2
    assert len({row.key for row in events}) == 1


def test_wrong_arguments_raise_what_they_raise_without_us(recorded):
    run = recorded("""
        import sysv_ipc
        semaphore = sysv_ipc.Semaphore(None, sysv_ipc.IPC_CREX, initial_value=1)
        for wrong in (
            lambda: sysv_ipc.Semaphore(), lambda: sysv_ipc.Semaphore("key"), lambda: sysv_ipc.Semaphore(1, "x"),
            lambda: semaphore.acquire("soon"), lambda: semaphore.acquire(-1), lambda: semaphore.acquire(None, 0),
            lambda: semaphore.release(2**70), lambda: semaphore.release("x"), lambda: semaphore.Z(1, 2),
            lambda: sysv_ipc.Semaphore.acquire(), lambda: sysv_ipc.Semaphore.__enter__(3),
            lambda: setattr(semaphore, "value", "x"), lambda: setattr(semaphore, "value", 2**70),
            lambda: setattr(semaphore, "o_time", 1), lambda: sysv_ipc.remove_semaphore(2**40),
        ):
            try:
                wrong()
                print("no error")
            except Exception as error:
                print(type(error), error)
        semaphore.remove()
    """)
    assert run.ran == run.bare
    assert "fault" not in run.reel.processes[0]["facts"]
