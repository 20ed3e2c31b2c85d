# args: fork
# args: spawn
# args: forkserver
"""Named shared memory is written by a child and unlinked by its maker, with the resource tracker looking on: a recorder that touches the
tracker makes it complain, or hang."""

import multiprocessing
import sys
from multiprocessing.managers import SharedMemoryManager
from multiprocessing.shared_memory import ShareableList, SharedMemory


def fill(name):
    memory = SharedMemory(name)
    memory.buf[:5] = b"child"
    memory.close()


def change(values):
    values[0] += 1
    values[1] = "changed"


def main(method):
    multiprocessing.set_start_method(method)
    memory = SharedMemory(create=True, size=100)
    child = multiprocessing.Process(target=fill, args=(memory.name,))
    child.start()
    child.join()
    print(child.exitcode, bytes(memory.buf[:5]), memory.size >= 100)
    memory.close()
    memory.unlink()
    try:
        SharedMemory(memory.name)
    except FileNotFoundError as error:
        print(type(error).__name__, error.errno)
    with SharedMemoryManager() as manager:
        values = manager.ShareableList([1, "a longer text", 2.5])
        child = multiprocessing.Process(target=change, args=(values,))
        child.start()
        child.join()
        print(child.exitcode, list(values), type(values) is ShareableList)
        values.shm.close()
    print("end", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
