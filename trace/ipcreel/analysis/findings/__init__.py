"""What is wrong with a run: one module a finding, each a pure function of the events.

finding     what a finding says
deadlocks   rings in the wait-for graph; waits at the end that nobody left could have ended
leftovers   messages never received, signals without a handler's run
ownership   a process that ended while it held a lock
inversions  two locks taken in opposite orders
check       all of them
"""

from ipcreel.analysis.findings.check import check
from ipcreel.analysis.findings.finding import Finding

__all__ = ["Finding", "check"]
