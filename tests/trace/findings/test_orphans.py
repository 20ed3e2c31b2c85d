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


# Its parent has most likely ended before the interpreter of the last one is up.
GRANDCHILD = """
    import os, subprocess, sys

    LAST = "import time\\nfor _ in range(6): time.sleep(0.1)\\nprint(0)"
    MIDDLE = f"import os, subprocess, sys; subprocess.Popen([sys.executable, '-c', {{LAST!r}}], {options})"
    middle = subprocess.Popen([sys.executable, "-c", MIDDLE], stdout=subprocess.PIPE)
    middle.wait()
    middle.stdout.read()
"""


@pytest.mark.parametrize(
    ("options", "found"), [("", ["orphan"]), ("start_new_session=True", []), ("preexec_fn=os.setsid", [])]
)
def test_who_starts_a_program_and_ends_at_once_leaves_it_behind_unless_it_gave_it_a_session(recorded, options, found):
    assert codes(recorded(GRANDCHILD.format(options=options)).reel) == found
