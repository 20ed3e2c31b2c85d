"""The arrows from causes to effects, matched without anything having been added to the wire.

match      all of them, in one table
messages   queues: a message and its receive
streams    bytes, and who received them
datagrams  datagrams, and who received them
connections  a connect and its accept
semaphores a release and the acquire that it let through
wakes      what ends a wait: notify, set, the last arrival at a barrier
signals    a kill and the handler's run
values     a write to shared memory and the reads that saw it
threads    start → begin, end → join, submit → run → result
nearest    the last cause before an effect
processes  a fork and the child's first event; the child's last event and the wait that reaped it
"""

from ipcreel.analysis.flows.match import Flows, match

__all__ = ["Flows", "match"]
