"""What is wrong with a run: one module a finding, each a pure function of the events.

finding     what a finding says
deadlocks   rings in the wait-for graph; waits at the end that nobody left could have ended
wakeups     a waiter that missed its notification
phases      work between the arrival at a barrier and the departure
races       shared values read and written with no order and no lock between
updates     shared values read and written again with no lock over both
locksets    which locks a lane held at each of some events
leftovers   messages never received, queues that are full, signals that share one run of their handler
leaks       kernel objects that were left behind
ownership   a process that ended while it held a lock
inversions  two locks taken in opposite orders
barriers    too few or too many for a barrier; waits at a broken one
handlers    what a signal's handler takes from its own thread; signals that came before their handler
blocking    calls that wait under a lock for which others wait
boundaries  messages that a stream has joined or torn
orphans     processes that outlived their parent
failures    exceptions that left others waiting
outputs     children whose output nobody reads
forks       locks that were held in the parent when a process was forked
pools       tasks of a pool whose worker ended in them
polling     loops that only look
enders      who was alive at a moment, and who could have ended whose wait
endless     waits that nobody left could end, loops that wait for a change that nobody left makes
check       all of them
"""

from ipcreel.analysis.findings.check import check
from ipcreel.analysis.findings.finding import Finding

__all__ = ["Finding", "check"]
