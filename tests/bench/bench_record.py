"""What does recording cost?

For each mechanism a loop of operations is timed from inside: bare, recorded, under VizTracer and under `strace -f`, in
turn, several rounds; the table gives the median of nanoseconds an operation, and what each tool adds. Then whole
programs: the market at full speed and at 20 ms ticks, two hundred short Python processes, and a million events.

    python tests/bench/bench_record.py [--rounds 5] [--only lock,spawn]
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
from pathlib import Path

PYTHON = sys.executable

LOOPS = {
    "sysv.queue.send": (
        "import sysv_ipc; q = sysv_ipc.MessageQueue(None, sysv_ipc.IPC_CREX)",
        "q.send(b'x' * 32)",
        "q.receive()",
        "q.remove()",
    ),
    "sysv.semaphore": (
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
print(min(pairs({count}) for _ in range(5)))
{teardown}
"""

SPAWN = """
import subprocess, sys
for _ in range(200):
    subprocess.run([sys.executable, "-c", "pass"])
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="parts of the names of what to measure, with commas between")
    arguments = parser.parse_args()
    wanted = [part for part in arguments.only.split(",") if part]
    with tempfile.TemporaryDirectory(prefix="bench-record-") as folder:
        measure_operations(Path(folder), arguments.rounds, wanted)
        measure_programs(Path(folder), arguments.rounds, wanted)


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


def measure_operations(folder: Path, rounds: int, wanted: list[str]) -> None:
    print(f"{'ns an operation':<18}" + "".join(f"{tool:>12}" for tool in tools(folder)) + "   the recorder adds")
    for name, (setup, first, second, teardown) in LOOPS.items():
        if not chosen(name, wanted):
            continue
        program = folder / "loop.py"
        times: dict[str, list[float]] = {tool: [] for tool in tools(folder)}
        for _ in range(rounds):
            for tool, prefix in tools(folder).items():
                count = 300 if tool.startswith("strace") else 4000
                values = {"setup": setup, "first": first, "second": second, "teardown": teardown, "count": count}
                program.write_text(textwrap.dedent(PROGRAM).format(**values))
                command = [str(program)] if tool == "VizTracer" else [PYTHON, str(program)]
                done = subprocess.run([*prefix, *command], capture_output=True, text=True, check=True, cwd=folder)
                times[tool].append(float(done.stdout.split()[-1]))
        medians = {tool: statistics.median(values) for tool, values in times.items()}
        added = statistics.median(r - b for r, b in zip(times["recorded"], times["bare"], strict=True))
        print(f"{name:<18}" + "".join(f"{value:12.0f}" for value in medians.values()) + f"{added:12.0f}", flush=True)


def measure_programs(folder: Path, rounds: int, wanted: list[str]) -> None:
    (folder / "spawn.py").write_text(SPAWN)
    market = [PYTHON, "-m", "energymarket", "run", "--seed", "7", "--output", "quiet"]
    programs = {
        "market, full speed": [*market, "--homes", "10", "--ticks", "200", "--tick-seconds", "0"],
        "market, 20 ms ticks": [*market, "--homes", "10", "--ticks", "100", "--tick-seconds", "0.02"],
        "200 short processes": [PYTHON, str(folder / "spawn.py")],
    }
    print(f"\n{'seconds':<22}{'bare':>10}{'recorded':>10}{'ratio':>8}   (medians of {rounds} pairs)")
    for name, command in programs.items():
        if not chosen(name, wanted):
            continue
        pairs = [(seconds(command, folder), recorded_seconds(command, folder)) for _ in range(rounds)]
        bare, recorded = (statistics.median(column) for column in zip(*pairs, strict=True))
        ratio = statistics.median(recorded / bare for bare, recorded in pairs)
        print(f"{name:<22}{bare:10.3f}{recorded:10.3f}{ratio:8.3f}", flush=True)


def seconds(command: list[str], folder: Path) -> float:
    begin = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, cwd=folder)
    return time.perf_counter() - begin


def recorded_seconds(command: list[str], folder: Path) -> float:
    """How long the program itself ran while it was recorded: the reel is made once it has ended."""
    from ipcreel.reel import open_reel

    subprocess.run([*tools(folder)["recorded"], *command], check=True, capture_output=True, cwd=folder)
    return float(open_reel(folder / "a.reel").run["seconds"])


if __name__ == "__main__":
    main()
