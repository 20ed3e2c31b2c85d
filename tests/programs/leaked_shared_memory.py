"""A program that forgets to unlink shared memory is told so by the resource tracker, a process of its own, at exit: a recorder must
neither add to the list nor silence it."""

import re
import subprocess
import sys

LEAK = """
from multiprocessing.shared_memory import SharedMemory
memory = SharedMemory(create=True, size=10)
print(memory.name, flush=True)
memory.close()
"""
result = subprocess.run([sys.executable, "-c", LEAK], capture_output=True, text=True, check=False)
name = result.stdout.strip()
print(result.returncode, "named", bool(name))
print(re.sub(r"/.*/(?=[a-z_]+\.py)", "", result.stderr.replace(name, "NAME")))
