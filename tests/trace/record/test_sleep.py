"""Functions that sleep until one of them is called: nobody sees it, and nothing is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from ipcreel.compiled import is_compiled
from ipcreel.reel import Reel

Record = Callable[..., Any]


def operations(reel: Reel) -> Counter[str]:
    return Counter(str(reel.operations[int(code)]["name"]) for code in reel.op)


def faults(reel: Reel) -> list[object]:
    return [process["facts"]["fault"] for process in reel.processes if "fault" in process["facts"]]


@pytest.mark.skipif(not is_compiled, reason="nothing sleeps without the part in C")
def test_only_the_module_of_which_a_function_is_called_wakes(recorded: Record) -> None:
    run = recorded("""
        import gc, os, sys
        def awake():
            kind = sys.modules["ipcreel.interpose.sleep"].Sleeper
            return sorted(one.module.__name__ for one in gc.get_objects() if type(one) is kind and one.install is None)
        before = os.pipe, awake()
        os.pipe()
        print({*awake()} - {*before[1]}, os.pipe is before[0])  # an import, of a sitecustomize say, wakes `_thread`
    """)
    assert run.stdout == "{'os'} True\n"
    assert operations(run.reel)["pipe.end.create"] == 1


def test_what_a_finalizer_calls_first_while_the_interpreter_ends_is_recorded(recorded: Record) -> None:
    run = recorded("""
        class Last:
            def __init__(self, write, clock):
                self.write, self.clock = write, clock
            def __del__(self):
                self.write(1, b"the end" if self.clock() > 0 else b"")
        def functions():
            import os, time
            return os.write, time.monotonic
        last = Last(*functions())
    """)
    assert run.stdout == "the end"
    assert operations(run.reel) == {"console.descriptor.write": 1, "clock.monotonic.read": 1}
    assert faults(run.reel) == []


def test_threads_that_call_one_at_once_and_a_fork_meanwhile_find_all_of_it(recorded: Record) -> None:
    run = recorded("""
        import os, threading, time
        fork, pipe, clock = os.fork, os.pipe, time.monotonic
        together = threading.Barrier(4)
        def call(function):
            together.wait()
            function()
        threads = [threading.Thread(target=call, args=(function,)) for function in (pipe, clock, pipe)]
        for thread in threads:
            thread.start()
        together.wait()
        child = fork()
        if child == 0:
            clock()
            os._exit(5)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        for thread in threads:
            thread.join()
    """)
    assert run.stdout == "5\n"
    assert (run.exit, faults(run.reel)) == (0, [])
    counted = operations(run.reel)
    assert (counted["pipe.end.create"], counted["clock.monotonic.read"], counted["process.fork"]) == (2, 2, 1)


def test_a_handler_that_comes_as_they_wake_runs_and_is_recorded(recorded: Record) -> None:
    run = recorded("""
        import signal, sys
        handled = []  # one handler can come in the middle of another
        def handle(*_):
            handled.append(1)
        signal.signal(signal.SIGALRM, handle)
        signal.setitimer(signal.ITIMER_REAL, 0.00002, 0.0002)
        import os, time
        os.pipe(), time.time(), open("/proc/self/stat").read()
        signal.setitimer(signal.ITIMER_REAL, 0)
        for _ in range(9):
            pass  # the last one comes here at the latest
        print(len(handled))
    """)
    handled = int(run.stdout)
    assert (run.exit, faults(run.reel)) == (0, [])
    assert handled > 0
    counted = operations(run.reel)
    assert counted["signal.handler.run"] == handled
    assert (counted["pipe.end.create"], counted["clock.time.read"], counted["kernel.file.open"]) == (1, 1, 1)
