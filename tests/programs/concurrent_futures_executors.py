"""Futures from threads and processes give results, exceptions, callbacks and time-outs: a recorder that wraps a future or its function
changes what a caller sees."""

import concurrent.futures
import os
import threading
import time


def square(number):
    return number * number


def fail():
    raise LookupError("no such home")


def die():
    os._exit(1)


def main():
    with concurrent.futures.ThreadPoolExecutor(2, thread_name_prefix="worker") as executor:
        print(list(executor.map(square, range(8))), executor.submit(lambda: threading.current_thread().name[:7]).result())
        gate = threading.Event()
        running = executor.submit(gate.wait)
        blocker = executor.submit(gate.wait)
        waiting = executor.submit(square, 3)
        print(waiting.cancel(), waiting.cancelled(), running.done())
        try:
            running.result(timeout=0.02)
        except TimeoutError as error:
            print(repr(error))
        called = []
        running.add_done_callback(lambda future: called.append(future is running))
        gate.set()
        done, pending = concurrent.futures.wait([running, blocker])
        print(len(done), len(pending), called, repr(executor.submit(fail).exception()))
    with concurrent.futures.ProcessPoolExecutor(2) as executor:
        futures = [executor.submit(square, number) for number in range(8)]
        print(sorted(future.result() for future in concurrent.futures.as_completed(futures)))
        print(executor.submit(os.getpid).result() != os.getpid(), executor.submit(time.sleep, 0).result())
        print(repr(executor.submit(fail).exception()))
    with concurrent.futures.ProcessPoolExecutor(1) as executor:
        try:
            executor.submit(die).result()
        except concurrent.futures.process.BrokenProcessPool as error:
            print(type(error).__name__, error)
    try:
        executor.submit(square, 1)
    except RuntimeError as error:
        print(type(error).__name__, error)


if __name__ == "__main__":
    main()
