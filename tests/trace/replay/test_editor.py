"""An editor comes to a replay by the Debug Adapter Protocol, stands in the program, and steps there and back."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.trace.conftest import Record
from tests.trace.replay.conftest import DEADLINE_S, GET_LINE, LEDGER, events_of


class Client:
    """As much of an editor as a test needs."""

    def __init__(self, connection: socket.socket) -> None:
        self._stream = connection.makefile("rwb")
        self._said = 0
        self.events: list[dict[str, Any]] = []

    def ask(self, command: str, **arguments: Any) -> dict[str, Any]:
        """The body of the answer, which must be a success."""
        answer = self.answer(command, **arguments)
        assert answer["success"], answer
        body: dict[str, Any] = answer["body"]
        return body

    def send(self, command: str, **arguments: Any) -> None:
        """Ask, and wait for no answer: it goes with the next."""
        self._said += 1
        message = {"seq": self._said, "type": "request", "command": command, "arguments": arguments}
        content = json.dumps(message).encode()
        self._stream.write(b"Content-Length: %d\r\n\r\n%s" % (len(content), content))

    def answer(self, command: str, **arguments: Any) -> dict[str, Any]:
        self.send(command, **arguments)
        self._stream.flush()
        while True:
            said = self._receive()
            if said["type"] == "response" and said["request_seq"] == self._said:
                return said
            self.events.append(said)

    def wait_for(self, event: str) -> dict[str, Any]:
        """The body of the next event of a kind."""
        while True:
            for said in self.events:
                if said.get("event") == event:
                    self.events.remove(said)
                    body: dict[str, Any] = said["body"]
                    return body
            self.events.append(self._receive())

    def _receive(self) -> dict[str, Any]:
        head = self._stream.readline()
        assert head, "the replay has gone"
        assert self._stream.readline() == b"\r\n"
        message: dict[str, Any] = json.loads(self._stream.read(int(head.split(b":")[1])))
        return message

    def begin(self, file: Path, *lines: int) -> None:
        """What an editor says first, up to where the program is stopped."""
        assert self.ask("initialize", adapterID="ipcreel")["supportsStepBack"]
        self.wait_for("initialized")
        self.ask("attach")
        wanted = [{"line": line} for line in lines]
        made = self.ask("setBreakpoints", source={"path": str(file)}, breakpoints=wanted)["breakpoints"]
        assert [point["verified"] for point in made] == [True] * len(lines)
        self.ask("configurationDone")

    def stand(self) -> tuple[int, dict[str, str]]:
        """The line at which the program stands, and its variables there."""
        thread = self.wait_for("stopped")["threadId"]
        top = self.ask("stackTrace", threadId=thread)["stackFrames"][0]
        scope = self.ask("scopes", frameId=top["id"])["scopes"][0]
        variables = self.ask("variables", variablesReference=scope["variablesReference"])["variables"]
        return top["line"], {variable["name"]: variable["value"] for variable in variables}


@contextmanager
def editing(reel: Path, *arguments: str) -> Iterator[tuple[Client, subprocess.Popen[str]]]:
    """A replay to which an editor has come."""
    command = [sys.executable, "-m", "ipcreel", "replay", str(reel), "--dap", "0", *arguments]
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, text=True, cwd=reel.parent, **pipes) as running:  # type: ignore[call-overload]
        try:
            waits = running.stderr.readline()
            found = re.search(r"waiting for an editor at 127\.0\.0\.1:(\d+)", waits)
            assert found, waits + running.stderr.read()
            with socket.create_connection(("127.0.0.1", int(found[1])), DEADLINE_S) as connection:
                yield Client(connection), running
            running.communicate(timeout=DEADLINE_S)
        finally:
            running.kill()


def test_an_editor_stands_in_the_program_and_goes_on_from_breakpoint_to_breakpoint(recorded: Record) -> None:
    ran = recorded(LEDGER)
    event = events_of(ran.reel, "adder", "mp.simple_queue.get")[2]
    with editing(ran.path, "--to", str(event)) as (client, running):
        client.begin(ran.program, GET_LINE + 1)
        line, variables = client.stand()
        assert (line, variables["number"], variables["total"]) == (GET_LINE, "2", "3")
        assert client.ask("evaluate", expression="total * 2")["result"] == "6"
        assert not client.answer("evaluate", expression="total / 0")["success"]
        client.ask("continue", threadId=1)
        line, variables = client.stand()
        assert (line, variables["total"]) == (GET_LINE + 1, "9")
        client.ask("next", threadId=1)
        assert client.stand()[1]["number"] == "2"
        client.ask("disconnect")
    assert running.returncode == 0


def test_an_editor_steps_back(recorded: Record) -> None:
    ran = recorded(LEDGER)
    gets = events_of(ran.reel, "adder", "mp.simple_queue.get")
    with editing(ran.path, "--to", str(gets[3])) as (client, _):
        client.begin(ran.program)
        assert client.stand()[1]["number"] == "3"
        while True:
            client.ask("stepBack", threadId=1)
            line, variables = client.stand()
            if line == GET_LINE:
                break
        assert (variables["number"], variables["total"]) == ("2", "3")
        client.ask("evaluate", expression=f"to {gets[4]}", context="repl")
        assert client.stand()[1]["total"] == "18"
        client.ask("disconnect")


def test_an_editor_goes_back_from_breakpoint_to_breakpoint_and_at_last_to_the_first_event(recorded: Record) -> None:
    ran = recorded(LEDGER)
    with editing(ran.path, "--process", "adder") as (client, _):
        client.begin(ran.program, GET_LINE + 1)
        first, _ = client.stand()
        for way, totals in (("continue", ("0", "3", "9")), ("reverseContinue", ("3", "0"))):
            for total in totals:
                client.ask(way, threadId=1)
                assert client.wait_for("stopped")["reason"] == "breakpoint"
                assert client.ask("evaluate", expression="total")["result"] == total
        client.ask("reverseContinue", threadId=1)
        assert client.stand()[0] == first
        client.ask("continue", threadId=1)
        line, variables = client.stand()
        assert (line, variables["total"]) == (GET_LINE + 1, "0")
        client.ask("disconnect")


STEPS = """
    def double(number):
        twice = number * 2
        return twice
    total = 0
    for number in range(3):
        total += double(number)
        print(total, flush=True)
