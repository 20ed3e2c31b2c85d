"""subprocess with its own environment, folder, group, descriptors and functions before exec: a recorder adds to a child's environment, and
must not be seen by doing so."""

import os
import signal
import subprocess
import sys

SHOW = "import os; print(sorted(k for k in os.environ if k not in ('LC_CTYPE', 'PWD')), os.getcwd())"


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


python = sys.executable
print("no environment", run(python, "-c", SHOW, env={}).stdout.strip())
print("its own", run(python, "-c", SHOW, env={"HOME_PRICE": "3", "PATH": "/bin"}, cwd="/").stdout.strip())
print("same", run(python, "-c", "import os; print(sorted(os.environ))").stdout.strip() == str(sorted(os.environ)))
print("own path", run(python, "-c", "import os; print(os.environ['PYTHONPATH'])", env={"PYTHONPATH": "/nowhere"}).stdout.strip())
for flag in ("-I", "-S", "-E", "-s", "-B", "-O", "-u", "-Wignore", "-Xdev"):
    code = "import sys; print(sys.flags.isolated, sys.flags.no_site, sys.flags.optimize, sys.flags.dev_mode)"
    print(flag, run(python, flag, "-c", code).stdout.strip())
print("module", run(python, "-m", "this").stdout.splitlines()[0], run(python, "-", input="print(__name__)").stdout.strip())
print("group", run(python, "-c", "import os; print(os.getpgrp() == os.getpid())", start_new_session=True).stdout.strip())
print("before exec", run(python, "-c", "import os; print(os.getpgrp() == os.getpid())", preexec_fn=os.setpgrp).stdout.strip())
read_end, write_end = os.pipe()
passed = f"import os; os.write({write_end}, b'passed'); print(os.get_inheritable({write_end}))"
print("passed", run(python, "-c", passed, pass_fds=[write_end]).stdout.strip(), os.read(read_end, 10))
print("not passed", run(python, "-c", f"import os; os.write({write_end}, b'x')").returncode)
os.set_inheritable(write_end, True)
print("all", run(python, "-c", passed, close_fds=False).stdout.strip(), os.read(read_end, 10))
print("umask", run(python, "-c", "import os; print(oct(os.umask(0)))", umask=0o27).stdout.strip())
for failing in (lambda: run("no-such-program"), lambda: run(python, cwd="/no-such-folder"), lambda: run(python, preexec_fn=lambda: 1 / 0)):
    try:
        failing()
    except Exception as error:
        print(type(error).__name__, error)
try:
    subprocess.run(["sleep", "60"], timeout=0.05, check=False)
except subprocess.TimeoutExpired as error:
    print(type(error).__name__, error.cmd, error.timeout < 1)
try:
    subprocess.check_output(["sh", "-c", "echo out; exit 6"])
except subprocess.CalledProcessError as error:
    print(error, error.output)
with subprocess.Popen([python, "-c", "import time; time.sleep(60)"]) as process:
    print(process.poll())
    process.send_signal(signal.SIGTERM)
print(process.returncode, process.args[1:], subprocess.getstatusoutput("echo text; exit 2"))
