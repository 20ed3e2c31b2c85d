"""A handler opens a FIFO, which blocks until the other side does: a recorder that defers handlers, or polls, leaves both sides
waiting."""

import os
import signal
import tempfile
import time
from pathlib import Path

with tempfile.TemporaryDirectory() as folder:
    fifo = Path(folder, "answers")
    os.mkfifo(fifo)

    def answer(signum, frame):
        with fifo.open("w") as out:
            out.write(f"answer to {signal.Signals(signum).name}\n")

    signal.signal(signal.SIGUSR1, answer)
    parent = os.getpid()
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        for _ in range(3):
            os.kill(parent, signal.SIGUSR1)
            with fifo.open() as answers:
                os.write(write_end, answers.read().encode())
        os._exit(0)
    while (ended := os.waitpid(child, os.WNOHANG)) == (0, 0):
        time.sleep(0.002)
    print("child", ended[1])
    print(os.read(read_end, 1000).decode(), end="")
