"""What was so at one moment: pure functions of the events up to it.

waiting   which operation each lane was in, and who holds what it waits for: the wait-for graph
"""

from ipcreel.analysis.state.waiting import WaitForGraph, wait_for

__all__ = ["WaitForGraph", "wait_for"]
