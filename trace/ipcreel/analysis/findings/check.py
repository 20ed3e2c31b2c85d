"""All findings of a run."""

from __future__ import annotations

from collections.abc import Callable

from ipcreel.analysis.findings.deadlocks import find_deadlocks
from ipcreel.analysis.findings.finding import Finding, Run
from ipcreel.analysis.findings.inversions import find_inversions
from ipcreel.analysis.findings.leaks import find_leaks
from ipcreel.analysis.findings.leftovers import find_full_queues, find_lost_signals, find_unreceived_messages
from ipcreel.analysis.findings.ownership import find_locks_of_the_dead
from ipcreel.analysis.findings.phases import find_phase_violations
from ipcreel.analysis.findings.races import find_races
from ipcreel.analysis.findings.wakeups import find_lost_wakeups

CHECKS: tuple[Callable[[Run], list[Finding]], ...] = (
    find_deadlocks,
    find_lost_wakeups,
    find_full_queues,
    find_phase_violations,
    find_races,
    find_inversions,
    find_locks_of_the_dead,
    find_unreceived_messages,
    find_lost_signals,
    find_leaks,
)


def check(run: Run) -> list[Finding]:
    """Everything that is found, in order of time."""
    found = [finding for look in CHECKS for finding in look(run)]
    return sorted(found, key=lambda finding: (finding.at_ns, finding.code))
