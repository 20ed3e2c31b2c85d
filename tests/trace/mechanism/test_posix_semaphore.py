"""POSIX semaphores: what a program takes from them, gives back and asks."""

from __future__ import annotations

FORMS = """
    import posix_ipc
    semaphore = posix_ipc.Semaphore(None, posix_ipc.O_CREX, initial_value=3)
    try:
        semaphore.acquire()
        semaphore.acquire(2.5)
        semaphore.acquire(timeout=0)
        try:
            semaphore.acquire(0)
        except posix_ipc.BusyError as error:
            print(error)
        semaphore.release()
        with semaphore as same:
            print(same is semaphore, semaphore.value)
        print(semaphore.value)
    finally:
        semaphore.close()
        posix_ipc.unlink_semaphore(semaphore.name)
"""


def test_each_form_is_one_event_that_says_how_long_it_would_wait(recorded_once, rows):
    run = recorded_once(FORMS)
    assert run.ran == run.bare
    events = rows(run.reel, "posix.semaphore")
    assert [(row.operation.removeprefix("posix.semaphore."), row.a, row.state) for row in events[1:]] == [
        ("acquire", -1, "returned"), ("acquire", 2_500_000_000, "returned"), ("acquire", 0, "returned"),
        ("acquire", 0, "raised"), ("release", 0, "returned"), ("enter", -1, "returned"), ("get_value", 0, "returned"),
        ("exit", 0, "returned"), ("get_value", 1, "returned"), ("close", 0, "returned"),
        ("unlink_by_name", 0, "returned"),
    ]  # fmt: skip


def test_a_semaphore_is_one_object_opened_with_its_first_value(recorded_once, rows):
    run = recorded_once(FORMS)
    events = rows(run.reel, "posix.semaphore")
    assert {(row.kind, row.key) for row in events} == {("posix.semaphore", events[0].key)}
    assert events[0].payload["initial_value"] == 3
    assert events[0].payload["name"] == events[0].key[0]


def test_a_name_used_again_after_unlink_is_another_semaphore(recorded, rows):
    run = recorded("""
        import posix_ipc
        first = posix_ipc.Semaphore(None, posix_ipc.O_CREX)
        first.unlink()
        second = posix_ipc.Semaphore(first.name, posix_ipc.O_CREX)
        second.unlink()
    """)
    keys = [row.key for row in rows(run.reel, "posix.semaphore")]
    assert keys[0] == keys[1] != keys[2] == keys[3]


def test_processes_know_one_semaphore_by_one_object(recorded, rows):
    run = recorded("""
        import os, posix_ipc
        semaphore = posix_ipc.Semaphore(None, posix_ipc.O_CREX)
        child = os.fork()
        if child == 0:
            posix_ipc.Semaphore(semaphore.name).release()
            os._exit(0)
        semaphore.acquire()
        print(os.waitpid(child, 0)[1])
        semaphore.unlink()
    """)
    assert run.ran == run.bare
    events = rows(run.reel, "posix.semaphore")
    assert len({row.process for row in events}) == 2
    assert len({row.key for row in events}) == 1


def test_a_semaphore_that_is_never_released_leaves_its_waiter_pending(recorded, rows, text_of, kill_when_waiting):
    run = recorded(
        kill_when_waiting
        + """
import posix_ipc
semaphore = posix_ipc.Semaphore(None, posix_ipc.O_CREX)
name = semaphore.name
semaphore.unlink()
kill_when_waiting("futex")
semaphore.acquire()
"""
    )
    assert run.exit == -9
    [acquire] = rows(run.reel, "posix.semaphore.acquire")
    assert (acquire.state, acquire.a, text_of(run, acquire)) == ("pending", -1, "semaphore.acquire()")


def test_an_acquire_that_a_signal_interrupts_raises(recorded, rows):
    run = recorded("""
        import posix_ipc, signal
        semaphore = posix_ipc.Semaphore(None, posix_ipc.O_CREX)
        semaphore.unlink()
        signal.signal(signal.SIGALRM, lambda *_: None)
        signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
        try:
            semaphore.acquire()
        except posix_ipc.SignalError as error:
            signal.setitimer(signal.ITIMER_REAL, 0)
            print(error)
    """)
    assert run.ran == run.bare
    [acquire] = rows(run.reel, "posix.semaphore.acquire")
    assert acquire.payload["raised"] == "posix_ipc.SignalError"


def test_wrong_arguments_raise_what_they_raise_without_us(recorded):
    run = recorded("""
        import posix_ipc
        semaphore = posix_ipc.Semaphore(None, posix_ipc.O_CREX, initial_value=1)
        semaphore.unlink()
        for wrong in (
            lambda: posix_ipc.Semaphore(), lambda: posix_ipc.Semaphore(5), lambda: posix_ipc.Semaphore("/none"),
            lambda: semaphore.acquire("soon"), lambda: semaphore.acquire(-1), lambda: semaphore.acquire(1, 2),
            lambda: semaphore.release(1), lambda: posix_ipc.Semaphore.acquire(), lambda: posix_ipc.Semaphore.release(5),
            lambda: semaphore.unlink(), lambda: posix_ipc.unlink_semaphore(5), lambda: posix_ipc.unlink_semaphore(),
        ):
            try:
                wrong()
                print("no error")
            except Exception as error:
                print(type(error), error)
    """)
    assert run.ran == run.bare
    assert "fault" not in run.reel.processes[0]["facts"]
