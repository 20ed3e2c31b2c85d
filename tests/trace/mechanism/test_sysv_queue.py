"""SysV message queues: what a program sends, receives and asks of them."""

from __future__ import annotations

import pytest

TALK = """
    import sysv_ipc
    queue = sysv_ipc.MessageQueue(None, sysv_ipc.IPC_CREX)
    try:
        queue.send(b"one")
        queue.send("two", type=3)
        queue.send(bytearray(b"three"), False, 2)
        print(queue.receive(type=-3), queue.receive(False, 3), queue.receive(), queue.current_messages)
        try:
            queue.receive(block=False, type=9)
        except sysv_ipc.BusyError as error:
            print(error)
    finally:
        queue.remove()
"""


def test_messages_are_kept_with_their_types(recorded_once, rows):
    run = recorded_once(TALK)
    assert run.ran == run.bare
    sends = rows(run.reel, "sysv.queue.send")
    assert [(row.a, row.payload, row.state) for row in sends] == [
        (1, b"one", "returned"), (3, b"two", "returned"), (2, b"three", "returned"),
    ]  # fmt: skip
    receives = rows(run.reel, "sysv.queue.receive")
    assert [(row.a, row.b, row.payload) for row in receives[:3]] == [(1, 3, b"one"), (3, 3, b"two"), (2, 5, b"three")]


def test_a_queue_is_one_object_from_its_opening_to_its_removal(recorded_once, rows):
    run = recorded_once(TALK)
    events = rows(run.reel, "sysv.queue")
    [opened] = [row for row in events if row.operation == "sysv.queue.open"]
    assert {(row.kind, row.key) for row in events} == {("sysv.queue", opened.b)}
    assert opened.payload["key"] == opened.a
    assert opened.payload["repr"] == f"sysv_ipc.MessageQueue({opened.a})"
    assert [row.operation for row in events][-1] == "sysv.queue.remove"


def test_what_raised_keeps_the_type_asked_for_and_the_exception(recorded_once, rows):
    run = recorded_once(TALK)
    last = rows(run.reel, "sysv.queue.receive")[-1]
    assert (last.state, last.a, last.payload["raised"]) == ("raised", 9, "sysv_ipc.BusyError")


def test_each_operation_stands_at_its_line(recorded_once, rows, text_of):
    run = recorded_once(TALK)
    assert text_of(run, rows(run.reel, "sysv.queue.send")[1]) == 'queue.send("two", type=3)'
    asked = rows(run.reel, "sysv.queue.get_current_messages")[0]
    assert text_of(run, asked).startswith("print(queue.receive(type=-3)")


def test_attributes_that_the_kernel_answers_for_are_events(recorded, rows):
    run = recorded("""
        import os, sysv_ipc
        queue = sysv_ipc.MessageQueue(None, sysv_ipc.IPC_CREX)
        queue.send(b"x")
        queue.receive()
        queue.mode = 0o640
        queue.max_size = queue.max_size // 2
        print(queue.current_messages, queue.last_send_pid == os.getpid() == queue.last_receive_pid, oct(queue.mode))
        print(queue.last_send_time > 0, queue.last_receive_time > 0, queue.last_change_time > 0)
        print(queue.uid == queue.cuid, queue.gid == queue.cgid, queue.max_size)
        try:
            queue.max_size = "much"
        except TypeError as error:
            print(error)
        try:
            queue.current_messages = 3
        except AttributeError:
            print("read-only")
        queue.remove()
    """)
    assert run.ran == run.bare
    asked = {row.operation.partition("get_")[2]: row.a for row in rows(run.reel, "sysv.queue.get_")}
    pid = run.reel.processes[0]["pid"]
    assert (asked["current_messages"], asked["mode"], asked["last_send_pid"]) == (0, 0o640, pid)
    assert len(asked) == 12
    assert [(row.operation, row.a, row.state) for row in rows(run.reel, "sysv.queue.set_")] == [
        ("sysv.queue.set_mode", 0o640, "returned"),
        ("sysv.queue.set_max_size", asked["max_size"], "returned"),
        ("sysv.queue.set_max_size", 0, "raised"),
    ]


def test_a_key_used_again_after_a_removal_is_another_queue(recorded, rows):
    run = recorded("""
        import sysv_ipc
        first = sysv_ipc.MessageQueue(None, sysv_ipc.IPC_CREX)
        first.remove()
        second = sysv_ipc.MessageQueue(first.key, sysv_ipc.IPC_CREX)
        sysv_ipc.remove_message_queue(second.id)
        print(first.key == second.key, first.id == second.id)
    """)
    assert run.ran == run.bare
    events = rows(run.reel, "sysv.queue")
    assert [row.operation.rpartition(".")[2] for row in events] == ["open", "remove", "open", "remove_by_id"]
    keys = [row.key for row in events]
    assert keys[0] == keys[1] != keys[2] == keys[3]


def test_private_queues_with_one_key_are_different_objects(recorded, rows):
    run = recorded("""
        import sysv_ipc
        queues = [sysv_ipc.MessageQueue(sysv_ipc.IPC_PRIVATE, sysv_ipc.IPC_CREX) for _ in range(2)]
        for queue in queues:
            queue.remove()
    """)
    opened = rows(run.reel, "sysv.queue.open")
    assert [row.name for row in opened] == [f"private queue {row.key}" for row in opened]
    assert len({row.key for row in opened}) == 2


