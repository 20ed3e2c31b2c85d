"""The canonical form of a reel."""

from __future__ import annotations

from functools import lru_cache

from ipcreel.analysis.behaviour import behaviour
from ipcreel.analysis.deeds import Behaviour
from ipcreel.analysis.diff import Before
from ipcreel.analysis.order import past
from ipcreel.analysis.roles import Roles, name_roles
from ipcreel.reel.error import ReelError
from ipcreel.reel.model import Reel
from ipcreel.reel.select import Selection, select
from ipcreel.reel.text import payload_text


def roles_of(reel: Reel) -> Roles:
    """What everything in a reel is, in every run of its program."""
    return name_roles(reel.events, reel.process_name, reel.lane_name, len(reel.lanes))


def behaviour_of(reel: Reel, selection: Selection | None = None, roles: Roles | None = None) -> Behaviour:
    """What each role in a reel did, without what was open to scheduling."""
    return behaviour(
        reel.events,
        reel.flows,
        roles or roles_of(reel),
        lambda code: str(reel.operations[code]["name"]) if code in reel.operations else "unknown",
        lambda row: _payload_text(reel, row),
        None if selection is None else select(reel, selection),
    )


def _payload_text(reel: Reel, row: int) -> str:
    try:
        return payload_text(reel.payload(row), 200)
    except ReelError as error:
        reel.note_damage(str(error).removeprefix(f"{reel.path}: "))
        return "(damaged)"


def before(reel: Reel) -> Before:
    """Happens-before of a reel, for many questions about the past of the same events; worked out with the first."""
    frontier = lru_cache(maxsize=256)(lambda row: past(reel.order, row))

    def before(one: int, other: int) -> bool:
        order = reel.order
        if order.lane[one] == order.lane[other]:
            return one < other
        return bool(order.place[one * 2] < frontier(other)[order.lane[one]])

    return before
