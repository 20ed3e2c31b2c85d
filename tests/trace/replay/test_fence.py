"""A replay touches nothing but its scratch directory, and ends with whoever started it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.trace.conftest import Record
from tests.trace.replay.conftest import DEADLINE_S, replay
from tests.trace.replay.outside import seen_outside, traced

EVERYTHING = """
    import os, posix_ipc, signal, socket, subprocess, sysv_ipc, time
    queue = sysv_ipc.MessageQueue(None, sysv_ipc.IPC_CREX)
    gate = sysv_ipc.Semaphore(None, sysv_ipc.IPC_CREX, initial_value=1)
    named = posix_ipc.Semaphore(None, posix_ipc.O_CREX, initial_value=1)
    queue.send("one"); gate.acquire(); named.acquire()
    print(queue.receive(), gate.value, named.value)
    signal.signal(signal.SIGUSR1, lambda number, frame: print("handled"))
    os.kill(os.getpid(), signal.SIGUSR1)
    with socket.create_server(("127.0.0.1", 0)) as server:
        with socket.create_connection(server.getsockname()) as client, server.accept()[0] as other:
            client.sendall(b"hello")
            print(other.recv(5))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as box: box.bind("box"); box.sendto(b"to itself", "box")
    print(subprocess.run(["/bin/echo", "child"], capture_output=True).stdout)
    os.mkdir("folder")
    with open("folder/file", "w") as file: file.write("text")
    os.rename("folder/file", "folder/moved"); os.chmod("folder/moved", 0o600)
    print(sorted(os.listdir("folder")), open("folder/moved").read())
    os.unlink("folder/moved"); os.rmdir("folder"); os.unlink("box")
    shared = f"/dev/shm/ipcreel-test-{os.getpid()}"
    os.mkdir(shared)
    with open(f"{shared}/file", "w") as file: file.write("in memory")
    print(os.listdir(shared), open(f"{shared}/file").read())
    os.unlink(f"{shared}/file"); os.rmdir(shared)
    queue.remove(); gate.remove(); named.unlink()
"""
CHANGES_BY_DESCRIPTOR = """
    import os, shutil
    read = os.open("kept", os.O_RDONLY)
    os.fchmod(read, 0o640)
    os.chmod(read, 0o604)
    with open("written", "w") as file: os.fchmod(file.fileno(), 0o600)
    os.mknod("made")
    shutil.copy2("written", "copied")
    print(oct(os.stat("written").st_mode), os.path.exists("made"))
