"""The second reading of the table: take the outcome from the tape, and hand it to the program.

plan      which tapes lead from the start of an interpreter to a process, written down for the process to come
script    what the replayed process reads of its tapes
reading   a row of the table made into a wrapper that replays
doing     an operation done as the tape has it
session   where it stops, and what is done there: a report, the debugger, an editor
trial     how a program with changed code goes on where it leaves its tape
fence     what stops a replay from touching the real world
start     begins the replay in a new interpreter
launch    starts that interpreter, and says how it ended
"""
