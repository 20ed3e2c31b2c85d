"""Datagrams and who received them: by what they carry, and by order where several carry the same."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.events import Events
from ipcreel.analysis.joins import AMBIGUOUS, EXACT, Joined

Rows = NDArray[np.int64]

_SENDS = tuple(f"socket.endpoint.{name}" for name in ("send", "sendall", "sendmsg", "sendto"))
_RECEIVES = tuple(
    f"socket.endpoint.{name}" for name in ("recv", "recv_into", "recvmsg", "recvmsg_into", "recvfrom", "recvfrom_into")
)
_KINDS = ("udp.socket", "unix.datagram")
_PEEK = 2


def match(events: Events) -> list[Joined]:
    """Join sends with receives. A broadcast has several; one that was lost on the way is left over."""
    of_kind = np.array([row[0] in _KINDS for row in events.objects], np.bool_)
    out, into = events.rows(*_SENDS), events.rows(*_RECEIVES)
    out, into = out[of_kind[events.object[out]]], into[of_kind[events.object[into]]]
    into = into[events.a[into] & _PEEK == 0]
    sent: dict[tuple[str, bytes], list[int]] = {}
    for row in out.tolist():
        sent.setdefault((_kind(events, row), _carried(events.payload(row))), []).append(row)
    taken: dict[tuple[int, bytes], int] = {}
    cause, effect, certainty = [], [], []
    for row in into.tolist():
        carried = _carried(events.payload(row))
        candidates = sent.get((_kind(events, row), carried), [])
        # Each receiver has had those before already: what several carry alike comes in order, or was lost.
        place = taken.get((int(events.object[row]), carried), 0) if len(candidates) > 1 else 0
        if place < len(candidates) and events.begin_ns[candidates[place]] <= events.end_ns[row]:
            taken[int(events.object[row]), carried] = place + 1
            cause.append(candidates[place])
            effect.append(row)
            certainty.append(EXACT if len(candidates) == 1 else AMBIGUOUS)
    causes, effects = np.array(cause, np.int64), np.array(effect, np.int64)
    left = np.setdiff1d(out, causes), np.setdiff1d(into, effects)
    return [Joined(causes, effects, np.array(certainty, np.uint8), *left)]


def _kind(events: Events, row: int) -> str:
    return str(events.objects[int(events.object[row])][0])


def _carried(payload: object) -> bytes:
    """The bytes alone: a send has the address that it went to beside them, a receive the one that it came from."""
    content = payload[0] if isinstance(payload, list | tuple) and payload else payload
    return bytes(content) if isinstance(content, bytes | bytearray) else b""
