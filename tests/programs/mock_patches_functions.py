"""`unittest.mock` patches recorded functions and classes, with autospec, and takes the patches off again: a recorder's stand-ins must be
patchable and specifiable."""

import os
import socket
import subprocess
import threading
import time
from unittest import mock

with mock.patch("time.time", return_value=5.0) as clock, mock.patch("time.sleep") as nap:
    time.sleep(60)
    print(time.time(), clock.call_count, nap.mock_calls)
with mock.patch.object(socket.socket, "send", autospec=True, return_value=3) as send:
    here, there = socket.socketpair()
    print(here.send(b"abc"), send.call_args.args[1:])
    try:
        here.send()
    except TypeError as error:
        print(error)
    here.close()
    there.close()
with mock.patch("os.kill") as kill:
    os.kill(1, 9)
    print(kill.mock_calls)
with mock.patch("subprocess.Popen", autospec=True) as popen:
    popen.return_value.wait.return_value = 4
    print(subprocess.Popen(["never"]).wait())
spec = mock.create_autospec(threading.Thread)
spec(target=print).start()
print(spec.mock_calls, isinstance(spec(), threading.Thread))
with mock.patch("threading.Thread.start", side_effect=RuntimeError("can't start new thread")):
    try:
        threading.Thread().start()
    except RuntimeError as error:
        print(error)
print("undone", time.time() > 5.0, time.sleep(0))
