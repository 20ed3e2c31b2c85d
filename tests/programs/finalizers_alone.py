"""What is called for the first time while the interpreter ends: by a finalizer of a global, when most modules are gone."""


class Last:
    def __init__(self, write, clock):
        self.write, self.clock = write, clock

    def __del__(self):
        self.write(1, b"the end\n" if self.clock() > 0 else b"")


def functions():
    import os
    import time

    return os.write, time.monotonic


last = Last(*functions())
