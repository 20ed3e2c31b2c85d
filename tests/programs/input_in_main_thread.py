# stdin: Ada\n12\nrest of\nthe input
"""`input()` and reads of stdin take what there is, in order, to the end: a recorder of the console must not read ahead, nor flush late."""

import sys

name = input("name? ")
print(f"hello {name}")
print(int(input()) + 1)
print(repr(sys.stdin.readline()), repr(sys.stdin.read()), repr(sys.stdin.read()))
try:
    input("more? ")
except EOFError as error:
    print(error)
print(sys.stdin.isatty(), sys.stdin.fileno(), sys.stdin.encoding, sys.stdin.buffer.closed)
