"""Puts a wrapper in the place of what a program calls. Record and replay each bring their own wrappers.

targets   finds what a row names, and replaces it
imports   does so when a module is first imported
ending    notices the end of the interpreter
frames    tells our own frames from those of the program
tracebacks   keeps them out of the tracebacks that a program prints
sleep     lets functions of a module sleep until one is called
interrupt, streams   the same for the handler of Ctrl-C, for the standard streams
environment, carrying   hides the recorder's variables from the program, hands them on to what it starts
"""