"""


def test_an_editor_steps_in_to_the_first_line_and_out_to_the_caller(recorded: Record) -> None:
    ran = recorded(STEPS)
    with editing(ran.path, "--line", f"{ran.program.name}:7") as (client, _):
        client.begin(ran.program)
        assert client.stand()[0] == 7
        came = []
        for way in ("stepIn", "next", "next", "next", "stepIn", "stepIn", "stepOut"):
            client.ask(way, threadId=1)
            assert client.wait_for("stopped")["reason"] == "step"
            top = client.ask("stackTrace", threadId=1)["stackFrames"][0]
            came.append((top["name"], top["line"]))
        first = [("double", 3), ("double", 4), ("<module>", 8), ("<module>", 6), ("<module>", 7)]
        assert came == [*first, ("double", 3), ("<module>", 8)]
        client.ask("disconnect")


def test_the_end_of_the_process_is_told_to_the_editor(recorded: Record) -> None:
    ran = recorded(LEDGER)
    with editing(ran.path, "--process", "adder") as (client, running):
        client.begin(ran.program)
        client.stand()
        client.ask("continue", threadId=1)
        assert "the process ended with exit code 0" in client.wait_for("stopped")["description"]
        client.ask("continue", threadId=1)
        assert client.wait_for("exited")["exitCode"] == 0
        client.wait_for("terminated")
    assert running.returncode == 0


WIDE = """
    import threading, time
    class Bid:
        def __init__(self, price): self.price, self.notes = price, {"of": ["home", 1]}
    def descend(depth, bid):
        if depth: return descend(depth - 1, bid)
        time.sleep(0)
        return eval("time.time()")
    def beat(ended):
        while not ended.is_set(): time.monotonic()
    ended = threading.Event()
    other = threading.Thread(target=beat, args=(ended,), name="beats")
    other.start()
    for number in range(3): descend(5, Bid(number))
    time.sleep(0.02)
    ended.set()
    other.join()
