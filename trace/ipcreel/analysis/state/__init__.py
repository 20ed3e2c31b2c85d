"""What was so at one moment: pure functions of the events up to it.

moment      everything at once, at any moment
waiting     which operation each lane was in, and who holds what it waits for: the wait-for graph
channels    messages in queues, bytes in connections
semaphores  values, holders
values      shared values, item by item
intervals   what lasts from one moment to another
running     numbers that change, the last of some rows
"""

from ipcreel.analysis.state.moment import BLOCKED, ENDED, NOT_BEGUN, RUNNING, LaneState, Lock, Moment, States
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
