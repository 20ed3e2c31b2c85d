# exit: 44
"""An exit code beyond a byte is cut by the kernel: a recorder that passes it on as a number may not cut it."""

import os
import sys

child = os.fork()
if child == 0:
    os._exit(513)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
sys.exit(300)
