"""POSIX message queues: sent, received, and told of by a signal or by a thread that C makes."""

from __future__ import annotations

TALK = """
    import posix_ipc, select
    queue = posix_ipc.MessageQueue(None, posix_ipc.O_CREX, max_messages=5, max_message_size=64)
    try:
        queue.send(b"low", priority=1)
        queue.send("high", 1.5, 9)
        print(queue.current_messages, queue.fileno() == queue.mqd, queue.block, queue.max_messages)
        with select.epoll() as poll:
            poll.register(queue.fileno(), select.EPOLLIN)
            print(len(poll.poll()))
        print(queue.receive(), queue.receive(timeout=2.5))
        queue.block = False
        try:
            queue.receive()
        except posix_ipc.BusyError as error:
            print(error, queue.block)
    finally:
        queue.close()
        queue.unlink()
"""


def test_messages_are_kept_with_their_priorities(recorded_once, rows):
    run = recorded_once(TALK)
    assert run.ran == run.bare
    assert [(row.a, row.payload) for row in rows(run.reel, "posix.queue.send")] == [(1, b"low"), (9, b"high")]
    receives = rows(run.reel, "posix.queue.receive")
    assert [(row.a, row.b, row.payload) for row in receives[:2]] == [(9, 4, b"high"), (1, 3, b"low")]
    assert (receives[2].state, receives[2].payload["raised"]) == ("raised", "posix_ipc.BusyError")


def test_a_send_keeps_how_long_it_would_wait(recorded, rows, kill_when_waiting):
    run = recorded(
        kill_when_waiting
        + """
import posix_ipc
queue = posix_ipc.MessageQueue(None, posix_ipc.O_CREX, max_messages=1, max_message_size=64)
queue.unlink()
queue.send(b"fits", 1.5, 9)
try:
    queue.send(b"late", priority=3, timeout=0.25)
except posix_ipc.BusyError:
    pass
kill_when_waiting("wq_sleep")
queue.send(b"never", timeout=500)
"""
    )
    sends = rows(run.reel, "posix.queue.send")
    assert [(row.state, row.a, row.b) for row in sends] == [
        ("returned", 9, 1_500_000_000),
        ("raised", 250_000_000, 0),
        ("pending", 500_000_000_000, 0),
    ]


def test_a_queue_is_one_object_and_says_what_it_is(recorded_once, rows):
    run = recorded_once(TALK)
    events = rows(run.reel, "posix.queue")
    assert {(row.kind, row.key) for row in events} == {("posix.queue", events[0].key)}
    assert events[0].key[0] == events[0].payload["name"]
    assert (events[0].payload["max_messages"], events[0].payload["max_message_size"]) == (5, 64)
    assert [row.operation.rpartition(".")[2] for row in events[-2:]] == ["close", "unlink"]


def test_a_name_used_again_after_unlink_is_another_queue(recorded, rows):
    run = recorded("""
        import posix_ipc
        first = posix_ipc.MessageQueue(None, posix_ipc.O_CREX)
        first.unlink()
        second = posix_ipc.MessageQueue(first.name, posix_ipc.O_CREX)
        posix_ipc.unlink_message_queue(second.name)
    """)
    keys = [row.key for row in rows(run.reel, "posix.queue")]
    assert keys[0] == keys[1] != keys[2] == keys[3]
    assert keys[0][0] == keys[3][0]


def test_a_notification_by_thread_is_noted_in_the_lane_of_that_thread(recorded, rows):
    run = recorded("""
        import posix_ipc, threading
        queue = posix_ipc.MessageQueue(None, posix_ipc.O_CREX)
        called = threading.Event()
        def on_message(word):
            print(word, queue.receive())
            called.set()
        queue.request_notification((on_message, "a word"))
        queue.send(b"hello")
        print(called.wait(20))
        queue.request_notification(notification=(on_message, "another"))
        queue.request_notification(None)
        queue.close()
        queue.unlink()
    """)
    assert run.ran == run.bare
    assert [row.a for row in rows(run.reel, "posix.queue.request_notification")] == [-1, -1, 0]
    [noted] = rows(run.reel, "posix.queue.notified")
    [received] = rows(run.reel, "posix.queue.receive")
    assert noted.key == received.key
    lanes = {
        name: int(run.reel.lane[row])
        for row in range(len(run.reel))
        if (name := run.reel.operations[int(run.reel.op[row])]["name"]).startswith("posix.queue.")
    }
    assert lanes["posix.queue.notified"] == lanes["posix.queue.receive"] != lanes["posix.queue.send"]


def test_a_notification_by_signal_keeps_its_number(recorded, rows):
    run = recorded("""
        import posix_ipc, signal
        queue = posix_ipc.MessageQueue(None, posix_ipc.O_CREX)
        signal.signal(signal.SIGUSR1, lambda *_: print("handled", queue.receive()))
        queue.request_notification(signal.SIGUSR1)
        queue.send(b"hello")
        try:
            queue.request_notification("loudly")
        except ValueError as error:
            print(error)
        queue.close()
        queue.unlink()
    """)
    assert run.ran == run.bare
    assert [(row.a, row.state) for row in rows(run.reel, "posix.queue.request_notification")] == [
        (10, "returned"), (0, "raised"),
    ]  # fmt: skip


def test_a_receive_that_nobody_answers_is_pending(recorded, rows, text_of, kill_when_waiting):
    run = recorded(
        kill_when_waiting
        + """
import posix_ipc
queue = posix_ipc.MessageQueue(None, posix_ipc.O_CREX)
print(queue.name, flush=True)
kill_when_waiting("wq_sleep")
queue.receive(timeout=3000)
"""
    )
    import posix_ipc

    posix_ipc.unlink_message_queue(run.stdout.strip())
    assert run.exit == -9
    [receive] = rows(run.reel, "posix.queue.receive")
    assert (receive.state, receive.a) == ("pending", 3000 * 10**9)
    assert text_of(run, receive) == "queue.receive(timeout=3000)"


def test_wrong_arguments_raise_what_they_raise_without_us(recorded):
    run = recorded("""
        import posix_ipc
        queue = posix_ipc.MessageQueue(None, posix_ipc.O_CREX, max_messages=1)
        for wrong in (
            lambda: posix_ipc.MessageQueue(), lambda: posix_ipc.MessageQueue(5), lambda: posix_ipc.MessageQueue("/a"),
            lambda: posix_ipc.MessageQueue(None), lambda: queue.send(b"x", priority=-1), lambda: queue.receive("soon"),
            lambda: queue.send(b"x", 0, 2**40), lambda: queue.receive(-1), lambda: queue.receive(0),
            lambda: queue.receive(1, 2),
            lambda: posix_ipc.MessageQueue.receive(), lambda: posix_ipc.MessageQueue.receive(5),
            lambda: queue.request_notification((1, 2)), lambda: queue.request_notification((print,)),
            lambda: queue.request_notification(5.5), lambda: queue.request_notification(1, 2),
            lambda: posix_ipc.unlink_message_queue(), lambda: posix_ipc.unlink_message_queue("/no such queue"),
            lambda: posix_ipc.unlink_message_queue(5),
        ):
            try:
                wrong()
                print("no error")
            except Exception as error:
                print(type(error), error)
        queue.close()
        queue.unlink()
    """)
    assert run.ran == run.bare
    assert "fault" not in run.reel.processes[0]["facts"]
