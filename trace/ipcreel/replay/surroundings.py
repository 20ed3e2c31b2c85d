"""What a replayed interpreter has around it: signals that are ignored, as they were, and whoever started the replay."""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]
import os

from ipcreel.interpose.clibrary import Int, Size, function
from ipcreel.replay.watch import WAKE

_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)
_prctl, _exit, _getppid = function("prctl", Int, Size), os._exit, os.getppid
_KEPT_AS_THEY_ARE = frozenset((_signal.SIGKILL, _signal.SIGSTOP, _signal.SIGPIPE, _signal.SIGXFSZ, WAKE))


def restore_signals(ignored: list[int] | None) -> None:
    """Ignore the signals that were ignored, and no others. None: the reel does not know."""
    _signal.signal(WAKE, _nothing)
    if ignored is None:
        return
    for number in set(_signal.valid_signals()) - _KEPT_AS_THEY_ARE:
        is_ignored = _signal.getsignal(number) == _signal.SIG_IGN
        if is_ignored != (number in ignored):
            plain = _signal.default_int_handler if number == _signal.SIGINT else _signal.SIG_DFL
            _signal.signal(number, _signal.SIG_IGN if number in ignored else plain)


def end_with(launcher: str) -> None:
    """From here on: when the process that started the replay ends, whatever ends it, the replay does too."""
    _prctl(_DEATH_SIGNAL, _signal.SIGKILL)
    if launcher != str(_getppid()):  # it has ended by now
        _exit(1)


def _nothing(number: int, frame: object) -> None:
    """It has ended a wait: that is all."""
