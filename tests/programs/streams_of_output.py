"""print, write, writelines, buffers, `os.write`, redirected and replaced streams, encodings and errors keep their order and their type: a
recorder of the console wraps one of them."""

import contextlib
import io
import os
import subprocess
import sys

print("print", end=" ")
sys.stdout.write("write\n")
sys.stdout.writelines(["several ", "at ", "once\n"])
sys.stdout.buffer.write("bytes €\n".encode())
os.write(1, b"by number\n")
print("to stderr", file=sys.stderr)
print("result", sys.stdout.write(""), sys.stdout.buffer.write(b""), sys.stdout.fileno(), sys.stdout.name, sys.stdout.mode)
print(type(sys.stdout), type(sys.stdout.buffer), isinstance(sys.stdout, io.TextIOWrapper), sys.stdout.encoding, sys.stdout.errors)
print(sys.stdout.line_buffering, sys.stdout.write_through, sys.stdout.newlines, sys.stdout.closed, sys.stdout.writable(), print.__name__)
with contextlib.redirect_stdout(io.StringIO()) as kept:
    print("kept")
    help(len)
print("kept", len(kept.getvalue()) > 4, kept.getvalue()[:4])
saved, sys.stdout = sys.stdout, open("file", "w")
print("in a file")
sys.stdout.close()
sys.stdout = saved
print(open("file").read(), end="")
sys.stdout.reconfigure(encoding="ascii", errors="backslashreplace", line_buffering=True)
print("€ in ascii")
for wrong in (lambda: sys.stdout.write(3), lambda: sys.stdout.buffer.write("text"), lambda: print("x", file=3), lambda: sys.stdout.read()):
    try:
        wrong()
    except Exception as error:
        print(type(error).__name__, error)
sys.stdout.flush()
subprocess.run(["sh", "-c", "echo from a shell; echo and its stderr >&2"], check=True)
subprocess.run([sys.executable, "-c", "print('from a child')"], check=True)
child = os.fork()
if child == 0:
    print("from a fork")
    sys.stdout.flush()
    os._exit(0)
os.waitpid(child, 0)
stream = sys.stdout.detach()
stream.write(b"detached\n")
stream.flush()
sys.stdout = io.TextIOWrapper(stream, encoding="utf-8")
print("wrapped again €")
