"""Processes: begun, ended, waited for, and followed wherever they go."""

import hashlib
import signal

import pytest


def test_a_fork_is_one_event_of_the_parent_with_the_pid_of_the_child(recorded):
    run = recorded("""
        import os
        child = os.fork()
        if child == 0:
            os._exit(7)
        print(os.waitpid(child, 0) == (child, 7 << 8))
    """)
    assert run.ran == run.bare
    [fork] = named(run.reel, "process.fork")
    [exit_] = named(run.reel, "process.exit")
    [wait] = named(run.reel, "process.wait_pid")
    child = run.reel.processes[run.reel.process[exit_]]["pid"]
    assert (run.reel.b[fork], run.reel.a[wait], run.reel.b[wait]) == (child, child, 7 << 8)
    assert run.reel.pending[exit_]
    assert run.reel.a[exit_] == 7


def test_what_a_signal_s_handler_raises_in_a_child_that_was_just_forked_ends_the_child(recorded):
    run = recorded("""
        import os, signal

        def handle(*_):
            raise InterruptedError

        signal.signal(signal.SIGUSR1, handle)
        codes = []
        for _ in range(20):
            try:
                child = os.fork()
                if child == 0:
                    signal.alarm(20)
                    while True:
                        signal.pause()
            except InterruptedError:
                os._exit(7)
            os.kill(child, signal.SIGUSR1)
            codes.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        print(codes)
    """)
    assert (run.stdout, run.stderr, run.exit) == (f"{[7] * 20}\n", "", 0)


def test_signals_are_blocked_after_a_fork_as_they_were_before(recorded):
    run = recorded("""
        import os, signal
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR2})
        child = os.fork()
        if child:
            os.waitpid(child, 0)
        print(signal.pthread_sigmask(signal.SIG_BLOCK, ()))
    """)
    assert run.ran == run.bare
    assert run.stdout == f"{ {signal.SIGUSR2} }\n" * 2


def test_an_exec_stays_pending_and_the_program_it_begins_is_recorded_under_the_same_pid(recorded):
    run = recorded("""
        import os, sys
        os.execv(sys.executable, [sys.executable, "-c", "import os; os.getppid(); print('begun')"])
    """)
    assert run.ran == run.bare
    [exec_] = named(run.reel, "process.exec")
    assert run.reel.pending[exec_]
    first, second = run.reel.processes
    assert first["pid"] == second["pid"]


def test_a_wrong_exec_raises_and_the_program_goes_on(recorded):
    run = recorded("""
        import os
        for wrong in (("/nowhere", ["x"]), ("/nowhere", []), (1,), ()):
            try:
                os.execv(*wrong)
            except (OSError, TypeError, ValueError) as error:
                print(type(error), error)
    """)
    assert run.ran == run.bare


START = {
    "subprocess": "subprocess.run([sys.executable, '-c', CODE], check=True)",
    "subprocess with an empty environment": "subprocess.run([sys.executable, '-c', CODE], check=True, env={})",
    "subprocess after PYTHONPATH was set": "os.environ['PYTHONPATH'] = '/x'; subprocess.run(BEGIN)",
    "subprocess after PYTHONPATH was deleted": "del os.environ['PYTHONPATH']; subprocess.run(BEGIN)",
    "a preexec function": "subprocess.run([sys.executable, '-c', CODE], preexec_fn=lambda: None)",
    "posix_spawn": "os.waitpid(os.posix_spawn(sys.executable, [sys.executable, '-c', CODE], {}), 0)",
    "system": "os.system(f'{sys.executable} -c \"{CODE}\"')",
    "spawnve": "os.spawnve(os.P_WAIT, sys.executable, [sys.executable, '-c', CODE], {'A': 'b'})",
    "execve": "os.execve(sys.executable, [sys.executable, '-c', CODE], {})",
    "a shell": "subprocess.run(f'{sys.executable} -c \"{CODE}\" & wait', shell=True)",
}


@pytest.mark.parametrize("how", START)
def test_what_is_started_is_recorded_and_sees_the_environment_that_it_would_see_without_us(recorded, how):
    run = recorded(f"""
        import os, subprocess, sys
        CODE = "import os, sys; print(sorted(os.environ.items()), sys.path[1:], os.getpid() > 1)"
        BEGIN = [sys.executable, "-c", CODE]
        os.environ["PYTHONPATH"] = "/y"
        {START[how]}
    """)
    assert run.ran == run.bare
    [asked] = named(run.reel, "process.pid.read")
    assert run.reel.processes[run.reel.process[asked]]["argv"][1] == "-c"


def test_each_process_has_a_hash_seed_of_its_own_and_says_which(recorded):
    run = recorded("""
        import subprocess, sys
        code = "import sys; print(hash('x'), sys.flags.hash_randomization)"
        print(len({subprocess.check_output([sys.executable, "-c", code]) for _ in range(4)}))
    """)
    assert run.stdout == run.bare.stdout == "4\n"
    seeds = [process["hash_seed"] for process in run.reel.processes]
    assert len(set(seeds)) == 5
    assert all(int(seed) > 0 for seed in seeds)


def test_a_process_that_ends_by_itself_says_so_and_one_that_is_killed_does_not(recorded):
    run = recorded("""
        import os, signal
        child = os.fork()
        if child == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        os.wait()
    """)
    ended = {process["how"]: "ended_ns" in process["facts"] for process in run.reel.processes}
    assert ended == {"exec": True, "fork": False}


def test_operations_in_the_last_finalizers_of_a_program_do_what_they_do_without_us(recorded):
    run = recorded("""
        import os, sys, time
        class Last:
            def __del__(self, write=os.write, now=time.monotonic, getpid=os.getpid):
                write(2, b"last %d\\n" % (now() > 0 and getpid() > 0))
        cycle = Last(); cycle.itself = cycle
        sys.kept = Last()
        import atexit
        atexit.register(os.write, 1, b"exit hook\\n")
    """)
    assert run.ran == run.bare


def test_what_a_process_knows_of_itself_is_kept(recorded):
    run = recorded("""
        import os
        print(os.getpid(), os.getppid(), os.cpu_count(), sorted(os.sched_getaffinity(0)))
    """)
    words = run.stdout.split()
    assert run.reel.b[named(run.reel, "process.pid.read")[0]] == int(words[0])
    assert run.reel.b[named(run.reel, "process.parent.read")[0]] == int(words[1])
    assert payloads(run.reel, "process.affinity.read")[0] == sorted(payloads(run.reel, "process.affinity.read")[0])


def test_an_argument_vector_longer_than_a_page_or_not_utf_8_is_kept_whole(recorded):
    run = recorded("""
        import os, subprocess, sys
        code = "import sys; print(len(sys.argv[1]))" + "#" * 20000
        subprocess.run([sys.executable, "-c", code, b"\\xff" * 9])
    """)
    assert run.ran == run.bare
    argv = run.reel.processes[1]["argv"]
    assert (len(argv[2]), argv[3]) == (20000 + len("import sys; print(len(sys.argv[1]))"), "\udcff" * 9)


def test_the_files_of_a_program_are_known_by_their_hashes(recorded):
    run = recorded("import os; os.getpid()")
    [source] = [source for source in run.reel.sources if source[0] == str(run.program)]
    assert source[3] == hashlib.sha256(run.program.read_bytes()).hexdigest()


def named(reel, name):
    """The events of one operation, in order."""
    return [row for row in range(len(reel)) if reel.operations[int(reel.op[row])]["name"] == name]


def payloads(reel, name):
    """Their payloads."""
    return [reel.payload(row) for row in named(reel, name)]
