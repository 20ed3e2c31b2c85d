"""Notices that a replay makes no progress: all of its threads sleep, and no event is agreed upon any more.

In a replay nothing has to be waited for, but by a thread for its turn. So when all sleep, a signal is due that hit a
wait of the library's own, or the process hung here, or the replay does something else than the program did.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]
import os
import sys
from _thread import allocate_lock, interrupt_main, start_new_thread
from collections.abc import Iterator
from time import process_time_ns, thread_time_ns
from types import FrameType
from typing import TYPE_CHECKING

from ipcreel.interpose.clibrary import Int, Size, function
from ipcreel.interpose.frames import is_ours
from ipcreel.replay import switching
from ipcreel.replay.standing import forever

if TYPE_CHECKING:
    from ipcreel.replay.reading import Replaying

_LOOK_S = 0.2
_SIGNAL_AFTER, _END_AFTER, _GIVE_UP_AFTER = 4, 6, 30  # looks
_ASLEEP_NS = 500_000  # what is runnable computes more than this from look to look, on a busy machine too
WAKE = _signal.SIGRTMAX - 1  # it ends a wait of the library's, and means nothing
_DEBUGGERS = frozenset(("bdb.py", "pdb.py", "pydevd.py", "debugger.py", "editor.py"))
_kill_thread = function("pthread_kill", Size, Int)  # without an audit event: it is this process that is sent it


class Watch:
    """Looks a few times a second whether anything moves.

    Attributes:
        has_begun: there is a thread that looks, or will be.
    """

    def __init__(self, reading: Replaying) -> None:
        self._reading = reading
        self._seen = -1
        self._still = 0
        self._computed_ns = 0
        self.has_begun = False

    def begin(self) -> None:
        """From here on, in a thread that the program does not see."""
        if not self.has_begun:
            self.has_begun = True
            start_new_thread(self._run, ())

    def _run(self) -> None:
        timer = allocate_lock()
        timer.acquire()
        while True:
            timer.acquire(timeout=_LOOK_S)
            self.look()

    def _all_sleep(self) -> bool:
        """Whether no thread but this one has computed since the last look. No file is opened in order to know: the
        program would get another number for its next one.
        """
        before, self._computed_ns = self._computed_ns, process_time_ns() - thread_time_ns()
        return self._computed_ns - before < _ASLEEP_NS

    def look(self) -> None:
        """See whether anything has moved since the last look, and what is to be done where nothing has."""
        reading = self._reading
        asleep = self._all_sleep()
        if reading.replayed != self._seen:
            switching.take_time()
        elif not asleep:
            switching.hurry()
        was_killed = reading.standing.is_done and not reading.standing.ended  # it may compute for ever
        if reading.replayed != self._seen or not (was_killed or asleep) or self._is_asking:
            self._seen, self._still = reading.replayed, 0
            return
        self._still += 1
        if (
            self._still < _SIGNAL_AFTER
            or reading.standing.held
            or any(map(_is_debugger, sys._current_frames().values()))
        ):
            return
        if reading.trial is not None and reading.trial.order.give_up():
            self._still = 0
        elif self._still == _SIGNAL_AFTER:
            self._deliver()
        elif self._still == _END_AFTER and (reading.standing.is_done or reading.has_left):
            reading.standing.over()
        elif self._still == _END_AFTER and self._pass_by_writes():
            self._still = 0
        elif self._still == _GIVE_UP_AFTER:
            reading.diverge("\n".join(("the replay makes no progress.", *self._threads())))

    def _pass_by_writes(self) -> bool:
        """Leave out what a thread has written on the tape and not here, where it is in a wait of the library's by now.

        The traceback of an interrupted wait has fewer lines here, and behind it the interpreter waits for the threads.
        """
        reading, passed = self._reading, False
        while (event := reading.turns.expected) is not None and reading.is_shown(event):
            left = reading.lanes.left(event.lane)
            if not left or left[-1] is not event:
                break
            left.pop()
            reading.differ(event, b"", reading.script.payload(event))
            reading.turns.complete(event)
            reading.standing.done(event)
            passed = True
        return passed

    @property
    def _is_asking(self) -> bool:
        """Whether a thread waits for what the one who has the reel says."""
        return self._reading.session is not None and self._reading.session.asking.is_waiting

    def _deliver(self) -> None:
        """Let the signal come that a thread is followed for: it came while that thread waited, and so it does now.

        The signal may be blocked, as Ctrl-C is in a replay: another one ends the wait.
        """
        for lane, number in list(self._reading.standing.expecting.items()):
            ident = self._reading.lanes.idents.get(lane)
            if ident is not None:
                interrupt_main(number)  # type: ignore[arg-type]
                _kill_thread(ident, WAKE)

    def _threads(self) -> Iterator[str]:
        """Where each thread is, and what the tape goes on with."""
        reading = self._reading
        frames, names = sys._current_frames(), reading.script.lane_names
        expected = reading.turns.expected
        if expected is not None:
            yield f"Next in the taped order: {reading.script.describe(expected)} of {names[expected.lane]}."
        for lane, ident in sorted(reading.lanes.idents.items()):
            frame = frames.get(ident)
            while frame is not None and is_ours(frame.f_code.co_filename):
                frame = frame.f_back
            place = f"{frame.f_code.co_filename}:{frame.f_lineno}" if frame is not None else "its end"
            yield f"{names.get(lane, lane)} is at {place}."


def _is_debugger(frame: FrameType | None) -> bool:
    """Whether a thread waits for a person; a debugger may also have come to where the thread stands for ever."""
    if frame is not None and frame.f_code is forever.__code__:
        return False
    while frame is not None:
        if os.path.basename(frame.f_code.co_filename) in _DEBUGGERS:
            return True
        frame = frame.f_back
    return False
