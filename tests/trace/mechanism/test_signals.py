"""Signals: what is set, sent and delivered, and that the program sees none of us."""

import signal
from types import SimpleNamespace

from ipcreel.mechanism import delivery


def test_a_delivery_says_which_instruction_of_the_program_it_interrupted_and_in_which_round_of_its_loop(recorded):
    run = recorded("""
        import os, signal
        seen = []
        def handler(number, frame):
            seen.append(frame.f_locals["rounds"])
        signal.signal(signal.SIGALRM, handler)
        def spin():
            rounds = 0
            signal.setitimer(signal.ITIMER_REAL, 0.02)
            while not seen:
                rounds += 1
        spin()
        print(seen[0])
    """)
    [delivered] = named(run.reel, "signal.delivered")
    assert run.reel.a[delivered] == signal.SIGALRM
    assert run.reel.sites[run.reel.site[delivered]][2] == "spin"
    assert payloads(run.reel, "signal.delivered")[0]["numbers"]["rounds"] == int(run.stdout)


def test_a_signal_may_come_while_another_looks_at_the_variables():
    """The copy of a frame's variables is one for all who look, and the one who comes in between leaves it empty."""

    class Interrupted(dict):
        def get(self, name):
            value = super().get(name)
            self.clear()
            return value

    def program(first, second): ...

    frame = SimpleNamespace(f_code=program.__code__, f_locals=Interrupted(first=1, second=2))
    assert delivery._numbers_in(frame) == {"first": 1}


def test_a_handler_that_sends_another_signal_is_recorded_nested(recorded):
    run = recorded("""
        import os, signal
        order = []
        def first(number, frame):
            order.append("first begins")
            os.kill(os.getpid(), signal.SIGUSR2)
            order.append("first ends")
        signal.signal(signal.SIGUSR1, first)
        signal.signal(signal.SIGUSR2, lambda *_: order.append("second"))
        os.kill(os.getpid(), signal.SIGUSR1)
        print(order)
    """)
    assert run.ran == run.bare
    outer, inner = named(run.reel, "signal.handler.run")
    assert run.reel.begin[outer] < run.reel.begin[inner] <= run.reel.end[inner] < run.reel.end[outer]


def test_a_handler_inherited_over_a_fork_is_recorded_in_the_child(recorded):
    run = recorded("""
        import os, signal, sys
        signal.signal(signal.SIGUSR1, lambda *_: os._exit(5))
        child = os.fork()
        if child == 0:
            signal.raise_signal(signal.SIGUSR1)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    """)
    assert run.ran == run.bare
    [delivered] = named(run.reel, "signal.delivered")
    assert run.reel.processes[run.reel.process[delivered]]["how"] == "fork"


def test_the_program_gets_its_own_handlers_back(recorded):
    run = recorded("""
        import signal
        def handler(number, frame): pass
        print(signal.signal(signal.SIGTERM, handler) is signal.SIG_DFL)
        print(signal.getsignal(signal.SIGTERM) is handler, signal.signal(signal.SIGTERM, signal.SIG_IGN) is handler)
        print(signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT) is signal.default_int_handler)
        for wrong in ((), (1,), (1, 2, 3), (99, handler), (1, "no"), ("a", handler)):
            try:
                signal.signal(*wrong)
            except (TypeError, ValueError) as error:
                print(type(error), error)
    """)
    assert run.ran == run.bare


def test_ctrl_c_prints_the_traceback_that_it_prints_without_us(recorded):
    run = recorded("""
        import os, signal, time, traceback
        def work():
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(5)
        try:
            work()
        except KeyboardInterrupt:
            traceback.print_exc()
        work()
    """)
    assert run.ran == run.bare
    assert len(named(run.reel, "signal.delivered")) == 2


def test_a_process_that_kills_itself_leaves_the_kill_pending(recorded):
    run = recorded("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    assert run.exit == run.bare.exit == -signal.SIGKILL
    [kill] = named(run.reel, "signal.kill")
    assert run.reel.pending[kill]
    assert run.reel.a[kill] == signal.SIGKILL


def test_masks_and_waits_keep_what_they_gave(recorded):
    run = recorded("""
        import os, signal
        print(signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1, signal.SIGUSR2}))
        os.kill(os.getpid(), signal.SIGUSR1)
        print(signal.sigpending(), signal.sigwait([signal.SIGUSR1]))
        os.kill(os.getpid(), signal.SIGUSR2)
        print(signal.sigwaitinfo([signal.SIGUSR2]).si_signo, signal.sigtimedwait([signal.SIGUSR2], 0.001))
        signal.alarm(100)
        print(signal.alarm(0), signal.setitimer(signal.ITIMER_VIRTUAL, 0))
    """)
    assert run.ran == run.bare
    [waited] = named(run.reel, "signal.wait")
    assert run.reel.a[waited] == signal.SIGUSR1
    [informed] = named(run.reel, "signal.wait_info")
    assert payloads(run.reel, "signal.wait_info")[0][0] == run.reel.a[informed] == signal.SIGUSR2


def test_an_interrupt_of_the_main_thread_is_one_that_was_sent(recorded):
    run = recorded("""
        import _thread, signal, threading
        signal.signal(signal.SIGUSR1, lambda number, frame: print("got", number))
        threading.Thread(target=_thread.interrupt_main, args=(signal.SIGUSR1,)).start()
        try:
            _thread.interrupt_main()
        except KeyboardInterrupt:
            print("interrupted")
    """)
    assert run.ran == run.bare
    assert sorted(run.reel.a[named(run.reel, "signal.interrupt_main")]) == [signal.SIGINT, signal.SIGUSR1]


def named(reel, name):
    """The events of one operation, in order."""
    return [row for row in range(len(reel)) if reel.operations[int(reel.op[row])]["name"] == name]


def payloads(reel, name):
    """Their payloads."""
    return [reel.payload(row) for row in named(reel, name)]


def test_a_signal_that_comes_while_a_line_is_written_comes_before_its_handler_is_another_one(recorded):
    ran = recorded("""
        import random, signal
        for _ in range(1000):
            signal.signal(signal.SIGALRM, lambda number, frame: None)
            signal.setitimer(signal.ITIMER_REAL, random.random() * 1e-4)
            print("a line" * 2000, flush=True)
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, signal.SIG_DFL)  # which would end the program
        print("end")
    """)
    assert (ran.stdout.splitlines()[-1], ran.stderr, ran.exit) == ("end", "", 0)
