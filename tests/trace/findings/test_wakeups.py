"""A notification that came between a look and the wait for it is lost."""

from __future__ import annotations

from tests.trace.findings.conftest import codes

TWO_WAITERS = """
    import queue, threading

    condition, other = threading.Condition(), queue.SimpleQueue()
    notified = False

    def early():
        with condition:
            condition.wait()

    def late():
        while not notified:
            pass
        {meanwhile}
        with condition:
            condition.wait()

    waiters = [threading.Thread(target=early), threading.Thread(target=late, name="late", daemon=True)]
    for waiter in waiters:
        waiter.start()
    while not condition._waiters:
        pass
    with condition:
        condition.notify_all()
    notified = True
    waiters[0].join()
    print("hangs", flush=True)
    waiters[1].join()
"""


def test_who_comes_after_a_notification_that_woke_others_has_lost_it(interrupted):
    reel = interrupted(TWO_WAITERS.format(meanwhile="pass"))
    assert codes(reel) == ["lost-wakeup"]
    assert "program.py/late waits on condition" in reel.findings[0].what
    assert "had notified it before it waited: that woke program.py/Thread-1 (early)" in reel.findings[0].what


def test_who_did_something_else_after_it_may_have_looked_again(interrupted):
    assert "lost-wakeup" not in codes(interrupted(TWO_WAITERS.format(meanwhile="other.put(1)")))
