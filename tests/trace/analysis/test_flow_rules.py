"""Every operation that says that it is an end of a flow has a rule that asks for it, or a reason why there is none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from ipcreel.analysis.events import Events
from ipcreel.analysis.flows.match import WITHOUT_FLOW, match
from ipcreel.mechanism import all_operations


class Asked(Mapping[str, int]):
    """Codes of operations, none of them known, that remembers which were asked for."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def __contains__(self, name: object) -> bool:
        self.names.add(str(name))
        return False

    def __getitem__(self, name: str) -> int:
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def asked_for() -> set[str]:
    none, no = np.empty(0, np.int64), np.empty(0, np.bool_)
    codes = Asked()
    match(
        Events(
            none, none, no, no, none, none, none, none, none, none, none, codes,
            lambda rows: none, lambda row: None, [], [["", False, None, ""]],
        )
    )  # fmt: skip
    return codes.names


def test_every_end_of_a_flow_has_a_rule_or_a_reason():
    ends = {str(row["name"]) for row in all_operations() if row["flow"]}
    without = {name for name in ends - asked_for() if not name.startswith(tuple(WITHOUT_FLOW))}
    assert without == set()


def test_what_has_a_reason_has_no_rule():
    assert [name for name in asked_for() if name.startswith(tuple(WITHOUT_FLOW))] == []
