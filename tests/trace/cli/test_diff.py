"""`ipcreel diff`: runs are compared as partial orders."""

from __future__ import annotations

import json
import sys

import pytest

from tests.trace.cli.test_commands import ipcreel
from tests.trace.conftest import Record

TWO_WORKERS = """
    import multiprocessing, sys, time

    def work(queue, answers, pause_s):
        time.sleep(pause_s)
        answers.put(queue.get() * 2)

    if __name__ == "__main__":
        context = multiprocessing.get_context("fork")
        workers = []
        for number in (1, 2):
            queue, answers = context.SimpleQueue(), context.SimpleQueue()
            pause_s = 0.2 if sys.argv[1] == str(number) else 0.0
            worker = context.Process(target=work, args=(queue, answers, pause_s), name=f"worker-{number}")
            worker.start()
            workers.append((worker, queue, answers))
        for number, (worker, queue, answers) in enumerate(workers):
            queue.put(number + int(sys.argv[2]))
        for worker, queue, answers in workers:
            answers.get()
            worker.join()
"""


# Whose turn it is to connect is told by files, which nobody records.
SERVER = """
    import multiprocessing, os, queue, socket, socketserver, sys, threading

    _, server, order, word = sys.argv
    turns = os.path.join(os.path.dirname(os.path.abspath(__file__)), order)

    def talk(port, number):
        while not os.path.exists(f"{turns}/{number}"):
            pass
        with socket.create_connection(("127.0.0.1", port)) as connection, connection.makefile("rw") as lines:
            for said in ("hello", f"from {number}", word if number == 1 else "goodbye"):
                print(said, file=lines, flush=True)
                lines.readline()
                open(f"{turns}/{number}-is-served", "w").close()

    def give_turns():
        for number in order:
            open(f"{turns}/{number}", "w").close()
            while not os.path.exists(f"{turns}/{number}-is-served"):
                pass

    def echo(connection):
        with connection, connection.makefile("rw") as lines:
            for line in lines:
                print(line.upper(), end="", file=lines, flush=True)

    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            for line in self.rfile:
                self.wfile.write(line.upper())

    def work():
        while (connection := accepted.get()) is not None:
            echo(connection)

    if __name__ == "__main__":
        os.mkdir(turns)
        listener = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        context, accepted = multiprocessing.get_context("fork"), queue.Queue()
        port = listener.socket.getsockname()[1]
        begun = [context.Process(target=talk, args=(port, number), name=f"client-{number}") for number in range(3)]
        for process in begun:
            process.start()
        begun += [threading.Thread(target=work) for _ in range(2 * (server == "workers"))]
        begun += [threading.Thread(target=give_turns)]
        for thread in begun[3:]:
            thread.start()
        for _ in range(3):
            if server == "socketserver":
                listener.handle_request()
                continue
            connection, _ = listener.socket.accept()
            if server == "one after the other":
                echo(connection)
            elif server == "workers":
                accepted.put(connection)
            else:
                kind = threading.Thread if server == "threads" else context.Process
                begun.append(kind(target=echo, args=(connection,)))
                begun[-1].start()
                if server == "processes":
                    connection.close()
        accepted.put(None), accepted.put(None)
        for each in begun:
            each.join()
        listener.server_close()
"""


def two_runs(
    recorded: Record, one: tuple[str, ...], other: tuple[str, ...], source: str = TWO_WORKERS, *options: str
) -> tuple[str, str]:
    """The reels of two runs of one program."""
    first = recorded(source, *one, options=options)
    again = first.path.with_name("again.reel")
    done = ipcreel("record", "-q", "-o", str(again), *options, "--", sys.executable, str(first.program), *other)
    assert done.returncode == 0, done.stderr
    return str(first.path), str(again)


def test_runs_that_differ_in_the_order_of_independent_operations_are_the_same(recorded: Record) -> None:
    one, other = two_runs(recorded, ("1", "5"), ("2", "5"))
    done = ipcreel("diff", one, other)
    assert (done.returncode, done.stdout) == (0, "the same, but for the order of what is independent\n")


def test_the_first_difference_is_the_one_that_led_to_the_others(recorded: Record) -> None:
    one, other = two_runs(recorded, ("1", "5"), ("1", "6"))
    done = ipcreel("diff", "--json", one, other)
    assert done.returncode == 1, done.stderr
    found = json.loads(done.stdout)
    assert found["partings"][0]["role"] == "program_0.py"
    assert [part["one"]["operation"] for part in found["partings"]] == [
        "mp.simple_queue.put", "mp.simple_queue.get", "mp.simple_queue.get",
    ]  # fmt: skip
    assert found["counts"] == []
    shown = ipcreel("diff", one, other).stdout
    assert shown.startswith("first difference: program_0.py, after 2 operations in common\n")
    assert shown.count("  > mp.simple_queue.put") == 2


def test_around_an_event_both_runs_are_shown_and_one_that_is_not_there_is_refused(recorded: Record) -> None:
    one, other = two_runs(recorded, ("1", "5"), ("2", "5"))
    done = ipcreel("diff", one, other, "--around", "0")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("  > ") == 2
    refused = ipcreel("diff", one, other, "--around", "999999")
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert "no event 999999" in refused.stderr


SERVERS = ("socketserver", "threads", "processes", "workers", "one after the other")


@pytest.mark.parametrize("server", SERVERS)
def test_another_order_of_accepting_is_the_same_whoever_serves(recorded: Record, server: str) -> None:
    one, other = two_runs(recorded, (server, "012", "goodbye"), (server, "201", "goodbye"), SERVER)
    done = ipcreel("diff", one, other)
    assert (done.returncode, done.stdout) == (0, "the same, but for the order of what is independent\n")


def test_a_client_that_sends_something_else_is_named_with_who_served_it(recorded: Record) -> None:
    one, other = two_runs(recorded, ("threads", "012", "goodbye"), ("threads", "210", "wait"), SERVER)
    found = json.loads(ipcreel("diff", "--json", one, other).stdout)
    assert [part["role"] for part in found["partings"]] == [
        "client-1", "program_0.py/Thread (echo), tcp program_0.py ⇄ client-1",
    ]  # fmt: skip
    assert found["partings"][0]["one"]["carried"] == "goodbye\\n"
    assert found["partings"][0]["other"]["carried"] == "wait\\n"
    assert found["counts"] == []


def test_clients_that_nobody_records_are_told_apart_by_what_they_send(recorded: Record) -> None:
    runs = ("threads", "012", "goodbye"), ("threads", "210", "wait")
    one, other = two_runs(recorded, *runs, SERVER, "--processes", "program*")
    found = json.loads(ipcreel("diff", "--json", one, other).stdout)
    assert [(part["one"]["carried"], part["other"]["carried"]) for part in found["partings"]] == [
        ("goodbye\\n", "wait\\n"),
    ]  # fmt: skip
    assert found["counts"] == []
