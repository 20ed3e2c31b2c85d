# args: fork
# args: spawn
# args: forkserver
"""A Pool runs pickled functions, built-in ones among them, hands back exceptions with the worker's traceback, and ends its workers: a
recorder's functions must pickle by their name."""

import multiprocessing
import os
import sys
import time
from multiprocessing.pool import ThreadPool


def square(number):
    return number * number


def fail(number):
    raise ValueError(f"bad {number}")


def main(method):
    context = multiprocessing.get_context(method)
    with context.Pool(2) as pool:
        print(pool.map(square, range(10)), sum(pool.imap_unordered(square, range(10), chunksize=3)))
        print("getpid", pool.apply(os.getpid) != os.getpid(), "sleep", pool.apply(time.sleep, (0,)))
        print("clock", type(pool.apply_async(time.monotonic).get(30)).__name__, pool.starmap(max, [(1, 2), (4, 3)]))
        try:
            pool.apply(fail, (7,))
        except ValueError as error:
            print(repr(error), str(error.__cause__).strip())
        try:
            pool.apply_async(time.sleep, (3,)).get(0.02)
        except multiprocessing.TimeoutError as error:
            print(repr(error))
        print(pool)
    print(pool, multiprocessing.active_children())
    with ThreadPool(2) as threads:
        print(threads.map(square, range(5)), threads.apply(os.getpid) == os.getpid())


if __name__ == "__main__":
    main(sys.argv[1])
