# env: PYTHONPATH={programs}/known_names
"""Imports a module of its own that bears the name of a package that others use for something else."""

import posix_ipc

print(posix_ipc.__doc__)
print(posix_ipc.MessageQueue, posix_ipc.SharedMemory, list(posix_ipc.Semaphore))
print(posix_ipc.unlink_semaphore())
