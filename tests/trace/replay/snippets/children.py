"""Steps that start a child and wait for it."""

from __future__ import annotations

from tests.trace.replay.snippets.snippet import steps

STEPS = steps(
    """
pid = os.fork()
if pid == 0:
    say("forked", random.random())
    os._exit(7)
say(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
""",
    """
reading, writing = os.pipe()
pid = os.fork()
if pid == 0:
    os.close(reading)
    os.write(writing, str(os.getpid()).encode())
    os._exit(0)
os.close(writing)
say(int(os.read(reading, 100)) == pid, os.read(reading, 1))
os.close(reading)
say(os.waitpid(pid, 0) == (pid, 0))
""",
    """
done = subprocess.run(["/bin/echo", "from", "echo"], capture_output=True, text=True)
say(done.stdout, done.returncode)
""",
    """
child = subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
say(child.communicate(b"to the cat and back"), child.returncode)
""",
    """
said = "import os, sys; sys.stdout.write(f'{os.getpid()} said {os.urandom(2).hex()}' + chr(10))"
child = subprocess.Popen([sys.executable, "-c", said])
say(child.wait())
""",
    """
child = subprocess.Popen(["/bin/sleep", "60"])
say(child.poll())
child.terminate()
say(child.wait())
""",
    """
say(os.system("exit 3") >> 8)
""",
    """
pid = os.posix_spawn("/bin/true", ["true"], os.environ)
say(os.waitpid(pid, 0)[1])
""",
)
