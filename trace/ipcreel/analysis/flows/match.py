"""All flows of a run, in one table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.events import Events
from ipcreel.analysis.flows import (
    connections,
    datagrams,
    messages,
    processes,
    semaphores,
    signals,
    streams,
    threads,
    values,
    wakes,
)
from ipcreel.analysis.joins import AMBIGUOUS, EXACT, INFERRED, Joined
from ipcreel.analysis.keys import each_once

Rows = NDArray[np.int64]

MATCHERS: dict[str, Callable[[Events], list[Joined]]] = {
    "message": lambda events: [*messages.match(events), *datagrams.match(events)],
    "stream": lambda events: [*streams.match(events), *connections.match(events)],
    "semaphore": semaphores.match,
    "wake": wakes.match,
    "signal": signals.match,
    "value": values.match,
    "thread": threads.match,
    "process": processes.match,
}
KINDS = tuple(MATCHERS)

# Operations that say that they are an end of a flow, and have none: why.
WITHOUT_FLOW = {
    "console.": "what is on the other side of a console's descriptor is not known on the tape",
    "subprocess.pipe.": "likewise: the other end is a descriptor below 3 of a program that may not be Python",
    "futures.future.add_done_callback": "the call of what was added is no operation",
    "signal.pause": "the delivery that ended it is its own event, in the same lane",
}


@dataclass(frozen=True, repr=False)
class Flows:
    """The flows of a run.

    Attributes:
        cause, effect: (m,) rows of events.
        certainty: (m,) u1: joins.EXACT, INFERRED or AMBIGUOUS.
        kind: (m,) u1: place in KINDS.
        cause_left, effect_left: rows of events that found no partner: sent and never received, received from nobody.
    """

    cause: Rows
    effect: Rows
    certainty: NDArray[np.uint8]
    kind: NDArray[np.uint8]
    cause_left: Rows
    effect_left: Rows

    def __len__(self) -> int:
        return len(self.cause)

    def __repr__(self) -> str:
        names = ((EXACT, "exact"), (INFERRED, "inferred"), (AMBIGUOUS, "ambiguous"))
        counts = ", ".join(f"{int((self.certainty == code).sum()):,} {name}" for code, name in names)
        left = f"{len(self.cause_left):,} causes and {len(self.effect_left):,} effects without a partner"
        return f"<Flows: {counts}; {left}>"


def match(events: Events) -> Flows:
    """Match the ends of all mechanisms. Time grows as n log n."""
    joined = [(number, part) for number, kind in enumerate(KINDS) for part in MATCHERS[kind](events)]
    empty = np.empty(0, np.int64)
    return Flows(
        np.concatenate([empty, *(part.cause for _, part in joined)]),
        np.concatenate([empty, *(part.effect for _, part in joined)]),
        np.concatenate([empty.astype(np.uint8), *(part.certainty for _, part in joined)]),
        np.concatenate([empty.astype(np.uint8), *(np.full(len(p.cause), n, np.uint8) for n, p in joined)]),
        each_once(np.concatenate([empty, *(part.cause_left for _, part in joined)])),
        each_once(np.concatenate([empty, *(part.effect_left for _, part in joined)])),
    )
