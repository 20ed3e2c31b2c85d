"""One wait is one event: for what, how long, and what was ready."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Recorded = Callable[..., Any]
Rows = Callable[..., list[Any]]

READY = """
    import os, select, selectors
    reading, writing = os.pipe()
    os.write(writing, b"x")
"""


def of_program(found: list[Any]) -> list[Any]:
    """Without what the library's own modules do when they are imported."""
    return [row for row in found if row.line.startswith("program")]


def test_select_keeps_which_of_the_given_things_were_ready(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        READY
        + """
    empty, _ = os.pipe()
    print(select.select([empty, reading], [writing], [], 1.5) == ([reading], [writing], []))
    print(select.select([empty], (), (), 0))
    print(select.select({reading}, [], [])[0] == [reading])
    print(select.select(iter([reading]), [], [])[0] == [reading])
    """
    )
    assert run.ran == run.bare
    found = rows(run.reel, "waiting.select.wait")
    assert [(row.a, row.b, row.payload) for row in found] == [
        (1_500_000, 2, [[1], [0], []]),
        (0, 0, [[], [], []]),
        (-1, 1, [[0], [], []]),
        (-1, 1, [None, [], []]),
    ]
    assert found[1].kind == found[2].kind == "pipe"


@pytest.mark.parametrize("kind", ["poll", "epoll"])
def test_poll_and_epoll_keep_what_is_watched_and_what_was_ready(recorded: Recorded, rows: Rows, kind: str) -> None:
    run = recorded(
        READY
        + f"""
    waiter = select.{kind}()
    waiter.register(reading, select.POLLIN)
    print(waiter.poll(1), type(waiter), repr(waiter).split(" at ")[0])
    waiter.modify(reading, 0)
    print(waiter.poll(0))
    waiter.unregister(reading)
    """
    )
    assert run.ran == run.bare
    found = of_program(rows(run.reel, f"waiting.{kind}."))
    waits = [row for row in found if row.operation.endswith(".wait")]
    second = 1000 if kind == "poll" else 1_000_000
    assert [(row.a, row.b, row.payload) for row in waits] == [(second, 1, [3, 1]), (0, 0, None)]
    watched = [row for row in found if row.operation.rpartition(".")[2] in ("register", "modify", "unregister")]
    assert {row.kind for row in watched} == {"pipe"}
    assert [(row.a, row.b) for row in watched] == [(1, 3), (0, 3), (-1, 3)]


@pytest.mark.parametrize("selector", ["SelectSelector", "PollSelector", "EpollSelector", "DefaultSelector"])
def test_a_selector_waits_in_one_event_at_the_line_of_the_program(
    recorded: Recorded, rows: Rows, selector: str
) -> None:
    run = recorded(
        READY
        + f"""
    with selectors.{selector}() as selector:
        selector.register(reading, selectors.EVENT_READ, "the pipe")
        print([(key.data, mask) for key, mask in selector.select(2)])
        print(selector.select(0) != [])
    """
    )
    assert run.ran == run.bare
    waits = of_program([row for row in rows(run.reel, "waiting.") if row.operation.endswith(".wait")])
    assert len(waits) == 2
    lines = run.program.read_text().splitlines()
    line = next(number for number, text in enumerate(lines, 1) if "selector.select(2)" in text)
    assert waits[0].line == f"{run.program.name}:{line}"


def test_epoll_is_as_it_was_to_all_who_look_at_it(recorded: Recorded) -> None:
    run = recorded(
        """
        import inspect, os, select, socket
        poller = select.epoll(5)
        with poller as same:
            print(same is poller, poller.closed, isinstance(poller, select.epoll))
            again = select.epoll.fromfd(os.dup(poller.fileno()))
            print(type(again) is select.epoll, again.fileno() > 0)
            again.close(); again.close()
        print(poller.closed, select.epoll.__doc__[:20], select.epoll.__name__, select.epoll.__module__)
        for call in ("poller.poll()", "poller.fileno()", "poller.register(0)", "select.epoll(-2)", "select.epoll('x')",
                     "select.poll(1)", "select.poll().register()", "select.poll().unregister(99)",
                     "select.poll().poll('x')",
                     "select.select(1, 2, 3)", "select.select([], [], [], -1)", "select.select([], [])",
                     "select.epoll.poll()", "select.epoll().register(0, 'x')", "type(select.poll())()"):
            try:
                print(call, eval(call))
            except Exception as error:
                print(call, type(error).__name__, error)
        """
    )
    assert run.ran == run.bare


def test_a_wait_without_end_is_pending_with_what_it_waits_for(recorded: Recorded, rows: Rows) -> None:
    run = recorded(
        """
        import os, select, signal
        reading, writing = os.pipe()
        def call_of(pid):
            return open(f"/proc/{pid}/syscall").read().split()[0]
        pids = []
        for wait in (lambda: select.select([reading], [], []), lambda: select.poll().poll()):
            if (pid := os.fork()) == 0:
                wait()
                os._exit(0)
            pids.append(pid)
        sleeper = os.fork()
        if sleeper == 0:
            os.read(reading, 1)  # what a process does that is asleep in another call
            os._exit(0)
        for pid in (*pids, sleeper):
            calm = 0
            while calm < 50:  # the same call, not running, for a while
                calm = calm + 1 if call_of(pid) != "running" else 0
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        """
    )
    assert run.exit == 0
    pending = {row.operation: row for row in rows(run.reel, "waiting.") if row.state == "pending"}
    assert pending["waiting.select.wait"].payload == [[3], [], []]
    assert pending["waiting.select.wait"].kind == "pipe"
    assert pending["waiting.poll.wait"].a == -1
