"""A fix is tried on the run that failed: changed code goes on where it leaves its tape, as far as that can answer."""

from __future__ import annotations

from tests.trace.conftest import Record, Recorded
from tests.trace.replay.conftest import replay

GREEDY = """
    import multiprocessing, time
    def add(queue, answers):
        total = 0
        for number in range(3):
            total += queue.get()
        answers.put(total)
        print("sum", total, flush=True)
    if __name__ == "__main__":
        context = multiprocessing.get_context("fork")
        queue, answers = context.SimpleQueue(), context.SimpleQueue()
        child = context.Process(target=add, args=(queue, answers), name="adder", daemon=True)
        child.start()
        for item in (4, 5): queue.put(item)
        while not queue.empty(): time.sleep(0.01)
        child.join(1)  # it hangs by now, and is ended
"""
LOCKS = """
    import threading
    first, second = threading.Lock(), threading.Lock()
    both, held = threading.Barrier(2), threading.Semaphore(0)
    def take(one, other):
        with one:
            both.wait()
            held.release()
            with other: pass
    pairs = [(first, second), (second, first)]
    threads = [threading.Thread(target=take, args=pair, daemon=True) for pair in pairs]
    for thread in threads: thread.start()
    held.acquire()
    held.acquire()
    threads[0].join(1)  # they wait for each other by now
"""
CROSSED = """
    import threading
    locks, took = {name: threading.Lock() for name in "ab"}, {name: threading.Semaphore(0) for name in "ab"}
    def take(one, other):
        with locks[one]:
            took[one].release()
            took[other].acquire(timeout=20)
            with locks[other]: print("took", one, other, flush=True)
    threads = [threading.Thread(target=take, args=pair, daemon=True) for pair in ("ab", "ba")]
    for thread in threads: thread.start()
    for thread in threads: thread.join(0.5)  # they wait for each other by now
"""
TRADE = """
    import threading
    opened, tick = threading.Condition(), 0
    looked, told = threading.Event(), threading.Event()
    def trade():
        if tick < 1:
            looked.set()
            told.wait()
            with opened:
                opened.wait()
        print("traded", flush=True)
    trader = threading.Thread(target=trade, name="trader", daemon=True)
    trader.start()
    looked.wait()
    with opened:
        tick = 1
        opened.notify_all()
    told.set()
    trader.join(1)  # it waits by now, for ever
    print("over", flush=True)
"""
ASKED = """
    import multiprocessing, threading
    def answer(questions, answers):
        while (question := questions.get()) is not None: answers.put(question * 2)
    if __name__ == "__main__":
        context = multiprocessing.get_context("fork")
        questions, answers = context.SimpleQueue(), context.SimpleQueue()
        child = context.Process(target=answer, args=(questions, answers))
        child.start()
        asked, told = [], threading.Event()
        def ask():
            for number in range(3):
                asked.append(number)
                questions.put(number)
        def listen():
            for number in range(3):
                print(answers.get(), len(asked) > number, flush=True)
                told.set()
        threads = [threading.Thread(target=listen), threading.Thread(target=ask)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        questions.put(None)
        child.join()
"""
LEAVES = (
    "asked, told = [], threading.Event()",
    "asked, told, more = [], threading.Event(), threading.Lock().acquire()",
)
"""A change of ASKED after which its threads run freely."""


def changed(ran: Recorded, *changes: tuple[str, str]) -> None:
    """Change the program that was recorded."""
    text = ran.program.read_text()
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    ran.program.write_text(text)


def test_a_fix_that_asks_for_less_comes_to_its_end(recorded: Record) -> None:
    ran = recorded(GREEDY)
    changed(ran, ("range(3)", "range(2)"))
    tried = replay(ran.path, "--process", "adder", "--try")
    assert tried.stdout == "sum 9\n", tried.stderr
    assert "the program did mp.simple_queue.put at" in tried.stderr
    assert "Not on the tape, and taken as done: 1 × mp.simple_queue.put." in tried.stderr
    assert "which never returned in the recorded run." in tried.stderr
    assert "The process came to its end, which the recorded one did not." in tried.stderr
    assert tried.returncode == 0


def test_a_fix_that_needs_what_nobody_sent_ends_there_and_says_so(recorded: Record) -> None:
    ran = recorded(GREEDY)
    changed(ran, ("range(3)", "range(2)"), ("answers.put(total)", "answers.put(answers.get())"))
    tried = replay(ran.path, "--process", "adder", "--try")
    place = f"{ran.program}:7"
    assert f"the tape has no answer for mp.simple_queue.get at {place}: here the try ends." in tried.stderr, (
        tried.stderr
    )
    assert "It did not come to its end." in tried.stderr
    assert tried.returncode == 1