"""


def test_what_editors_ask_for_is_answered(recorded: Record) -> None:
    ran = recorded(WIDE)
    sleep = events_of(ran.reel, ran.program.name, "clock.sleep")[1]
    with editing(ran.path, "--to", str(sleep)) as (client, running):
        # As VS Code and nvim-dap say it.
        told = {"linesStartAt1": True, "columnsStartAt1": True, "pathFormat": "path", "locale": "en"}
        shows = {"supportsVariableType": True, "supportsVariablePaging": True, "supportsRunInTerminalRequest": True}
        can = client.ask("initialize", clientID="vscode", clientName="an editor", adapterID="python", **told, **shows)
        assert can["supportsConfigurationDoneRequest"]
        client.wait_for("initialized")
        client.ask("attach", name="replay", type="python", request="attach", debugServer=1)
        client.ask("setExceptionBreakpoints", filters=[])
        client.ask("configurationDone")
        thread = client.wait_for("stopped")["threadId"]
        assert thread in [one["id"] for one in client.ask("threads")["threads"]]
        whole = client.ask("stackTrace", threadId=thread)
        assert [frame["name"] for frame in whole["stackFrames"]] == ["descend"] * 6 + ["<module>"]
        page = client.ask("stackTrace", threadId=thread, startFrame=5, levels=20)
        assert [frame["name"] for frame in page["stackFrames"]] == ["descend", "<module>"]
        assert page["totalFrames"] == 7
        _look_into(client, whole["stackFrames"][0]["id"])
        assert not client.answer("setVariable", variablesReference=1, name="depth", value="3")["success"]
        client.ask("stepIn", threadId=thread)
        client.wait_for("stopped")
        client.ask("terminate")
    assert running.returncode == 0


def _look_into(client: Client, frame: int) -> None:
    """Unfold what an editor shows of a frame, and ask for values as it does."""
    local, names = (scope["variablesReference"] for scope in client.ask("scopes", frameId=frame)["scopes"])
    assert "descend" in {
        variable["name"] for variable in client.ask("variables", variablesReference=names)["variables"]
    }
    reference = local
    for name in ("bid", "notes", "of"):
        inside = client.ask("variables", variablesReference=reference)["variables"]
        reference = next(variable["variablesReference"] for variable in inside if variable["name"] == name)
    values = client.ask("variables", variablesReference=reference, start=0, count=100)["variables"]
    assert [(value["value"], value["variablesReference"]) for value in values] == [("'home'", 0), ("1", 0)]
    for context in ("hover", "watch", "repl"):
        assert client.ask("evaluate", expression="bid.price", frameId=frame, context=context)["result"] == "1"
    assert not client.answer("evaluate", expression="bid.none", frameId=frame, context="watch")["success"]
    client.ask("evaluate", expression="import math; twice = bid.price * 2", frameId=frame, context="repl")
    client.ask("evaluate", expression="world", context="repl")


def test_an_editor_pauses_a_program_that_runs_and_lets_it_go(recorded: Record) -> None:
    ran = recorded(WIDE)
    with editing(ran.path, "--to", str(events_of(ran.reel, ran.program.name, "clock.sleep")[0])) as (client, running):
        client.begin(ran.program)
        thread = client.wait_for("stopped")["threadId"]
        client.send("continue", threadId=thread)
        client.ask("pause", threadId=thread)
        assert client.wait_for("stopped")["reason"] == "pause"
        assert client.ask("evaluate", expression="number")["result"] in {"0", "1", "2"}
        client.ask("continue", threadId=thread)
        client.wait_for("stopped")
        client.ask("continue", threadId=thread)
        assert client.wait_for("exited")["exitCode"] == 0
    assert running.returncode == 0
