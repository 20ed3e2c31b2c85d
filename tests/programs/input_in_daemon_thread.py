# tty
# when "command? ": type "price\n"
# when "is 0.25": type "unknown\n"
# when "left": type "stop\n"
"""A daemon thread sits in `input()` on the terminal while the main thread works, and is still there at exit: a recorder of the console must
not wait for it, nor take the lock."""

import queue
import sys
import threading

commands = queue.Queue()


def ask():
    prompt = "command? "
    while True:
        commands.put(input(prompt))
        prompt = ""


threading.Thread(target=ask, daemon=True).start()
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