def test_what_is_sent_otherwise_is_said_with_both(recorded: Record) -> None:
    ran = recorded(GREEDY.replace("range(3)", "range(2)"))
    changed(ran, ("total += queue.get()", "total += 2 * queue.get()"))
    tried = replay(ran.path, "--process", "adder", "--try")
    assert "It sends otherwise from event" in tried.stderr, tried.stderr
    assert "the tape has  pickle of 9" in tried.stderr
    assert "it now sends  pickle of 18" in tried.stderr
    assert "did all that its tape has, and nothing else." in tried.stderr
    assert tried.returncode == 0


def test_what_is_not_done_any_more_is_counted(recorded: Record) -> None:
    twice = GREEDY.replace("range(3)", "range(2)").replace("answers.put(total)", "answers.put(0); answers.put(total)")
    ran = recorded(twice)
    changed(ran, ("queue.get()", "0"), ("total += 0", "total += 7"))
    tried = replay(ran.path, "--process", "adder", "--try")
    assert "On the tape, and not done any more: 2 × mp.simple_queue.get." in tried.stderr, tried.stderr
    assert "From there on 2 operations took an outcome from the tape." in tried.stderr
    assert tried.stdout == "sum 14\n"


def test_threads_that_waited_for_each_other_do_not_in_the_right_order(recorded: Record) -> None:
    ran = recorded(LOCKS)
    changed(ran, ("both.wait()", "pass"), ("(second, first)]", "(first, second)]"))
    tried = replay(ran.path, "--process", ran.program.name, "--try")
    assert "The process came to its end" in tried.stderr, tried.stderr
    assert tried.stderr.count("which never returned in the recorded run.") == 2
    assert tried.returncode == 0


def test_a_lock_that_another_thread_holds_is_waited_for_where_the_tape_has_another_lock(recorded: Record) -> None:
    ran = recorded(CROSSED)
    changed(
        ran,
        ("def take(one, other):", "def take(*names):\n    one, other = sorted(names)"),
        ("timeout=20", "timeout=0.1"),
    )
    changed(ran, ("thread.join(0.5)", "thread.join()"))
    tried = replay(ran.path, "--process", ran.program.name, "--try")
    assert tried.stdout == "took a b\ntook a b\n", tried.stderr
    assert "the program did threads.lock.acquire on another object at" in tried.stderr
    assert "The process came to its end" in tried.stderr


def test_a_waker_that_came_too_early_is_not_missed_by_who_looks_under_the_lock(recorded: Record) -> None:
    ran = recorded(TRADE)
    changed(ran, ("opened.wait()", "opened.wait_for(lambda: tick >= 1)"))
    tried = replay(ran.path, "--process", ran.program.name, "--try")
    assert tried.stdout == "traded\nover\n", tried.stderr
    assert "the program did threads.condition.wait_for at" in tried.stderr
    assert "condition program_0.py:3 at program_0.py:10, which never returned in the recorded run." in tried.stderr


def test_code_that_was_not_changed_stands_where_it_stood(recorded: Record) -> None:
    ran = recorded(GREEDY)
    tried = replay(ran.path, "--process", "adder", "--try")
    assert "adder stands: event" in tried.stderr, tried.stderr
    assert "did all that its tape has, and nothing else." in tried.stderr
    assert "It did not come to its end." in tried.stderr
    assert tried.returncode == 1


def test_an_answer_waits_for_the_thread_that_asks_for_it(recorded: Record) -> None:
    ran = recorded(ASKED)
    changed(ran, LEAVES, ("asked.append(number)", "sum(range(2_000_000)); asked.append(number)"))
    tried = replay(ran.path, "--process", ran.program.name, "--try")
    assert tried.stdout == ran.stdout == "0 True\n2 True\n4 True\n", tried.stderr
    assert "The process came to its end." in tried.stderr
    assert "Out of their order" not in tried.stderr


def test_an_answer_that_nobody_asks_for_any_more_comes_and_one_out_of_order_is_counted(recorded: Record) -> None:
    ran = recorded(ASKED)
    changed(ran, LEAVES, ("questions.put(number)", "told.wait()"))
    tried = replay(ran.path, "--process", ran.program.name, "--try")
    assert [line.split()[0] for line in tried.stdout.splitlines()] == ["0", "2", "4"], tried.stderr
    assert "Out of their order on the tape: 1 of them, before" in tried.stderr
    assert "The process came to its end." in tried.stderr
