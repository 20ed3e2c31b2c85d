"""Each event is at the line that did it."""

from __future__ import annotations

from collections import Counter

from tests.trace.conftest import Record

LINES, THREADS = 300, 6
MANY_LINES_AT_ONCE = f"""
    import sys, threading
    sys.setswitchinterval(1e-6)
    text = "import time\\n" + "time.monotonic()\\n" * {LINES}
    codes = [compile(text, f"part-{{number}}", "exec") for number in range({THREADS})]
    start = threading.Barrier({THREADS})
    def run(code):
        start.wait()
        exec(code, {{}})
    threads = [threading.Thread(target=run, args=(code,)) for code in codes]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
"""


def test_threads_that_come_to_new_lines_at_once_are_each_at_their_own(recorded: Record) -> None:
    reel = recorded(MANY_LINES_AT_ONCE).reel
    sites = [reel.sites[int(reel.site[row])][:2] for row in reel.events.rows("clock.monotonic.read").tolist()]
    seen = Counter((file, line) for file, line in sites if file.startswith("part-"))
    assert len(seen) == LINES * THREADS
    assert set(seen.values()) == {1}