def test_negative_keys_are_keys(recorded, rows):
    run = recorded("""
        import os, sysv_ipc
        key = -(os.getpid() << 8) - 1
        queue = sysv_ipc.MessageQueue(key, sysv_ipc.IPC_CREX)
        print(queue.key == key)
        queue.remove()
    """)
    assert run.stdout == run.bare.stdout == "True\n"
    [opened] = rows(run.reel, "sysv.queue.open")
    assert opened.a < 0


def test_wrong_arguments_raise_what_they_raise_without_us(recorded, rows):
    run = recorded("""
        import sysv_ipc
        queue = sysv_ipc.MessageQueue(None, sysv_ipc.IPC_CREX)
        for wrong in (
            lambda: sysv_ipc.MessageQueue(), lambda: sysv_ipc.MessageQueue("key"), lambda: sysv_ipc.MessageQueue(2**70),
            lambda: sysv_ipc.MessageQueue(None), lambda: sysv_ipc.MessageQueue.receive(),
            lambda: sysv_ipc.MessageQueue.receive(5), lambda: queue.receive(type=2**70), lambda: queue.receive(kind=1),
            lambda: queue.receive(1, 2, 3), lambda: queue.send(b"", type=0), lambda: queue.send(b"x" * 10**6),
            lambda: sysv_ipc.remove_message_queue("x"), lambda: sysv_ipc.remove_message_queue(),
            lambda: sysv_ipc.ftok(), lambda: sysv_ipc.ftok(1, 2, 3), lambda: sysv_ipc.ftok("/nowhere at all", 1, True),
        ):
            try:
                wrong()
                print("no error")
            except Exception as error:
                print(type(error), error)
        queue.remove()
    """)
    assert run.ran == run.bare
    assert "fault" not in run.reel.processes[0]["facts"]
    assert {row.state for row in rows(run.reel, "sysv.queue.receive")} == {"raised"}


def test_a_receive_that_a_signal_interrupts_raises_and_is_kept_as_raised(recorded, rows):
    run = recorded("""
        import os, signal, sysv_ipc
        queue = sysv_ipc.MessageQueue(None, sysv_ipc.IPC_CREX)
        signal.signal(signal.SIGALRM, lambda *_: print("handled", flush=True))
        signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
        try:
            queue.receive()
        except sysv_ipc.Error as error:
            signal.setitimer(signal.ITIMER_REAL, 0)
            print(error)
        queue.remove()
    """)
    assert run.stdout.splitlines()[0] == "handled"
    assert run.stdout.splitlines()[-1] == run.bare.stdout.splitlines()[-1] == "Signaled while waiting"
    [receive] = rows(run.reel, "sysv.queue.receive")
    assert (receive.state, receive.payload["text"]) == ("raised", "Signaled while waiting")


@pytest.mark.parametrize(("call", "place"), [("receive(type=7)", "msgrcv"), ("send(bytes(8000), type=7)", "msgsnd")])
def test_a_wait_that_nobody_ends_is_pending_with_what_it_waits_for(
    recorded, rows, text_of, kill_when_waiting, call, place
):
    run = recorded(
        kill_when_waiting
        + f"""
import sysv_ipc
queue = sysv_ipc.MessageQueue(None, sysv_ipc.IPC_CREX, max_message_size=8000)
print(queue.id, flush=True)
queue.send(bytes(8000))
queue.send(bytes(8000))
kill_when_waiting({place!r})
queue.{call}
"""
    )
    _remove(int(run.stdout))
    assert run.exit == -9
    [wait] = [row for row in rows(run.reel, "sysv.queue") if row.state == "pending"]
    assert (wait.a, text_of(run, wait)) == (7, f"queue.{call}")


def _remove(queue: int) -> None:
    import sysv_ipc

    sysv_ipc.remove_message_queue(queue)


def test_ftok_warns_in_the_name_of_the_program(recorded, rows):
    run = recorded("""
        import sysv_ipc
        print(sysv_ipc.ftok("/", 3) == sysv_ipc.ftok("/", 3, True) == sysv_ipc.ftok(path="/", id=3, silence_warning=1))
    """)
    assert run.ran == run.bare
    assert "program_0.py:3: Warning: Use of ftok()" in run.stderr
    assert len({row.a for row in rows(run.reel, "sysv.key.ftok")}) == 1


def test_a_subclass_of_the_program_sends_through_ours(recorded, rows):
    run = recorded("""
        import pickle, sysv_ipc
        class Counting(sysv_ipc.MessageQueue):
            sent = 0
            def send(self, message, *args, **kwargs):
                self.sent += 1
                return super().send(message, *args, **kwargs)
        queue = Counting(sysv_ipc.IPC_PRIVATE, sysv_ipc.IPC_CREX)
        queue.send(b"x")
        print(queue.sent, queue.receive(), isinstance(queue, sysv_ipc.MessageQueue), type(queue).__name__)
        queue.remove()
    """)
    assert run.ran == run.bare
    assert [row.operation for row in rows(run.reel, "sysv.queue")] == [
        "sysv.queue.open", "sysv.queue.send", "sysv.queue.receive", "sysv.queue.remove",
    ]  # fmt: skip


def test_two_processes_know_one_queue_by_one_object(recorded, rows):
    run = recorded("""
        import os, sysv_ipc
        queue = sysv_ipc.MessageQueue(None, sysv_ipc.IPC_CREX)
        child = os.fork()
        if child == 0:
            sysv_ipc.MessageQueue(queue.key).send(b"from the child")
            os._exit(0)
        print(queue.receive(), os.waitpid(child, 0)[1])
        queue.remove()
    """)
    assert run.ran == run.bare
    events = rows(run.reel, "sysv.queue")
    assert len({row.process for row in events}) == 2
    assert len({row.key for row in events}) == 1
