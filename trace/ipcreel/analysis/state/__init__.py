"""What was so at one moment: pure functions of the events up to it.

states      a run that can be asked for any moment
moment      everything that was so at one
waiting     which operation each lane was in, and who holds what it waits for: the wait-for graph
channels    messages in queues, bytes in connections
semaphores  values, holders
conditions  what a wait on a condition gives back
values      shared values, item by item
intervals   what lasts from one moment to another
running     what changes key by key
"""

from ipcreel.analysis.state.moment import BLOCKED, ENDED, NOT_BEGUN, RUNNING, LaneState, Lock, Moment
from ipcreel.analysis.state.states import States
from ipcreel.analysis.state.waiting import Wait, WaitForGraph, wait_for

__all__ = [
    "BLOCKED",
    "ENDED",
    "NOT_BEGUN",
    "RUNNING",
    "LaneState",
    "Lock",
    "Moment",
    "States",
    "Wait",
    "WaitForGraph",
    "wait_for",
]
