"""What follows from a reel: pure functions, arrays in and arrays out.

events   the columns that every analysis takes
mechanisms  which mechanism each event belongs to
keys     what belongs together, numbered, sorted, ranked
joins    which cause belongs to which effect: by rank, by byte range, by count
flows    the two ends of each mechanism, joined
order    happens-before, and the cones of an event
clocks   vector clocks
waits    how long each lane lived, waited and ran
spans    each event as it is drawn
stats    where the time of a run went
ticks    where the time of each tick went
critical, contention, lateness  the causal chain that took the time; who waited for a lock; what was sent or taken late
roles, naming, serving  what everything is in every run: its name, by what made it, by the connection that it serves
parts, openness  whose doing an event is; what was open to scheduling
behaviour, deeds, diff  what each role did, as columns and in words; what two runs did otherwise
inside, enclosing  operations inside others
state    everything that was so at one moment
findings what is wrong with a run
"""
