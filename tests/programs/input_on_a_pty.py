# tty
# when "name? ": type "Ada\n"
# when "secret: ": type "hidden\n"
# when "end it ": type "\x04"
"""On a terminal `input()` uses readline, `getpass` turns the echo off, and Ctrl-D ends the input: a recorder that replaces the streams makes
Python leave readline."""

import getpass
import os
import sys
import termios

import readline  # noqa: F401

print("terminal", [stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)], os.get_terminal_size(), os.ttyname(0).startswith("/dev/"))
print("buffering", sys.stdout.line_buffering, sys.stdout.write_through, sys.stderr.line_buffering)
print("hello", input("name? "))
secret = getpass.getpass("secret: ")
print("secret of", len(secret))
print("echo", bool(termios.tcgetattr(0)[3] & termios.ECHO), os.tcgetpgrp(0) == os.getpgrp())
try:
    input("end it ")
except EOFError:
    print("ended")
