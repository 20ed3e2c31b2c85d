"""Memory of a virtual machine, found before what is measured needs it.

A virtual machine gives memory back that nobody has used for some seconds, and each page that its host has to find again
costs the kernel ten times as much as one that is there. Who runs second, or takes little, would not pay for it.
"""

from __future__ import annotations

import subprocess
import sys

_TOUCH = "import sys, numpy; numpy.ones(int(sys.argv[1]) << 20, numpy.uint8)"  # in huge pages, as arrays take it


def find_memory(size_mb: int) -> None:
    """Have the host find so much memory, and free it again."""
    subprocess.run([sys.executable, "-c", _TOUCH, str(size_mb)], check=True)
