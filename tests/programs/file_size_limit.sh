# loses events
# A process may not write files beyond a kilobyte: a recorder that cannot grow its tape stops recording, the program goes on.
ulimit -f 1
exec python -c '
import socket
here, there = socket.socketpair()
for number in range(2000):
    there.send(b"%d" % number)
    last = here.recv(10)
print("last", last)
try:
    with open("big", "wb") as file:
        file.write(b"x" * 5000)
except OSError as error:
    print(error)
'
