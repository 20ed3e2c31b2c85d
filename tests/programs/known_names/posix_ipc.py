"""Not the package of that name: nothing in it is of the kind that the package has there."""

import enum

MessageQueue = None
SharedMemory = {"mine": 1}


class Semaphore(enum.Enum):
    acquire = 1  # cannot be assigned to


def unlink_semaphore() -> str:
    return "mine"
