"""A user's own site customisation, which runs at the start of every Python of theirs."""

import atexit
import builtins
import sys

builtins.SITE_NOTE = "set by the user's sitecustomize"
atexit.register(print, "exit function of the user's sitecustomize")
sys.setrecursionlimit(1234)
