"""The program replaces itself with `exec`, keeping its pid, children and open descriptors, with and without an environment: a recorder must
begin again in the new one."""

import os
import sys

step = int(sys.argv[1]) if len(sys.argv) > 1 else 0
here = os.path.abspath(__file__)
if step == 0:
    child = os.fork()
    if child == 0:
        os._exit(17)
    descriptor = os.open("notes", os.O_RDWR | os.O_CREAT)
    os.set_inheritable(descriptor, True)
    os.write(descriptor, b"written before")
    print("first", flush=True)
    os.execv(sys.executable, [sys.executable, here, "1", str(os.getpid()), str(child), str(descriptor)])
pid, child, descriptor = map(int, sys.argv[2:5])
if step == 1:
    print("same pid", os.getpid() == pid, "child", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    print("descriptor", os.pread(descriptor, 100, 0), flush=True)
    os.execve(sys.executable, [sys.executable, here, "2", *sys.argv[2:]], {"ONLY": "this"})
print("same pid", os.getpid() == pid, sorted(set(os.environ) - {"LC_CTYPE"}), flush=True)
try:
    os.execvp("no-such-program", ["no-such-program"])
except FileNotFoundError as error:
    print(error, flush=True)
os.execlp("sh", "sh", "-c", "echo last; exit 0")
