# exit: 120
"""The program closes its streams, opens others in their place, and cannot flush at the end: a recorder of the console must follow, and
leave exit code 120 alone."""

import os
import sys

print("seen", flush=True)
saved = os.dup(1)
os.close(1)
with open("other", "w") as other:
    print("goes to the file", file=other)
    os.write(other.fileno(), b"number %d\n" % other.fileno())
    print("printed to the file", flush=True)
os.dup2(saved, 1)
with open("other") as other:
    print(sorted(other.read().splitlines()), flush=True)
sys.stderr.close()
try:
    print("lost", file=sys.stderr)
except ValueError as error:
    print(error, flush=True)
read_end, write_end = os.pipe()
os.close(read_end)
os.dup2(write_end, 1)
print("nobody reads this")
