# when "ready": SIGHUP
# exit: SIGHUP
"""An unhandled SIGHUP to the process that the user started ends the program by that signal: a recorder may turn it into an exit code,
or leave the program running."""

import time

print("ready", flush=True)
time.sleep(60)
