"""The canonical form of a reel."""

from __future__ import annotations

from ipcreel.analysis.behaviour import Behaviour, behaviour
from ipcreel.analysis.roles import Roles, name_roles
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
        lambda row: payload_text(reel.payload(row), 200),
        None if selection is None else select(reel, selection),
    )
