"""Threads and processes produce and consume through bounded queues and a semaphore pair: each item arrives once, whoever is slow."""

import multiprocessing
import os
import queue
import threading

ITEMS, PRODUCERS, CONSUMERS = 300, 3, 2


def produce(bank, number):
    for item in range(number, ITEMS, PRODUCERS):
        bank.put(item)


def consume(bank, got):
    while (item := bank.get()) is not None:
        got.append(item)


def with_threads():
    bank, got = queue.Queue(5), []
    producers = [threading.Thread(target=produce, args=(bank, number)) for number in range(PRODUCERS)]
    consumers = [threading.Thread(target=consume, args=(bank, got)) for _ in range(CONSUMERS)]
    for thread in producers + consumers:
        thread.start()
    for thread in producers:
        thread.join()
    for _ in consumers:
        bank.put(None)
    for thread in consumers:
        thread.join()
    return sorted(got) == list(range(ITEMS)), bank.empty()


def with_processes():
    fork = multiprocessing.get_context("fork")
    free, full, turn = fork.Semaphore(5), fork.Semaphore(0), fork.Lock()
    ring, total, taken = fork.RawArray("i", 5), fork.Value("i", 0), fork.Value("i", 0)
    ends = fork.RawArray("i", 2)
    children = []
    for number in range(PRODUCERS + CONSUMERS):
        child = os.fork()
        if child == 0:
            if number < PRODUCERS:
                for item in range(number, ITEMS, PRODUCERS):
                    free.acquire()
                    with turn:
                        ring[ends[0] % 5] = item
                        ends[0] += 1
                    full.release()
            else:
                for _ in range(ITEMS // CONSUMERS):
                    full.acquire()
                    with turn:
                        item = ring[ends[1] % 5]
                        ends[1] += 1
                    free.release()
                    with total.get_lock(), taken:
                        total.value += item
                        taken.value += 1
            os._exit(0)
        children.append(child)
    codes = {os.waitpid(child, 0)[1] for child in children}
    return codes, total.value == sum(range(ITEMS)), taken.value


print(with_threads())
print(with_processes())
