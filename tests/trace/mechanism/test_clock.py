"""Sleeps and clocks: what was read is kept to the last bit."""

from struct import pack, unpack


def test_a_clock_that_was_read_can_be_given_back_exactly(recorded):
    run = recorded("""
        import time
        print(repr(time.time()), repr(time.monotonic()), repr(time.perf_counter()), time.time_ns())
    """)
    now, monotonic, performance, nanoseconds = run.stdout.split()
    for name, text in (("time", now), ("monotonic", monotonic), ("perf_counter", performance)):
        bits = int(run.reel.b[named(run.reel, f"clock.{name}.read")[-1]])
        assert unpack("d", pack("q", bits))[0] == float(text)
    assert run.reel.b[named(run.reel, "clock.time_ns.read")[-1]] == int(nanoseconds)


def test_a_sleep_says_how_long_it_was_to_be_and_one_that_never_ends_is_pending(recorded):
    run = recorded("""
        import os, signal, threading, time
        time.sleep(0.01)
        threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGKILL)).start()
        time.sleep(1000)
    """)
    first, last = named(run.reel, "clock.sleep")
    assert [unpack("d", pack("q", int(run.reel.a[row])))[0] for row in (first, last)] == [0.01, 1000]
    assert run.reel.end[first] - run.reel.begin[first] >= 10_000_000
    assert run.reel.pending[last]


def test_only_forms_that_read_the_clock_are_recorded(recorded):
    run = recorded("""
        import time
        class Clock:
            now = time.monotonic
        print(Clock().now() > 0, time.localtime(0).tm_year, time.strftime("%Y", time.gmtime(0)), time.ctime(0))
        time.localtime(), time.gmtime(None), time.strftime("%Y"), time.ctime(), time.asctime()
        for wrong in (time.sleep, lambda: time.time(1), lambda: time.sleep(-1), lambda: time.clock_gettime("a")):
            try:
                wrong()
            except (TypeError, ValueError) as error:
                print(type(error), error)
    """)
    assert run.ran == run.bare
    counts = [
        len(named(run.reel, f"clock.{name}.read")) for name in ("local", "utc", "formatted", "text", "fields_as_text")
    ]
    assert counts == [1, 1, 1, 1, 1]


def named(reel, name):
    """The events of one operation, in order."""
    return [row for row in range(len(reel)) if reel.operations[int(reel.op[row])]["name"] == name]
