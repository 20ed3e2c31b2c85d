"""Exceptions that a signal's handler raises, at whichever instruction of ours, leave the recorder as it was."""

STORM = """
    import signal, threading

    class Rung(Exception):
        pass

    def ring(*_):
        raise Rung

    def wait_until_it_rings(after):
        barrier = threading.Barrier(1, action=lambda: None)
        try:
            signal.setitimer(signal.ITIMER_REAL, after)
            while True:
                barrier.wait()
        except (Rung, threading.BrokenBarrierError):
            return 1

    signal.signal(signal.SIGALRM, ring)
    print(sum(wait_until_it_rings(0.0001 + round * 0.0000007) for round in range(200)))
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    threading.Event().set()
"""


def test_a_handler_that_raises_anywhere_does_not_stop_the_recording(recorded):
    run = recorded(STORM)

    assert run.stdout == "200\n"
    names = [run.reel.operations[code]["name"] for code in run.reel.op.tolist()]
    assert names.count("threads.event.set") == 1
