"""The model that every reader uses.

opening   the file of a reel, or why it cannot be opened
model     a reel as columns and tables
columns   its events, a column each
children  processes that were started and left no tape
contents  what a reel holds, in numbers
moments   the moments of a reel, as a person writes them
selected  a choice of events, to be used from a notebook
table     events as named columns
console   the lines that were written or read
describe  an event in one line
standing  what was so at a moment
notebook  a reel and events as HTML
integrity whether what stands in a reel fits together
select    which events are meant
text      payloads and times as a person reads them
names     how it calls what its columns number
ticks     when the ticks of the recorded program began
installed what other packages add
checks    what is wrong with a run
endings   when each process ended
minimal   the smallest part of a run that still shows a finding
payload   the value behind an event's payload, decoded and never executed
error     what is raised where a reel cannot answer
"""

from ipcreel.reel.error import ReelError
from ipcreel.reel.model import Reel
from ipcreel.reel.opening import open_reel

__all__ = ["Reel", "ReelError", "open_reel"]
