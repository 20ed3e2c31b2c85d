"""The tape that one process writes, and the way from tapes to a reel.

layout    where things stand in the two files of a tape
pack      plain values as msgpack, without the msgpack package
writer    what a recorded process writes with
naming    how a process is called that has no name of its own
reader    what a tape holds
growing   tapes that are still being written
merge     the tapes of a run, made into a reel
reel_file where things stand in a reel
part      some events of a reel, as a reel
upgrade   older reels in the form of the newest version
"""
