"""The ways in which a replay ends: it came to the end of its tape, it diverged, its process exited."""

from __future__ import annotations

import faulthandler
import os
import sys
import traceback
from types import FrameType
from typing import Any, NoReturn

from ipcreel.interpose import environment
from ipcreel.interpose.ending import at_last
from ipcreel.interpose.frames import program_frame
from ipcreel.replay.asking import Asking, RefusedError
from ipcreel.replay.flushing import flush
from ipcreel.replay.reading import Replaying
from ipcreel.replay.script import Script
from ipcreel.tape import process

DIVERGED = 1
_AGREED = 4  # events told of before a divergence
_STDERR = 2
_exit, _write = os._exit, os.write


def _tell(lines: list[str]) -> None:
    """Say it to the person who replays; the program may have closed its own stream."""
    try:
        _write(_STDERR, "".join(f"ipcreel: {line}\n" for line in lines).encode("utf-8", "backslashreplace"))
    except OSError:
        pass


class Ends:
    """Ends the replay, and leaves a note on how it went.

    Attributes:
        reading: what is replayed.
    """

    reading: Replaying

    def __init__(self, script: Script, asking: Asking) -> None:
        self._script = script
        self._asking = asking

    def begin(self) -> None:
        """Say what may make it diverge, before it does, once."""
        if self._other_python and self._script.is_first_run:
            _tell([f"{self._other_python}: where they differ, it may diverge."])

    @property
    def _other_python(self) -> str:
        """Which interpreter ran, and which one replays; empty where it is the same."""
        ran, own = self._script.python, sys.version
        if not ran or ran == own:
            return ""
        short = [version.partition(" ")[0] for version in (ran, own)]
        if short[0] == short[1]:
            return f"it ran on another build of Python {short[0]}"
        return f"it ran on Python {short[0]}, and is replayed on {short[1]}"

    def diverge(self, what: str, sent: dict[str, Any] | None = None) -> NoReturn:
        """The program does what it did not do when it was recorded, or sends something else: say so, and end."""
        here = process.here
        here.inside = True
        if self.reading.has_left:
            self._leave_try([f"{what.rstrip('.')}: here the try ends."], sys._getframe(1))
        self._let_try(here.lane)
        own = self._script.of_lane(here.lane)
        taken = own[: len(own) - len(here.events)]
        note: dict[str, Any] = {
            "what": what,
            "agreed": [event.row for event in taken[-_AGREED:]],
            "sent": sent,
            "python": self._other_python,
        }
        self._asking.note(diverged=note)
        if environment.setting("IPCREEL_DEBUG"):
            faulthandler.dump_traceback(_STDERR)
            traceback.print_exc()
        if self.reading.session is not None:
            self.reading.session.end(self._divergence(note), sys._getframe(1), DIVERGED)
        flush()
        _exit(DIVERGED)

    def _let_try(self, lane: int) -> None:
        """End without a word where another interleaving of the threads may agree: whoever started this run tries it."""
        script, turns = self._script, self.reading.turns
        if lane < 0 and turns.expected is not None:  # nothing moves, or a thread that is not known
            lane = turns.expected.lane
        others = turns.others(lane) if script.seeks else []
        has_stood = self.reading.session is not None and self.reading.session.has_stood
        if not others or has_stood or self._has_changed():
            return
        reached, places = [script.step, turns.reached], [(script.process, place) for place in others]
        self._asking.note(interleavings={"reached": reached, "others": places, "shown": self.reading.shown})
        _exit(DIVERGED)

    def _has_changed(self) -> bool:
        """Whether it is other code that runs: no order of its threads is that of the tape."""
        try:
            return bool(self._asking.ask("changed"))
        except RefusedError:
            return True

    def _divergence(self, note: dict[str, Any]) -> list[str]:
        try:
            first, *rest = self._asking.ask("divergence", note=note)
        except RefusedError as refused:
            return [f"ipcreel: the replay diverged: {note['what']} {refused}"]
        return [f"ipcreel: {first}", *rest]

    def fenced(self, what: str) -> NoReturn:
        """The program does what the tape has no outcome for, and what would be seen outside."""
        self.diverge(f"{what}, and the tape has no such operation; nothing was done.")

    def over(self, reading: Replaying) -> NoReturn:
        """No thread goes any further: say where each of them stands."""
        process.here.inside = True
        if reading.has_left:
            reading.standing.places |= self._waiting()
        places = self._places() or ["the tape ends here: the process was killed while it ran."]
        if reading.trial is not None:
            self._leave_try(places, self._standing_frame(reading))
        if reading.session is not None:
            reading.session.end([f"ipcreel: {place}" for place in places], self._standing_frame(reading))
        self._report(places)
        _exit(0)

    def _leave_try(self, places: list[str], frame: FrameType | None) -> NoReturn:
        """A try goes no further: say where its threads stand, and what was done until then."""
        told = self._note_try(ended=False)
        if self.reading.session is not None:
            self.reading.session.end([f"ipcreel: {line}" for line in [*places, *told]], frame, DIVERGED)
        flush()
        self._report(places)
        _exit(DIVERGED)

    def _note_try(self, ended: bool) -> list[str]:
        """Leave a note on how a try went; in lines, where a person is asked at its end."""
        trial = self.reading.trial
        if trial is None:
            return []
        note = trial.told(ended)
        self._asking.note(tried=note)
        try:
            lines: list[str] = [] if self.reading.session is None else self._asking.ask("tried", note=note)
        except RefusedError:
            lines = []
        return lines

    def _report(self, places: list[str]) -> None:
        _tell(places)
        self._asking.note(replayed=self.reading.replayed, stands=places)

    def differ(self, what: str) -> None:
        """The program writes to its console what it did not write: say so, and go on."""
        _tell([f"the output differs: {what}"])
        self._asking.note(differs=what)

    def at_end(self) -> None:
        """The interpreter ends: when it has done all that it does then, look whether the tape ends there too."""
        self.reading.garbage.is_ending = True
        process.last_module = at_last(self._ended)

    def _ended(self) -> None:
        left = [event for event in self.reading.lanes.left_of_first if not self.reading.garbage.is_let_go(event)]
        if left and self.reading.trial is None and all(map(self.reading.is_shown, left)):
            self.reading.differ(left[-1], b"", self._script.payload(left[-1]))
            left = []
        if left and self.reading.trial is not None:
            self.reading.leave_tape(left[-1], "came to its end", "")
        self._note_try(ended=True)
        if left and self.reading.trial is None and self.reading.session is None:
            following = self._script.describe(left[-1])
            self.diverge(f"{following}: that is what the tape has; the program came to its end.")
        self._report(self._places())

    def _waiting(self) -> dict[int, str]:
        """Where threads are that wait for others of the process, in a try."""
        frames, waiting = sys._current_frames(), {}
        for lane, ident in self.reading.lanes.idents.items():
            frame = program_frame(frames.get(ident))
            if frame is not None and lane not in self.reading.standing.places:
                waiting[lane] = f"it waits at {frame.f_code.co_filename}:{frame.f_lineno}"
        return waiting

    def _places(self) -> list[str]:
        names = self._script.lane_names
        standing = self.reading.standing.places
        return [f"{names.get(lane, lane)} stands: {place}." for lane, place in sorted(standing.items())]

    def _standing_frame(self, reading: Replaying) -> FrameType | None:
        """The frame of a thread that stands; who asks from here on stands in its lane."""
        frames = sys._current_frames()
        for lane, ident in sorted(reading.standing.threads.items()):
            if ident in frames:
                reading.here.lane, reading.here.events = lane, reading.script.lanes.get(lane, [])
                return frames[ident]
        return None

    def leave(self, code: int) -> NoReturn:
        """The process ended here, without the interpreter's own end."""
        told = self._note_try(ended=True)
        if self.reading.session is not None:
            said = [f"ipcreel: the process ended with exit code {code}.", *(f"ipcreel: {line}" for line in told)]
            self.reading.session.end(said, sys._getframe(1), code)
        if self.reading.trial is not None:
            flush()
        _exit(code & 0xFF)

    def at_exit(self) -> None:
        """The interpreter ends by itself, and all that the program wanted to be done then is done.

        Next it collects garbage, and then takes its modules apart.
        """
        self.reading.garbage.is_ending = True
        if self.reading.session is not None:
            told = self._note_try(ended=True)
            self.reading.session.end(["ipcreel: the process came to its end.", *(f"ipcreel: {line}" for line in told)])
