# A program is started without stdin, stdout and stderr: a recorder's files must not become its standard ones.
python -c '
import os, socket, sys
first = os.open("first", os.O_WRONLY | os.O_CREAT)
here, there = socket.socketpair()
there.send(b"x")
print("to nobody")
os.write(first, b"numbers %d %d %d\n" % (first, here.fileno(), there.fileno()))
os.write(first, b"streams %r %r %r\n" % (sys.stdin, sys.stdout, sys.stderr))
child = os.fork()
if child == 0:
    there.send(b"y")
    print("nobody again")
    os._exit(5)
os.write(first, b"child %d\n" % os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
raise SystemExit("to nobody either")
' <&- >&- 2>&-
echo "exit code $?"
cat first
