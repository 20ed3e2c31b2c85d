"""A hundred processes spin on one shared `Value` until the gate opens: a recorder that writes every look, or slows it down by a hundred,
does not come to an end."""

import multiprocessing
import os
import time

PROCESSES = 100
fork = multiprocessing.get_context("fork")


def main():
    gate, total = fork.Value("i", 0), fork.Value("i", 0)
    children = []
    for number in range(PROCESSES):
        child = os.fork()
        if child == 0:
            looks = 0
            while not gate.value:
                looks += 1
                time.sleep(0.002 if looks > 50 else 0)
            with total.get_lock():
                total.value += number
            os._exit(0)
        children.append(child)
    gate.value = 1
    print("codes", {os.waitpid(child, 0)[1] for child in children})
    print("total", total.value, "of", sum(range(PROCESSES)))


if __name__ == "__main__":
    main()
