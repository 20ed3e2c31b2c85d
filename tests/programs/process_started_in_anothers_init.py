# args: fork
# args: spawn
"""A Process starts another in its `__init__` and a third in its `run`: a recorder that follows children by depth or by order confuses
them."""

import multiprocessing
import sys

METHOD = sys.argv[1] if len(sys.argv) > 1 else "fork"
context = multiprocessing.get_context(METHOD)


def leaf(connection, word):
    connection.send((word, multiprocessing.current_process().name))
    connection.close()


class Home(context.Process):
    def __init__(self, connection):
        super().__init__(name="home")
        self.connection = connection
        helper = context.Process(target=leaf, args=(connection, "from init"))
        helper.start()
        helper.join()
        self.code = helper.exitcode

    def run(self):
        child = context.Process(target=leaf, args=(self.connection, "from run"), daemon=True)
        child.start()
        child.join()
        self.connection.send((self.name, self.code, child.exitcode, multiprocessing.parent_process().name))
        sys.exit(6)


def main():
    ours, theirs = context.Pipe()
    home = Home(theirs)
    home.start()
    theirs.close()
    for _ in range(3):
        print(ours.recv())
    home.join()
    print(home.exitcode, repr(home).partition(" pid=")[0])


if __name__ == "__main__":
    main()
