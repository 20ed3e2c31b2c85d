"""All findings of a run."""

from __future__ import annotations

from collections.abc import Callable

from ipcreel.analysis.findings.barriers import find_barrier_misuse
from ipcreel.analysis.findings.blocking import find_blocking_under_locks
from ipcreel.analysis.findings.boundaries import find_lost_boundaries
from ipcreel.analysis.findings.deadlocks import find_deadlocks
from ipcreel.analysis.findings.endless import find_endless_waits
from ipcreel.analysis.findings.failures import find_failures_that_others_waited_for
from ipcreel.analysis.findings.finding import Finding, Run
from ipcreel.analysis.findings.handlers import find_locks_taken_by_handlers, find_signals_before_their_handler
from ipcreel.analysis.findings.inversions import find_inversions
from ipcreel.analysis.findings.leaks import find_leaks
from ipcreel.analysis.findings.leftovers import find_full_queues, find_lost_signals, find_unreceived_messages
from ipcreel.analysis.findings.orphans import find_orphans
from ipcreel.analysis.findings.outputs import find_unread_outputs
from ipcreel.analysis.findings.ownership import find_locks_of_the_dead
from ipcreel.analysis.findings.phases import find_phase_violations
from ipcreel.analysis.findings.polling import find_spins_that_were_ended
from ipcreel.analysis.findings.pools import find_tasks_of_ended_workers
from ipcreel.analysis.findings.races import find_races
from ipcreel.analysis.findings.updates import find_lost_updates
from ipcreel.analysis.findings.wakeups import find_lost_wakeups

CHECKS: tuple[Callable[[Run], list[Finding]], ...] = (
    find_deadlocks,
    find_unread_outputs,
    find_lost_wakeups,
    find_full_queues,
    find_phase_violations,
    find_races,
    find_lost_updates,
    find_inversions,
    find_locks_of_the_dead,
    find_unreceived_messages,
    find_lost_signals,
    find_leaks,
    find_barrier_misuse,
    find_locks_taken_by_handlers,
    find_signals_before_their_handler,
    find_blocking_under_locks,
    find_lost_boundaries,
    find_orphans,
    find_failures_that_others_waited_for,
    find_tasks_of_ended_workers,
    find_spins_that_were_ended,
)


def check(run: Run) -> list[Finding]:
    """Everything that is found, in order of time.

    Waits without end come last: what hangs because of something that was told already is not told again.
    """
    found = [finding for look in CHECKS for finding in look(run)]
    found += find_endless_waits(run, frozenset(row for finding in found for row in finding.events))
    return sorted(found, key=lambda finding: (finding.at_ns, finding.code))
