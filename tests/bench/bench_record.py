"""What does recording cost?

For each mechanism a loop of operations is timed from inside: bare, recorded, under VizTracer and under `strace -f`, in
turn, several rounds; the table gives the median of nanoseconds an operation, and what the recorder adds. Then whole
programs, bare and recorded in turn: the market for one tick, which is what a start costs, for a thousand at full speed
and for five hundred of 20 ms, and a program that starts two hundred short Python processes in an environment with no
packages, whose interpreters start fast; memory is found before each of them (`memory.py`). Then one process that does
a million operations as fast as it can: how many a second, how many of them are in the reel, what its memory grew by.

    python tests/bench/bench_record.py [--rounds 5] [--only lock,market] [--markdown]

Aims: 1,500 ns an operation (median over SysV queue, SysV semaphore, socket, thread lock); the market 1.25 × at full
speed and 1.02 × at 20 ms ticks; two hundred processes 1.3 ×; a million events a second with none missing.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from memory import find_memory

PYTHON = sys.executable
_MEMORY_MB = 512

LOOPS = {
    "sysv queue": (
        "import sysv_ipc; q = sysv_ipc.MessageQueue(None, sysv_ipc.IPC_CREX)",
        "q.send(b'x' * 32)",
        "q.receive()",
        "q.remove()",
    ),
    "sysv semaphore": (
        "import sysv_ipc; s = sysv_ipc.Semaphore(None, sysv_ipc.IPC_CREX, initial_value=1)",
        "s.acquire()",
        "s.release()",
        "s.remove()",
    ),
    "socket": ("import socket; l, r = socket.socketpair()", "l.send(b'x' * 32)", "r.recv(64)", "l.close(); r.close()"),
    "thread lock": ("import threading; k = threading.Lock()", "k.acquire()", "k.release()", ""),
    "process lock": ("import multiprocessing as m; k = m.Lock()", "k.acquire()", "k.release()", ""),
    "shared value": ("import multiprocessing as m; v = m.Value('d', lock=False)", "v.value = 1.5", "v.value", ""),
    "pipe": ("import os; r, w = os.pipe()", "os.write(w, b'x' * 32)", "os.read(r, 64)", ""),
    "thread queue": ("import queue; q = queue.Queue()", "q.put(1)", "q.get()", ""),
    "clock": ("import time; f = time.monotonic", "f()", "f()", ""),
}
AIMED_AT = ("sysv queue", "sysv semaphore", "socket", "thread lock")

# Short parts, and the middle one of the faster half: what else runs on the machine falls into few of them.
PROGRAM = """
import sys, time
{setup}
def pairs(n):
    begin = time.perf_counter_ns()
    for _ in range(n):
        {first}
        {second}
    return (time.perf_counter_ns() - begin) / n / 2
pairs(200)
print(sorted(pairs({count}) for _ in range(40))[10])
{teardown}
"""

SPAWN = """
import subprocess, sys
for _ in range(200):
    subprocess.run([sys.executable, "-c", "pass"])
"""

MILLION = """
import threading, time
lock = threading.Lock()
def memory():
    fields = dict(line.split(":", 1) for line in open("/proc/self/status"))
    return int(fields["RssAnon"].split()[0])
def pairs(n):
    for _ in range(n):
        lock.acquire()
        lock.release()
pairs(10_000)
before, begin = memory(), time.perf_counter()
pairs(500_000)
print(1_000_000 / (time.perf_counter() - begin), memory() - before)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="parts of the names of what to measure, with commas between")
    parser.add_argument("--markdown", action="store_true", help="tables for a page")
    arguments = parser.parse_args()
    wanted = [part for part in arguments.only.split(",") if part]
    show = Table(arguments.markdown)
    with tempfile.TemporaryDirectory(prefix="bench-record-") as name:
        folder = Path(name)
        measure_operations(folder, arguments.rounds, wanted, show)
        measure_programs(folder, arguments.rounds, wanted, show)
        if chosen("million", wanted):
            measure_million(folder, arguments.rounds, show)


class Table:
    """Prints rows, aligned for a terminal or as markdown."""

    def __init__(self, markdown: bool) -> None:
        self._markdown = markdown

    def head(self, *cells: str) -> None:
        print()
        self.row(*cells)
        if self._markdown:
            print("|---|" + "---:|" * (len(cells) - 1))

    def row(self, *cells: str) -> None:
        if self._markdown:
            print("| " + " | ".join(cells) + " |", flush=True)
        else:
            print(f"{cells[0]:<26}" + "".join(f"{cell:>19}" for cell in cells[1:]), flush=True)


def tools(folder: Path) -> dict[str, list[str]]:
    """What is put before a command, by the name of the tool."""
    found = {
        "bare": [],
        "recorded": [PYTHON, "-m", "ipcreel", "record", "-q", "--force", "-o", str(folder / "a.reel"), "--"],
        "VizTracer": [PYTHON, "-m", "viztracer", "--quiet", "-o", str(folder / "v.json"), "--"],
    }
    if shutil.which("strace"):
        found["strace -f"] = ["strace", "-f", "-o", "/dev/null"]
    return found


