"""Bytes of a stream and who received them: TCP, Unix streams, pipes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.events import Events
from ipcreel.analysis.joins import Joined, join_by_range

Rows = NDArray[np.int64]

_PEEK, _OUT_OF_BAND = 2, 1  # flags of a receive, in `a` (recv(2))
SENDS = tuple(f"socket.endpoint.{name}" for name in ("send", "sendall", "sendmsg", "sendfile", "sendto"))
RECEIVES = tuple(
    f"socket.endpoint.{name}" for name in ("recv", "recv_into", "recvmsg", "recvmsg_into", "recvfrom", "recvfrom_into")
)
WRITES = ("pipe.end.write", "pipe.end.writev", "pipe.end.sendfile", "pipe.file.write")
READS = ("pipe.end.read", "pipe.end.readv", "pipe.file.read", "pipe.file.fill", "pipe.file.read_all")
_STREAM_KINDS = ("tcp.socket", "unix.stream")


def match(events: Events) -> list[Joined]:
    """Join sends with receives by the bytes that they share."""
    return [_sockets(events), _pipes(events)]


def _sockets(events: Events) -> Joined:
    peer = connected(events)
    stream = np.array([row[0] in _STREAM_KINDS for row in events.objects], np.bool_)
    out, into = events.rows(*SENDS), events.rows(*RECEIVES)
    out = out[stream[events.object[out]]]
    into = into[stream[events.object[into]] & (events.a[into] & (_PEEK | _OUT_OF_BAND) == 0)]
    # A direction is known by the end that sends; an end whose peer was not recorded has itself, negative, for one.
    in_key = np.where(peer[events.object[into]] > 0, peer[events.object[into]], -events.object[into])
    return join_by_range(
        events.ends(out, events.object[out]), events.ends(into, in_key), _sizes(events, out), _sizes(events, into)
    )


def _pipes(events: Events) -> Joined:
    out, into = events.rows(*WRITES), events.rows(*READS)
    out, into = out[events.object[out] > 0], into[events.object[into] > 0]
    return join_by_range(
        events.ends(out, events.object[out]),
        events.ends(into, events.object[into]),
        _sizes(events, out),
        _sizes(events, into),
    )


def _sizes(events: Events, rows: Rows) -> Rows:
    return np.maximum(events.b[rows], 0)


def connected(events: Events) -> Rows:
    """(objects,) the other end of each connection, 0 where it is not known: `peers`, and the ends of Unix sockets.

    Those that were bound to a path have no pair of addresses; the kernel tells the listener which process called. They
    are taken in order: the k-th connect of a process to a path belongs to the k-th accept of it there, unless two of
    its connects overlapped.
    """
    found = peers(events.objects)
    out = events.rows("socket.endpoint.connect", "socket.endpoint.connect_ex", "connection.client.connect")
    into = events.rows("socket.endpoint.accept", "connection.listener.accept")
    into = into[events.of_kind("unix.stream")[events.object[into]]]
    if not len(out) or not len(into):
        return found
    ends = {key: number for number, (kind, _, key, _) in enumerate(events.objects) if kind == "unix.stream"}
    # A client of multiprocessing is made by its connect, which tells its inode.
    own = [int(events.object[row]) or ends.get(int(events.b[row]), 0) for row in out.tolist()]
    out, caller = out[np.isin(own, list(ends.values()))], dict(zip(out.tolist(), own, strict=True))
    callers: dict[tuple[str, str], list[int]] = {}
    for row in out.tolist():
        pid = events.process_table[int(events.process[row])]["pid"]
        callers.setdefault((_path(events.payload(row)), f"pid {pid}"), []).append(row)
    taken: dict[tuple[str, str], list[int]] = {}
    for row in into.tolist():
        end = ends.get(int(events.b[row]), 0)
        path, _, who = str(events.objects[end][3]).removeprefix("unix ").partition(" ⇄ ")
        taken.setdefault((path, who), []).append(end)
    for key, rows in callers.items():
        overlap = np.any(events.begin_ns[rows[1:]] < np.maximum.accumulate(events.end_ns[rows])[:-1])
        for row, end in zip(rows, taken.get(key, ()), strict=False):
            if end and not overlap:
                found[caller[row]], found[end] = end, caller[row]
    return found


def _path(address: object) -> str:
    """A path as it stands in the name of a socket."""
    text = address.decode("utf-8", "replace") if isinstance(address, bytes) else str(address)
    return "@" + text[1:] if text.startswith("\0") else text


def peers(objects: list[list[object]]) -> Rows:
    """(objects,) the other end of each connection, 0 where it was not recorded.

    The name of an end is `tcp LOCAL ⇄ REMOTE`. An address pair comes again once ports are used again: the ends of one
    pair are joined in the order in which they were first seen.
    """
    found = np.zeros(len(objects), np.int64)
    ends: dict[tuple[str, str], list[int]] = {}
    for number, (kind, _, _, name) in enumerate(objects):
        if kind in _STREAM_KINDS and " ⇄ " in str(name):
            local, _, remote = str(name).partition(" ")[2].partition(" ⇄ ")
            ends.setdefault((local, remote), []).append(number)
    for (local, remote), numbers in ends.items():
        for one, other in zip(numbers, ends.get((remote, local), ()), strict=False):
            found[one] = other
    return found
