"""What was printed is in the reel as lines, each with who wrote it."""

from __future__ import annotations

import pytest

from ipcreel.reel import columns, open_reel
from tests.trace.conftest import Record

PROGRAM = """
    import os, sys
    from multiprocessing import Process

    def child():
        print("from the child")
        print("half", end="", flush=True)
        print(" a line, <b>and</b> more")
        print("oops", file=sys.stderr)

    if __name__ == "__main__":
        process = Process(target=child, name="child")
        process.start()
        process.join()
        os.write(1, b"one\\ntwo\\nand more")
"""


def test_what_each_lane_wrote_is_joined_and_cut_into_lines(recorded: Record) -> None:
    reel = recorded(PROGRAM).reel
    lines = [(line.lane, line.stream, line.text) for line in reel.console]
    main = reel.lane_name(0)
    written = {
        ("child", "stdout"): ["from the child", "half a line, <b>and</b> more"],
        ("child", "stderr"): ["oops"],
        (main, "stdout"): ["one", "two", "and more"],
    }
    for (lane, stream), texts in written.items():
        assert [line[2] for line in lines if line[:2] == (lane, stream)] == texts
    assert len(lines) == 6
    half = reel.console[[line[2] for line in lines].index("half a line, <b>and</b> more")]
    assert b"half" in reel.payload(half.event)
    assert repr(reel.console[3:4]).splitlines() == [f"1 line of {reel.path.name}", str(reel.console[3])]
    assert "&lt;b&gt;and&lt;/b&gt;" in reel.console._repr_html_()


def test_columns_that_are_read_together_are_those_that_are_read_one_by_one(
    recorded: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = recorded(PROGRAM)
    one_by_one, together = run.reel, open_reel(run.path)
    monkeypatch.setattr(columns, "_AT_ONCE", 7)
    together.read_all()
    for name in ("begin", "end", "pending", "raised", "lane", "op", "object", "site", "a", "b"):
        column, other = getattr(one_by_one, name), getattr(together, name)
        assert column.dtype == other.dtype
        assert column.tolist() == other.tolist()
    spans = together.spans
    assert (len(spans), spans.lane.tolist()) == (len(together), together.lane.tolist())
    assert repr(spans).startswith(f"<Spans: {len(together)} in {len(together.lanes)} lanes, at most ")
