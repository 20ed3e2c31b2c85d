"""Receives from a stream that took two messages at once, or half of one, where the receiver counts messages."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.events import Events
from ipcreel.analysis.findings.finding import Finding, Run
from ipcreel.analysis.flows.match import KINDS
from ipcreel.analysis.flows.streams import connected
from ipcreel.analysis.joins import EXACT
from ipcreel.analysis.keys import each_once, sort_stably

Rows = NDArray[np.int64]

_SENDS = ("socket.endpoint.send", "socket.endpoint.sendall")
_RECEIVES = ("socket.endpoint.recv",)  # what a file or a library reads into its buffer is cut up there
_WHOLE = 3  # receives of just one message, that say that each is taken for one
_PEEK = 2


def find_lost_boundaries(run: Run) -> list[Finding]:
    """Streams whose sends and receives go one to one but for some, and whose receiver takes a receive for a message.

    A stream keeps no boundaries, and most programs know. That one counts receives is inferred from what it does: it
    answers each receive with exactly one send of another length, so that it sends more or fewer answers than it got
    messages; or it goes on receiving after the end, until it has received as often as was sent. Programs that cut what
    they received into messages answer as often as they were asked, and are not told; nor are those that answer nothing
    and wait on; nor what is read through a file (`makefile`), which cuts lines by itself.
    """
    events = run.events
    sends, receives = events.rows(*_SENDS), events.rows(*_RECEIVES)
    receives = receives[events.a[receives] & _PEEK == 0]
    other = connected(events)
    receives = receives[other[events.object[receives]] > 0]
    streams = np.flatnonzero(run.flows.kind == KINDS.index("stream"))
    sent_by, got_by = (_by_object(events, rows) for rows in (sends, receives))
    flows_into = _by_object(events, run.flows.effect[streams])
    found = []
    for end in each_once(events.object[receives]).tolist():
        sent, got = sends[sent_by(int(other[end]))], receives[got_by(end)]
        if not len(sent) or len(each_once(events.lane[got])) != 1:
            continue
        torn = _torn(run, streams[flows_into(end)])
        if len(torn) and _counts_receives(run, sent, got, sends[sent_by(end)], torn):
            found.append(_finding(run, sent, got, torn))
    return found


def _by_object(events: Events, rows: Rows) -> Callable[[int], Rows]:
    """Object → the places of its rows."""
    order = sort_stably(events.object[rows])
    objects = events.object[rows][order]
    return lambda number: order[np.searchsorted(objects, number) : np.searchsorted(objects, number, "right")]


def _torn(run: Run, flows: Rows) -> Rows:
    """Receives that did not take just one message; none where too few did, or where the flows are not certain."""
    events = run.events
    if np.any(run.flows.certainty[flows] != EXACT):
        return np.empty(0, np.int64)
    cause, effect = run.flows.cause[flows], run.flows.effect[flows]
    rows, first, counts = np.unique(effect, return_index=True, return_counts=True)
    whole = (counts == 1) & (events.b[rows] == events.b[cause[first]])
    if whole.sum() < max(_WHOLE, int((~whole).sum())):
        return np.empty(0, np.int64)
    return np.asarray(rows[~whole], np.int64)


def _counts_receives(run: Run, sent: Rows, got: Rows, answers: Rows, torn: Rows) -> bool:
    events = run.events
    data, empty = got[events.b[got] > 0], got[events.b[got] == 0]
    if not len(answers):
        return len(empty) > 1 and len(got) == len(sent) and len(data) < len(sent)
    answers = answers[answers > data[0]]
    place = np.searchsorted(data, answers) - 1
    one_each = len(answers) in (len(data), len(data) - 1) and np.array_equal(place, np.arange(len(answers)))
    if not one_each or len(data) == len(sent):
        return False
    answered = torn[np.isin(torn, data[place])]
    sizes = events.b[answers[np.searchsorted(data, answered)]]
    return bool(np.any(sizes != events.b[answered]))


def _finding(run: Run, sent: Rows, got: Rows, torn: Rows) -> Finding:
    events, flows = run.events, run.flows
    first = int(torn[0])
    causes = flows.cause[flows.effect == first]
    data = got[events.b[got] > 0]
    sender = run.lane_name(int(sent[0]))
    how = f"took {len(causes)} messages at once" if len(causes) > 1 else "took a part of a message"
    return Finding(
        "message-boundary",
        int(events.begin_ns[first]),
        (first, *causes.tolist(), *torn[1:].tolist()),
        f"{run.lane_name(first)} received {len(data)} times on {run.object_name(first)} what {sender} "
        f"sent in {len(sent)} messages: one receive {how}. Inferred.",
        "A stream keeps no boundaries: send the length first, or end each message with a mark and cut at it.",
    )
