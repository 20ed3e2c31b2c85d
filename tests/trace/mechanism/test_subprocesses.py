"""A Popen is one operation; its pipes and its end are recorded, and it is the Popen that it was."""


def test_what_goes_through_the_pipes_of_a_child_is_recorded_at_both_ends(recorded):
    run = recorded("""
        import subprocess, sys
        child = subprocess.Popen([sys.executable, "-c", "print(input() * 2)"], stdin=subprocess.PIPE,
                                 stdout=subprocess.PIPE, text=True)
        child.stdin.write("ab\\n")
        child.stdin.close()
        print(child.stdout.read(), child.wait(), type(child.stdout.buffer), type(child.stdin))
    """)
    assert run.ran == run.bare
    [written] = named(run.reel, "subprocess.pipe.write")
    [filled] = named(run.reel, "console.fill")[:1]
    assert run.reel.payload(written) == run.reel.payload(filled) == b"ab\n"
    assert run.reel.object[written] == run.reel.object[filled]
    [read] = [row for row in named(run.reel, "subprocess.pipe.read_all") if run.reel.payload(row)]
    printed = [row for row in named(run.reel, "console.write") if run.reel.object[row] == run.reel.object[read]]
    assert b"".join(run.reel.payload(row) for row in printed) == run.reel.payload(read) == b"abab\n"


def test_the_start_of_a_program_is_one_event_with_its_pid_and_its_end_another(recorded):
    run = recorded("""
        import subprocess
        done = subprocess.run(["sh", "-c", "cat; echo e >&2; exit 3"], input=b"in", capture_output=True)
        print(done)
        child = subprocess.Popen(["sleep", "60"])
        print(child.poll())
        try:
            child.wait(timeout=0.01)
        except subprocess.TimeoutExpired as error:
            print(error)
        child.terminate()
        print(child.wait(), child.poll())
    """)
    assert run.ran == run.bare
    shell, sleep = named(run.reel, "subprocess.start")
    assert run.reel.payload(sleep) == ["sleep", "60"]
    [talk] = named(run.reel, "subprocess.communicate")
    assert run.reel.payload(talk) == [b"in", b"e\n"]
    assert run.reel.a[talk] == run.reel.b[shell]
    assert run.reel.b[named(run.reel, "subprocess.wait")[-1]] == -15
    [kill] = named(run.reel, "signal.kill")
    assert run.reel.b[kill] == run.reel.b[sleep]


def test_a_program_that_is_not_there_raises_what_it_raises_without_us(recorded):
    run = recorded("""
        import subprocess
        for wrong in ((["/nowhere"],), (), (5,), (["x\\0"],)):
            try:
                subprocess.Popen(*wrong)
            except (OSError, TypeError, ValueError) as error:
                print(type(error), error)
        print(subprocess.getoutput("echo out"), subprocess.call("exit 4", shell=True))
        with subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0) as unbuffered:
            unbuffered.stdin.write(b"x")
            print(unbuffered.stdout.read(1), type(unbuffered.stdin).__name__)
    """)
    assert run.ran == run.bare


def named(reel, name):
    """The events of one operation, in order."""
    return [row for row in range(len(reel)) if reel.operations[int(reel.op[row])]["name"] == name]
