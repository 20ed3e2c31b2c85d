"""The signals that the recorded interpreter found ignored when it started, ignored again."""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]

from ipcreel.replay.watch import WAKE

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


def _nothing(number: int, frame: object) -> None:
    """It has ended a wait: that is all."""
