"""The debugger of a replay as an editor drives it, by the Debug Adapter Protocol; an editor can step back too.

It is done in the thread that stands, without a thread of its own: a process with more than one could be forked no more,
and nothing could be gone back to.
"""

from __future__ import annotations

import posix
import reprlib
import sys
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING, Any

from ipcreel.interpose.frames import is_ours
from ipcreel.replay.debugger import Debugger
from ipcreel.replay.wire import Wire

if TYPE_CHECKING:
    from ipcreel.replay.session import Session

    Arguments = dict[str, Any]
    Handler = Callable[[Arguments], dict[str, Any] | None]

_CAN = {
    "supportsConfigurationDoneRequest": True, "supportsConditionalBreakpoints": True, "supportsStepBack": True,
    "supportsEvaluateForHovers": True, "supportTerminateDebuggee": True,
}  # fmt: skip
# Commands that a person may type at an editor's console.
_TYPED = frozenset(("world", "where", "back", "to", "run", "reverse"))
_MOST = 500  # items shown of a container
_text = reprlib.Repr()
_text.maxstring = _text.maxother = 200


class Editor(Debugger):
    """The debugger of one thread, asked by an editor; the connection is one for all of them."""

    def __init__(self, session: Session, wire: Wire) -> None:
        super().__init__(session)
        self._wire = wire
        self._session = session
        self._shown: list[Any] = []  # what the editor can ask for more of, by its reference less one
        self._typed: list[str] = []
        self._goes_on = self._is_to_stop = False

    def begin(self) -> None:
        """Let the editor say what it wants before the program begins."""
        with self._session.asking_a_person():
            self._serve()

    def interaction(self, frame: Any, traceback: Any) -> None:
        """Ask the editor, at a frame of the program."""
        with self._session.asking_a_person():
            self.setup(frame, traceback)
            self._wire.tell(
                "stopped", reason=self._reason, threadId=self._own, allThreadsStopped=True, description=self.said
            )
            if self.said:
                self._wire.tell("output", category="console", output=f"{self.said}\n")
            self.said = ""
            self._serve()
            self._shown.clear()
            self.forget()

    @property
    def _reason(self) -> str:
        """Why the program stands here, in the words of the protocol."""
        if self._session.is_at_the_end:
            return "end"
        return "breakpoint" if self._session.backwards.is_at_hit else self._wire.reason

    def user_call(self, frame: FrameType, argument_list: Any) -> None:
        """A function begins: an editor stands at its first line, which comes next."""

    def user_return(self, frame: FrameType, return_value: Any) -> None:
        """A function returns: an editor stands at the next line of the one that called it."""
        if frame.f_back is not None:
            self.set_next(frame.f_back)

    @property
    def _own(self) -> int:
        """The number of the thread that stands, for the editor: none is 0."""
        return int(self._session.reading.here.lane) + 1

    def _serve(self) -> None:
        """Answer until the program is to go on."""
        self._goes_on = False
        while not self._goes_on:
            self._answer_next()

    def answer_meanwhile(self) -> bool:
        """Answer what was asked while the program runs. Returns whether it is to stop here."""
        self._is_to_stop = False
        while self._wire.is_asked and not self._is_to_stop:
            self._answer_next()
        if self._is_to_stop:
            self._wire.reason = "pause"
        return self._is_to_stop

    def _answer_next(self) -> None:
        request = self._wire.receive()
        if request is None:
            posix._exit(self._session.exit_code)
        handler: Handler | None = getattr(self, f"_on_{request['command']}", None)
        if handler is None:
            self._wire.answer(request, error=f"A replay knows no {request['command']}.")
            return
        try:
            self._wire.answer(request, handler(request.get("arguments") or {}))
        except Exception as error:  # what a person asked for raised
            self._wire.answer(request, error=f"{type(error).__name__}: {error}")
        self._after(request["command"])

    def _after(self, command: str) -> None:
        """What is done when the editor has its answer: a step back ends this process."""
        if command == "initialize":
            self._wire.tell("initialized")
        elif command == "stepBack":
            self._goes_on = bool(self._go(self._session.event_back(1)))
        elif command == "reverseContinue":
            self.do_reverse("")
        elif command in ("disconnect", "terminate"):
            posix._exit(self._session.exit_code)
        if command in ("stepBack", "reverseContinue") and not self._goes_on:
            self._wire.tell("stopped", reason="step", threadId=self._own, allThreadsStopped=True)

    def take_over(self, note: dict[str, Any]) -> None:
        """Go on with what was left behind by the one who went back to here."""
        super().take_over(note)
        self._wire.reason = "step"

    def message(self, msg: str) -> None:
        """What a command says."""
        self._wire.tell("output", category="console", output=f"{msg}\n")

    error = message

    def print_stack_entry(self, frame_lineno: Any, prompt_prefix: str = "") -> None:
        """A line of the stack."""
        self.message(self.format_stack_entry(frame_lineno))

    # Requests: each gives the body of its answer.

    def _on_initialize(self, asked: Arguments) -> dict[str, Any]:
        return _CAN

    def _on_attach(self, asked: Arguments) -> None:
        return None

    _on_launch = _on_stepBack = _on_reverseContinue = _on_disconnect = _on_terminate = _on_attach  # noqa: N815

    def _on_configurationDone(self, asked: Arguments) -> None:  # noqa: N802
        self._goes_on = True

    def _on_setBreakpoints(self, asked: Arguments) -> dict[str, Any]:  # noqa: N802
        file = self.canonic(asked["source"]["path"])
        self.clear_all_file_breaks(file)
        made = []
        for wanted in asked.get("breakpoints", []):
            wrong = self.set_break(file, wanted["line"], cond=wanted.get("condition"))
            made.append({"verified": not wrong, "line": wanted["line"], "message": wrong or ""})
        return {"breakpoints": made}

    def _on_setExceptionBreakpoints(self, asked: Arguments) -> dict[str, Any]:  # noqa: N802
        return {"breakpoints": []}

    _on_setFunctionBreakpoints = _on_setExceptionBreakpoints  # noqa: N815

    def _on_threads(self, asked: Arguments) -> dict[str, Any]:
        names = self._session.script.lane_names
        lanes = sorted({*self._session.reading.lanes.idents, self._own - 1})
        return {"threads": [{"id": lane + 1, "name": names.get(lane, f"thread {lane}")} for lane in lanes]}

    def _on_stackTrace(self, asked: Arguments) -> dict[str, Any]:  # noqa: N802
        stack = self.stack[::-1] if asked["threadId"] == self._own else self._stack_of(asked["threadId"] - 1)
        first = asked.get("startFrame") or 0
        shown = stack[first : first + (asked.get("levels") or len(stack))]
        return {"stackFrames": [self._frame(*entry) for entry in shown], "totalFrames": len(stack)}

    def _stack_of(self, lane: int) -> list[tuple[FrameType, int]]:
        """Where another thread is."""
        frame = sys._current_frames().get(self._session.reading.lanes.idents.get(lane, -1))
        stack = []
        while frame is not None:
            if not is_ours(frame.f_code.co_filename):
                stack.append((frame, frame.f_lineno))
            frame = frame.f_back
        return stack

    def _frame(self, frame: FrameType, line: int) -> dict[str, Any]:
        file = frame.f_code.co_filename
        source = {"name": file.rpartition("/")[2]}
        if not file.startswith("<"):  # no editor can open what was never a file
            source["path"] = file
        return {"id": self._reference(frame), "name": frame.f_code.co_name, "source": source, "line": line, "column": 1}

    def _reference(self, value: Any) -> int:
        self._shown.append(value)
        return len(self._shown)

    def _on_scopes(self, asked: Arguments) -> dict[str, Any]:
        frame = self._shown[asked["frameId"] - 1]
        scopes = [("Locals", frame.f_locals)]
        if frame.f_locals is not frame.f_globals:
            scopes.append(("Globals", frame.f_globals))
        return {
            "scopes": [
                {"name": name, "variablesReference": self._reference(names), "expensive": name == "Globals"}
                for name, names in scopes
            ]
        }

    def _on_variables(self, asked: Arguments) -> dict[str, Any]:
        parts = _parts(self._shown[asked["variablesReference"] - 1])
        return {"variables": [{"name": name, **self._value(value)} for name, value in parts]}

    def _value(self, value: Any, key: str = "value") -> dict[str, Any]:
        try:
            text = _text.repr(value)
        except Exception as error:
            text = f"<its repr raised {type(error).__name__}>"
        return {
            key: text,
            "type": type(value).__name__,
            "variablesReference": self._reference(value) if _parts(value) else 0,
        }

    def _on_evaluate(self, asked: Arguments) -> dict[str, Any]:
        text = asked["expression"]
        if asked.get("context") == "repl" and text.split(" ")[0] in _TYPED:
            self._goes_on = bool(self.onecmd(text))
            return {"result": "", "variablesReference": 0}
        frame: Any = self._shown[asked["frameId"] - 1] if asked.get("frameId") else self.curframe
        try:
            code = compile(text, "<console>", "eval")
        except SyntaxError:
            if asked.get("context") != "repl":
                raise
            exec(text, frame.f_globals, frame.f_locals)
            return {"result": "", "variablesReference": 0}
        return self._value(eval(code, frame.f_globals, frame.f_locals), "result")

    def _on_pause(self, asked: Arguments) -> None:
        self._is_to_stop = True

    def _on_continue(self, asked: Arguments) -> dict[str, Any]:
        self.set_continue()
        self._wire.reason, self._goes_on = "breakpoint", True
        return {"allThreadsContinued": True}

    def _on_next(self, asked: Arguments) -> None:
        assert self.curframe is not None, "an editor steps where the program stands"
        self.set_next(self.curframe)
        self._wire.reason, self._goes_on = "step", True

    def _on_stepIn(self, asked: Arguments) -> None:  # noqa: N802
        self.set_step()
        self._wire.reason, self._goes_on = "step", True

    def _on_stepOut(self, asked: Arguments) -> None:  # noqa: N802
        assert self.curframe is not None, "an editor steps where the program stands"
        self.set_return(self.curframe)
        self._wire.reason, self._goes_on = "step", True


def _parts(value: Any) -> list[tuple[str, Any]]:
    """What a value is made of, by name."""
    if isinstance(value, dict):
        items = [(key if isinstance(key, str) else _text.repr(key), part) for key, part in value.items()]
    elif isinstance(value, (list, tuple, set, frozenset)):
        items = [(str(place), part) for place, part in enumerate(value)]
    else:
        items = list(getattr(value, "__dict__", {}).items()) if not isinstance(value, type) else []
    return items[:_MOST]
