"""What follows from a reel: pure functions, arrays in and arrays out.

events   the columns that every analysis takes
mechanisms  which mechanism each event belongs to
keys     what belongs together, numbered, sorted, ranked
joins    which cause belongs to which effect: by rank, by byte range, by count
flows    the two ends of each mechanism, joined
order    happens-before, and the cones of an event
clocks   vector clocks
waits    how long each lane lived, waited and ran
stats    where the time of a run went
ticks    where the time of each tick went
"""
