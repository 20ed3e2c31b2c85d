"""Ten megabytes are printed by the program and its children, in lines of every length: a recorder of the console must neither lose nor
reorder a byte, nor keep it all in memory."""

import os
import sys

LINES = 60_000

for number in range(LINES):
    print(f"{number} " + "price " * (number % 40))
sys.stdout.flush()
for name in ("first", "second"):
    child = os.fork()
    if child == 0:
        for number in range(2000):
            print(name, number, "x" * 500)
        sys.stdout.flush()
        os._exit(0)
    os.waitpid(child, 0)
sys.stdout.buffer.write(bytes(range(256)) * 4000)
print("end", file=sys.stderr)
