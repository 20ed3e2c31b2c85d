"""A program that audits itself sees each of its own operations once, in order, with its arguments: a recorder that does something of its own
with the same functions adds to them."""

import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time

WATCHED = ("socket.", "subprocess.", "os.kill", "os.fork", "os.exec", "os.posix_spawn", "os.system", "os.putenv", "os.unsetenv", "os.remove", "os.truncate")
WATCHED += ("signal.", "fcntl.", "resource.", "os.listdir", "os.scandir", "os.chmod", "os.mkdir", "os.rename", "sys.settrace", "sys.setprofile")
events = []


def hook(event, arguments):
    if event.startswith(WATCHED):
        events.append((event, *(argument for argument in arguments if isinstance(argument, (str, list))), len(arguments)))


sys.addaudithook(hook)
server = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(server.getsockname())
connection, _ = server.accept()
connection.sendall(b"bytes")
client.recv(10)
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
    datagrams.sendto(b"x", server.getsockname())
for thing in (client, connection, server):
    thing.close()
child = os.fork()
if child == 0:
    os._exit(0)
os.waitpid(child, 0)
os.kill(os.getpid(), 0)
os.system("true")
subprocess.run(["true"], check=True)
signal.pthread_kill(threading.get_ident(), 0)
thread = threading.Thread(target=queue.Queue().put, args=(1,))
thread.start()
thread.join()
time.sleep(0)
os.environ["PRICE"] = "1"
for event in events:
    print([part if not isinstance(part, str) or "/" not in part else os.path.basename(part) for part in event])
