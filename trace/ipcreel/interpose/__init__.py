"""Puts a wrapper in the place of what a program calls. Record and replay each bring their own wrappers.

targets   finds what a row names, and replaces it
imports   does so when a module is first imported
ending    notices the end of the interpreter
frames    keeps our own frames out of the tracebacks that a program prints
"""
