"""An operation done as the tape has it: in its turn, with the signals that came within it, to the same outcome."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from ipcreel.mechanism.operation import FENCE, GIVE, Operation
from ipcreel.replay import prompting, running
from ipcreel.replay.outcome import name_of, rebuild
from ipcreel.replay.script import EXIT, Event
from ipcreel.replay.turns import LOCAL

if TYPE_CHECKING:
    from ipcreel.replay.reading import Replaying

    Original = Callable[..., Any]

_WITH_TERMINAL = "process.forkpty"
FORKS = frozenset(("process.fork", _WITH_TERMINAL))
_BECOMES = frozenset(("process.exec", "process.exec_with_environment"))
_WAITS_FOR = "threads.condition.wait_for"
_WAITED = frozenset(("threads.barrier.wait", "threads.condition.wait"))  # see `running.before_waiting`


class Doing:
    """Does the operations of a program for which the tape has an event."""

    def __init__(self, reading: Replaying) -> None:
        self._reading = reading

    def do(self, event: Event, row: Operation, original: Original, args: Any, kwargs: Any) -> Any:
        """Do the operation that an event stands for, in its turn."""
        reading, trial = self._reading, self._reading.trial
        if trial is not None:
            trial.agree(row, event, args, kwargs)
        else:
            reading.handing.compare(row, event, args, kwargs)
        if row.replay == FENCE:
            reading.diverge(f"{reading.script.describe(event)}: {row.name} can be seen, not replayed.")
        if row.name in running.SHOWN and running.shows_later(reading, row, event, original, args, kwargs):
            reading.standing.done(event)
            reading.deliveries.follow(event)
            return running.give(reading, row, event, args, kwargs)
        reading.turns.begin(event)
        reading.here.submitted = event.object
        if row.name == _WAITS_FOR:
            original, args = running.wait_for, (reading, *args)
        in_steps = self._in_steps(row, event, original, args, kwargs)
        if in_steps is not None:
            return in_steps()
        before_waiting = running.before_waiting if trial is None else trial.before_waiting
        resume = before_waiting(reading, event, args) if row.name in _WAITED else None
        leaves_first = row.name == running.BY_DESCRIPTOR and self._encloses_delivery(event)
        if leaves_first and not reading.muted:
            self._wait(event, resume, lambda: running.show(reading, row, event, original, args, kwargs))
        else:
            self._wait(event, resume)
        if trial is not None and trial.begun and row.replay != GIVE and row.mechanism in LOCAL:
            return trial.redo(row, event, original, args, kwargs)
        try:
            if row.replay == GIVE and reading.deliveries.hides(event):
                return None
            return self.outcome(row, event, original, args, kwargs, is_shown=leaves_first)
        finally:
            reading.finish(event)

    def _in_steps(
        self, row: Operation, event: Event, original: Original, args: Any, kwargs: Any
    ) -> Callable[[], Any] | None:
        """What does an operation inside which others are replayed, each by itself; None where it is done at once."""
        enclose = partial(running.enclose, self._reading, event)
        if row.name in FORKS:
            return partial(self._fork_in_steps, event, row) if self._is_around(event, self._following) else None
        if row.name in _WAITED:
            return None
        if row.replay == GIVE:  # it unpickles what it gives, say
            gives = partial(running.give, self._reading, row, event, args, kwargs)
            return partial(enclose, gives, (), {}) if event.end_ns > 0 and self._encloses(event) else None
        does_more = event.end_ns != 0 and not row.semantic and not running.is_special(row)
        return partial(enclose, original, args, kwargs) if does_more or self._encloses(event) else None

    def _wait(
        self, event: Event, resume: Callable[[], object] | None, show: Callable[[], object] | None = None
    ) -> None:
        """Return when an operation's turn to end has come.

        `show` is what it does before signals come, and `resume` what it does at its end, before it returns.
        """
        reading = self._reading
        if reading.script.operations[event.op].is_cause:  # it took effect at its begin: a signal it sent may be here
            reading.turns.wait(event)
            if not self._leads_on(event):
                reading.turns.complete(event)
        if show is not None:
            show()
        try:
            if not self._leads_on(event):  # what came behind a fork came to the parent
                reading.deliveries.deliver_within(event)
            if event.end_ns == 0:
                self._end_or_stand(event)
        except BaseException as error:  # a handler raised, and so the operation ended
            self._in_context(event, error)
            reading.turns.wait(event)
            if resume is not None:
                resume()
            reading.finish(event)
            raise
        reading.turns.wait(event)
        if resume is not None:
            resume()

    def _leads_on(self, event: Event) -> bool:
        """Whether it is the fork by which the path goes on: no other thread of the parent goes any further."""
        script = self._reading.script
        return script.operations[event.op].name in FORKS and event.b == script.child_pid

    def outcome(
        self, row: Operation, event: Event, original: Original, args: Any, kwargs: Any, is_shown: bool = False
    ) -> Any:
        """What an operation comes to whose turn to end has come; `is_shown` where it has written to the console."""
        reading = self._reading
        if event.end_ns < 0:
            running.fail(reading, event, original, args)
            raise self.rebuilt(event)
        if row.name in FORKS:
            return self._fork(event, row)
        if row.replay != GIVE:
            return running.run(reading, row, event, original, args, kwargs)
        if row.name in running.SHOWN and not reading.muted and not is_shown:
            running.show(reading, row, event, original, args, kwargs)
        if row.name == prompting.INPUT:
            prompting.show_line(reading, event)
        return running.give(reading, row, event, args, kwargs)

    def rebuilt(self, event: Event) -> BaseException:
        """The exception that ended an event."""
        reading = self._reading
        payload = reading.script.payload(event)
        error = rebuild(payload)
        if error is None:
            raised = f"{reading.script.describe(event)} raised {payload['raised']}"
            reading.diverge(f"{raised}, which this program does not know.")
        return error

    def _end_or_stand(self, event: Event) -> None:
        reading = self._reading
        name = reading.script.operations[event.op].name
        if name == EXIT:
            reading.leave(event.a)
        if name in _BECOMES:
            reading.leave(0)  # the process went on as another program, which has a tape of its own
        place = f"{reading.script.describe(event)} never returned"
        if name.partition(".")[0] in LOCAL:
            reading.stand_until_left(place)
        else:
            reading.stand(place)

    @property
    def _following(self) -> Event | None:
        """What comes next in the thread that asks."""
        events = self._reading.here.events
        return events[-1] if events else None

    def _encloses(self, event: Event) -> bool:
        """Whether something other than a signal's delivery happened inside it, in its thread."""
        following = self._following
        is_delivery = following is not None and following.op == self._reading.deliveries.code
        return not is_delivery and self._is_around(event, following)

    def _is_around(self, event: Event, following: Event | None) -> bool:
        return following is not None and (event.end_ns == 0 or following.begin_ns < abs(event.end_ns))

    def _encloses_delivery(self, event: Event) -> bool:
        """Whether a signal came inside it, and it was done all the same."""
        following = self._following
        is_delivery = following is not None and following.op == self._reading.deliveries.code
        return following is not None and is_delivery and following.begin_ns < event.end_ns

    def _in_context(self, event: Event, error: BaseException) -> None:
        """Where C raised because a signal came, the handler's exception came on top of that one."""
        if event.end_ns < 0 and self._reading.script.payload(event)["raised"] != name_of(type(error)):
            error.__context__ = self.rebuilt(event)

    def _fork(self, event: Event, row: Operation) -> Any:
        reading = self._reading
        running.without_recording(reading, reading.forks.before, (), {})
        if self._leads_on(event):
            return self._go_on_in_child(row)
        running.without_recording(reading, reading.forks.after_in_parent, (), {})
        return running.give(reading, row, event, (), {})

    def _fork_in_steps(self, event: Event, row: Operation) -> Any:
        """A fork around which hooks of the program did operations, or a signal came: that is on the parent's tape."""
        reading = self._reading
        if self._leads_on(event):
            reading.turns.wait(event)
            reading.turns.complete(event)  # a hook may wait for another thread
            reading.forks.before()
            return self._go_on_in_child(row)

        def fork() -> Any:
            reading.forks.before()
            reading.deliveries.deliver_held(event)
            reading.forks.after_in_parent()
            return running.give(reading, row, event, (), {})

        return running.enclose(reading, event, fork, (), {})

    def _go_on_in_child(self, row: Operation) -> Any:
        reading = self._reading
        reading.script.next_process()
        reading.begin_process()
        reading.forks.after_in_child()
        if row.name == _WITH_TERMINAL:
            reading.streams = tuple(stream and (True, *stream[1:]) for stream in reading.streams)
        return running.in_child(row)
