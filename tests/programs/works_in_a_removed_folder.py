"""The program changes its folder, and removes it, before it starts processes: a recorder that kept a relative path loses its place."""

import os
import subprocess
import sys
import tempfile

folder = tempfile.mkdtemp()
os.chdir(folder)
os.rmdir(folder)
try:
    os.getcwd()
except FileNotFoundError as error:
    print(error)
child = os.fork()
if child == 0:
    os._exit(3)
print("forked", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
print("ran", subprocess.run([sys.executable, "-c", "print('in nowhere', flush=True)"], check=False, stdout=2).returncode)
os.chdir("/")
print("ran", subprocess.run([sys.executable, "-c", "print('in the root', flush=True)"], check=False, stdout=2).returncode)