"""
WAITS = "print('here', flush=True)\nwhile True: pass\n"
REFUSED = (
    "os.kill(1, 0)",
    "os.fork()",
    "socket.create_connection(('127.0.0.1', 9))",
    "os.system('true')",
    "os.chmod('/dev/null', 0o666)",
    "ctypes.CDLL(None).kill(1, 0)",
)
IN_SCRATCH = ("os.unlink('/etc/hostname')", "open('/etc/hostname', 'a').write('no')")


@pytest.mark.strace
def test_nothing_that_others_would_see_is_called(recorded: Record, tmp_path: Path) -> None:
    ran = recorded(EVERYTHING)
    report = tmp_path / "strace"
    replaying = [sys.executable, "-m", "ipcreel", "replay", str(ran.path), "--process", ran.program.name]
    again = subprocess.run(
        [*traced(report), *replaying], capture_output=True, text=True, timeout=DEADLINE_S, check=False
    )
    assert (again.stdout, again.stderr, again.returncode) == (ran.stdout, "", 0)
    calls = report.read_text().splitlines()
    launcher = calls[0].split()[0]
    started = [call for call in calls if "execve(" in call and call.split()[0] != launcher]
    assert len(started) == 1, "the interpreter of the replay, and nothing else"
    assert seen_outside(report) == []
    assert len(calls) > len(started) + 1, "the files of the program were made anew, in the scratch directory"


def test_what_is_open_to_read_is_not_changed_by_its_descriptor(recorded: Record) -> None:
    home = recorded("open('kept', 'w').close()\n").path.parent
    ran = recorded(CHANGES_BY_DESCRIPTOR)
    kept = home / "kept"
    kept.chmod(0o600)
    for name in ("made", "written", "copied"):
        (home / name).unlink()
    again = replay(ran.path)
    assert (again.stdout, again.stderr, again.returncode) == (ran.stdout, "", 0)
    assert kept.stat().st_mode & 0o777 == 0o600
    assert {file.name for file in home.iterdir()} & {"made", "written", "copied"} == set()


def tried(recorded: Record, attempt: str) -> subprocess.CompletedProcess[str]:
    """The replay of a program that now does something more than its tape has."""
    ran = recorded("import ctypes, os, socket, time\ntime.time()\n")
    ran.program.write_text(f"import ctypes, os, socket, time\ntime.time()\n{attempt}\nprint('done')\n")
    return replay(ran.path)


@pytest.mark.parametrize("attempt", REFUSED)
def test_what_the_tape_does_not_have_is_refused(recorded: Record, attempt: str) -> None:
    again = tried(recorded, attempt)
    assert again.returncode == 1
    assert "done" not in again.stdout
    assert "diverged" in again.stderr


@pytest.mark.parametrize("attempt", IN_SCRATCH)
def test_files_of_the_machine_are_not_changed(recorded: Record, attempt: str) -> None:
    before = Path("/etc/hostname").read_bytes()
    tried(recorded, attempt)
    assert Path("/etc/hostname").read_bytes() == before


def test_what_a_program_removed_is_gone_and_what_it_made_is_listed(recorded: Record) -> None:
    ran = recorded("""
        import os, pathlib
        here = pathlib.Path("place")
        here.mkdir()
        for name in ("one", "two", "three"): (here / name).write_text(name)
        (here / "two").unlink()
        (here / "one").rename(here / "four")
        os.symlink("four", here / "link")
        print(sorted(os.listdir(here)), (here / "link").read_text(), (here / "two").exists())
        print(sorted((entry.name, entry.is_symlink(), entry.stat().st_size) for entry in os.scandir(here)))
        os.chdir(here)
        print(os.path.basename(os.getcwd()), open("four").read())
    """)
    subprocess.run(["rm", "-r", ran.program.with_name("place")], check=True)
    again = replay(ran.path)
    assert (again.stdout, again.stderr, again.returncode) == (ran.stdout, "", 0)
    assert not ran.program.with_name("place").exists()


def test_a_file_that_was_there_is_changed_in_the_scratch_directory_only(recorded: Record, tmp_path: Path) -> None:
    (tmp_path / "list").write_text("one\n")
    ran = recorded("""
        with open("list", "a") as file: file.write("two\\n")
        print(open("list").read())
    """)
    (tmp_path / "list").write_text("one\n")
    again = replay(ran.path)
    assert (again.stdout, again.returncode) == (ran.stdout, 0)
    assert (tmp_path / "list").read_text() == "one\n"


def test_what_a_run_left_under_a_name_of_tempfile_is_new_in_its_replay(recorded: Record) -> None:
    ran = recorded("""
        import os, tempfile
        folder = tempfile.mkdtemp(dir=os.getcwd())
        for make in tempfile.mktemp, lambda dir: tempfile.mkstemp(dir=dir)[1]:
            with open(make(dir=folder), "w") as file: file.write("left")
        print(sorted(os.listdir(folder)), os.listdir(folder) == [entry.name for entry in os.scandir(folder)])
        print(os.path.basename(tempfile.mkdtemp(dir=folder)))
    """)
    again = replay(ran.path)
    assert (again.stdout, again.stderr, again.returncode) == (ran.stdout, "", 0)


def test_a_replay_that_stands_still_is_ended_and_says_where(recorded: Record) -> None:
    ran = recorded("import os\nos.getpid()\n")
    ran.program.write_text("import os\nlock = __import__('_thread').allocate_lock()\nlock.acquire()\nlock.acquire()\n")
    again = replay(ran.path)
    assert again.returncode == 1
    assert "diverged" in again.stderr


def test_a_replay_ends_with_whoever_started_it(recorded: Record) -> None:
    ran = recorded(WAITS, options=("--duration", "1"))
    command = [sys.executable, "-m", "ipcreel", "replay", str(ran.path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as launcher:
        assert launcher.stdout is not None
        assert launcher.stdout.readline() == b"here\n"
        replayed = int(Path(f"/proc/{launcher.pid}/task/{launcher.pid}/children").read_text().split()[0])
        launcher.send_signal(signal.SIGKILL)
        assert launcher.stdout.read() == b"", "it is at its end: nobody has the pipe any more"
    give_up = time.monotonic() + DEADLINE_S
    while _runs(replayed):
        assert time.monotonic() < give_up


def _runs(pid: int) -> bool:
    """Whether a process has not ended: one that nobody has waited for is still listed."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False
