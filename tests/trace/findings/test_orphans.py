"""A process that goes on after its parent is left behind, unless it is a daemon."""

from __future__ import annotations

import pytest

from tests.trace.findings.conftest import codes

PROGRAM = """
    import os, time

    pid = os.fork()
    if not pid:
        {child}
        for _ in range({rounds}):
            time.sleep(0.1)
        os._exit(0)
    {parent}
"""


@pytest.mark.parametrize(
    ("child", "rounds", "parent", "found"),
    [
        ("pass", 6, "pass", ["orphan"]),
        ("os.setsid()", 6, "pass", []),
        ("pass", 6, "os.waitpid(pid, 0)", []),
    ],
)
def test_a_child_outlives_its_parent(recorded, child, rounds, parent, found):
    assert codes(recorded(PROGRAM.format(child=child, rounds=rounds, parent=parent)).reel) == found
