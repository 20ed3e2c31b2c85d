"""The model that every reader uses.

model     a reel as columns and tables
contents  what a reel holds, in numbers
select    which events are meant
text      payloads and times as a person reads them
payload   the value behind an event's payload, decoded and never executed
"""

from ipcreel.reel.model import Reel, ReelError, open_reel

__all__ = ["Reel", "ReelError", "open_reel"]
