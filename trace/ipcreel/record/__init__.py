"""The first reading of the table: call the original and write down the outcome.

bootstrap/   the folder that is put on PYTHONPATH: its sitecustomize starts the recorder in a new interpreter
start        what it calls: opens the tape and installs the mechanisms
forking      what it does around a fork
wrap         a row of the table made into a wrapper that records
progress     a recording in progress, as a series of reels
launch       starts the program that is to be recorded, and waits for it
canary       tells a signal to the whole group from one to the recorder
session      one recording: the directory of its tapes, and the reel made of them
trouble      what a person who records can mend
"""
