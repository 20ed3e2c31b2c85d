# tty
# when "command? ": type "price\n"
# when "is 0.25": type "unknown\n"
# when "left": type "stop\n"
"""A daemon thread sits in `input()` on the terminal while the main thread works, and is still there at exit: a recorder of the console must
not wait for it, nor take the lock."""

import queue
import sys
import threading
import time

commands = queue.Queue()


def ask():
    prompt = "command? "
    while True:
        commands.put(input(prompt))
        prompt = ""


def reads():
    """Whether the thread sits in `read`: between two of them it could hold what the interpreter needs to end, recorded or not."""
    with open(f"/proc/self/task/{asking.native_id}/syscall") as call:
        return call.read().split()[0] in ("0", "63")


asking = threading.Thread(target=ask, daemon=True)
asking.start()
while True:
    try:
        command = commands.get(timeout=0.01)
    except queue.Empty:
        continue
    if command == "stop":
        break
    if command == "price":
        print("price is 0.25", flush=True)
    else:
        print(f"no {command}, stop is left", flush=True)
print("stopped")
sys.stdout.flush()
while not reads():
    time.sleep(0.001)