def chosen(name: str, wanted: list[str]) -> bool:
    return not wanted or any(part in name for part in wanted)


def measure_operations(folder: Path, rounds: int, wanted: list[str], show: Table) -> None:
    names = [name for name in LOOPS if chosen(name, wanted)]
    if not names:
        return
    show.head("ns an operation", *tools(folder), "the recorder adds")
    added = {}
    for name in names:
        times: dict[str, list[float]] = {tool: [] for tool in tools(folder)}
        for _ in range(rounds):
            for tool, prefix in tools(folder).items():
                times[tool].append(time_of_loop(folder, name, tool, prefix))
        added[name] = statistics.median(r - b for r, b in zip(times["recorded"], times["bare"], strict=True))
        show.row(name, *(f"{statistics.median(values):,.0f}" for values in times.values()), f"{added[name]:,.0f}")
    if all(name in added for name in AIMED_AT):
        median = statistics.median(added[name] for name in AIMED_AT)
        show.row(f"median of {', '.join(AIMED_AT)}", *("" for _ in tools(folder)), f"{median:,.0f}")


def time_of_loop(folder: Path, name: str, tool: str, prefix: list[str]) -> float:
    setup, first, second, teardown = LOOPS[name]
    count = 10 if tool.startswith("strace") else 250
    values = {"setup": setup, "first": first, "second": second, "teardown": teardown, "count": count}
    program = folder / "loop.py"
    program.write_text(textwrap.dedent(PROGRAM).format(**values))
    command = [str(program)] if tool == "VizTracer" else [PYTHON, str(program)]
    done = subprocess.run([*prefix, *command], capture_output=True, text=True, check=True, cwd=folder)
    return float(done.stdout.split()[-1])


def measure_programs(folder: Path, rounds: int, wanted: list[str], show: Table) -> None:
    (folder / "spawn.py").write_text(SPAWN)
    market = [PYTHON, "-m", "energymarket", "run", "--seed", "7", "--output", "quiet"]
    programs: dict[str, Callable[[], list[str]]] = {
        "market, one tick": lambda: [*market, "--homes", "10", "--ticks", "1", "--tick-seconds", "0"],
        "market, full speed": lambda: [*market, "--homes", "10", "--ticks", "1000", "--tick-seconds", "0"],
        "market, 20 ms ticks": lambda: [*market, "--homes", "10", "--ticks", "500", "--tick-seconds", "0.02"],
        "200 short processes": lambda: [plain_python(folder), str(folder / "spawn.py")],
    }
    if not any(chosen(name, wanted) for name in programs):
        return
    show.head("seconds", "bare", "recorded", "ratio")
    for name, command_of in programs.items():
        if not chosen(name, wanted):
            continue
        command = command_of()
        pairs = [(seconds(command, folder), recorded_seconds(command, folder)) for _ in range(rounds)]
        bare, recorded = (statistics.median(column) for column in zip(*pairs, strict=True))
        ratio = statistics.median(recorded / bare for bare, recorded in pairs)
        show.row(name, f"{bare:.3f}", f"{recorded:.3f}", f"{ratio:.3f}")


def plain_python(folder: Path) -> str:
    """An interpreter with no packages: the paths that some of them add at each start would hide what ours adds."""
    if not (folder / "plain").exists():
        subprocess.run([PYTHON, "-m", "venv", "--without-pip", str(folder / "plain")], check=True)
    return str(folder / "plain" / "bin" / "python")


def seconds(command: list[str], folder: Path) -> float:
    find_memory(_MEMORY_MB)
    begin = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, cwd=folder)
    return time.perf_counter() - begin


def recorded_seconds(command: list[str], folder: Path) -> float:
    """How long the program itself ran while it was recorded: the reel is made once it has ended."""
    from ipcreel.reel import open_reel

    find_memory(_MEMORY_MB)
    subprocess.run([*tools(folder)["recorded"], *command], check=True, capture_output=True, cwd=folder)
    return float(open_reel(folder / "a.reel").run["seconds"])


def measure_million(folder: Path, rounds: int, show: Table) -> None:
    """A million operations of one process, as fast as it can."""
    import numpy as np

    from ipcreel.reel import open_reel

    program = folder / "million.py"
    program.write_text(textwrap.dedent(MILLION))
    rates, grown, missing = [], [], []
    for _ in range(rounds):
        command = [*tools(folder)["recorded"], PYTHON, str(program)]
        done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=folder)
        rate, kilobytes = done.stdout.split()
        reel = open_reel(folder / "a.reel")
        of_lock = [code for code, row in reel.operations.items() if row["name"].startswith("threads.lock.")]
        there = int(np.isin(reel.op, of_lock).sum())
        rates.append(float(rate))
        grown.append(float(kilobytes))
        missing.append(1_020_001 - there)
    show.head("a million operations of a lock", "median")
    show.row("events a second", f"{statistics.median(rates):,.0f}")
    show.row("missing in the reel", f"{max(missing):,}")
    show.row("memory of the process grew by", f"{statistics.median(grown):,.0f} kB")


if __name__ == "__main__":
    main()
