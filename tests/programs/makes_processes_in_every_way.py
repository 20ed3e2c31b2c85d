"""fork, forkpty, posix_spawn, spawnv, system, popen and a chain of eight forks, with the program's own fork hooks run in order: a recorder
hooks into each of them."""

import os
import pty
import sys

order = []
os.register_at_fork(before=lambda: order.append("before 1"), after_in_parent=lambda: order.append("parent 1"))
os.register_at_fork(before=lambda: order.append("before 2"), after_in_child=lambda: order.append("child 2"))


def exit_code(pid):
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def chain(depth):
    child = os.fork()
    if child == 0:
        os._exit(chain(depth - 1) + 1 if depth else 1)
    return exit_code(child)


child = os.fork()
if child == 0:
    print(order, flush=True)
    os._exit(1)
print(exit_code(child), order)
child, terminal = pty.fork()
if child == 0:
    os.write(1, b"on a terminal %d" % os.isatty(0))
    os._exit(2)
print(os.read(terminal, 100), exit_code(child))
program = [sys.executable, "-c", "import sys; sys.exit(3)"]
print(exit_code(os.posix_spawn(sys.executable, program, os.environ)), exit_code(os.posix_spawnp("sh", ["sh", "-c", "exit 4"], {})))
print(os.spawnv(os.P_WAIT, sys.executable, program), os.spawnle(os.P_WAIT, "/bin/sh", "sh", "-c", "exit $N", {"N": "5"}))
sys.stdout.flush()
print(os.waitstatus_to_exitcode(os.system(f"{sys.executable} -c 'raise SystemExit(6)'")), os.popen("echo popen").read().strip())
print("chain", chain(7), len(order))
