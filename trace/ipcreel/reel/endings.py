"""When each process of a reel ended, and by which signal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ipcreel.analysis.events import Events

_WAITS = ("process.wait", "process.wait_pid", "process.wait_3", "process.wait_4")
_SUBPROCESS_WAITS = ("subprocess.wait", "subprocess.communicate", "subprocess.poll")
_STILL_RUNS = -(2**31)


def process_table(processes: list[dict[str, Any]], run: dict[str, Any], events: Events) -> list[dict[str, int]]:
    """What the analyses know of each process, all of it numbers.

    Args:
        processes, run: as a reel defines them.
        events: the columns, with a table of `pid`, `parent` and `begin_ns`.
    """
    running = set(run.get("still_running") or ())
    table = []
    for process, known in zip(processes, events.process_table, strict=True):
        facts = process["facts"]
        ended_ns = int(facts.get("ended_ns") or 0)
        helps = int("unrecorded" in facts or facts.get("name") == "forkserver")
        more = {"ended_ns": ended_ns, "died_by": 0, "helps": helps, "still_running": int(process["pid"] in running)}
        table.append({**known, **more, "forked": int(process["how"] == "fork"), "ppid": int(process["ppid"])})
    for number in {int(events.process[row]) for row in _own_ends(events)}:
        table[number]["ended_ns"] = table[number]["ended_ns"] or int(events.last_ns[number])
    rows_of: dict[int, list[int]] = {}
    for number, known in enumerate(table):
        rows_of.setdefault(known["pid"], []).append(number)
    for pid, at_ns, signal in _seen_to_end(events):
        for number in rows_of.get(pid, ())[::-1]:
            if table[number]["begin_ns"] <= at_ns:
                killed_ns = _killed_ns(events, pid, signal, at_ns) if signal else 0
                table[number]["ended_ns"] = table[number]["ended_ns"] or max(killed_ns, int(events.last_ns[number]))
                table[number]["died_by"] = signal
                break
    program = rows_of.get(run.get("pid", table[0]["pid"] if table else 0))
    if program and isinstance(run.get("status"), int):
        table[program[-1]]["died_by"] = run["status"] & 0x7F  # the program itself: waitpid(2)
    return table


def _killed_ns(events: Events, pid: int, signal: int, at_ns: int) -> int:
    """When the signal was sent that a process died of; 0 where nobody was seen to. It may have waited for long."""
    kills = events.rows("signal.kill")
    kills = kills[(events.b[kills] == pid) & (events.a[kills] == signal) & (events.begin_ns[kills] <= at_ns)]
    return int(events.begin_ns[kills[-1]]) if len(kills) else 0


def _own_ends(events: Events) -> list[int]:
    """Events after which their process does nothing more of its own."""
    runs = events.rows("mp.process.run", done=False)
    return [*runs[~events.pending[runs]].tolist(), *events.rows("process.exit", done=False).tolist()]


def _seen_to_end(events: Events) -> Iterable[tuple[int, int, int]]:
    """Pid, moment and signal (0: none) of each process that another one saw to have ended."""
    for row in events.rows(*_WAITS).tolist():
        if events.a[row] > 0:
            yield int(events.a[row]), int(events.end_ns[row]), int(events.b[row]) & 0x7F
    for row in events.rows(*_SUBPROCESS_WAITS).tolist():
        if events.b[row] > _STILL_RUNS:
            yield int(events.a[row]), int(events.end_ns[row]), max(-int(events.b[row]), 0)
    for row in events.rows("mp.process.join", "mp.process.exitcode").tolist():
        key = events.objects[int(events.object[row])][2]
        seen = events.b[row] > _STILL_RUNS and (events.op[row] == events.codes["mp.process.join"] or events.a[row] == 1)
        if seen and isinstance(key, list) and isinstance(key[0], int):
            yield key[0], int(events.end_ns[row]), max(-int(events.b[row]), 0)
