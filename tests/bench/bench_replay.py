"""How long does a replay take?

Each program runs bare, then recorded, then its busiest process is replayed alone, in turn, several rounds: the table
gives the median of seconds from start to end, interpreters included, and of the replay's share of the bare run and of
the recorded one. The market waits, at 20 ms a tick and at its own pace of a second; the pool computes in four workers;
the pair sends to and fro as fast as it can. Then the debugger goes back in the market, again and again: milliseconds
from one prompt to the next.

    python tests/bench/bench_replay.py [--rounds 5] [--markdown]

Aims: no replay slower than the original; five times faster where the original waited; a jump back under 300 ms.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

import numpy as np

from ipcreel.reel import Reel, open_reel

PYTHON = sys.executable
MARKET = [PYTHON, "-m", "energymarket", "run", "--homes", "5", "--output", "quiet"]
POOL = """
    import multiprocessing
    def work(number):
        return sum(n * n for n in range(number))
    if __name__ == "__main__":
        with multiprocessing.Pool(4) as pool:
            print(sum(pool.map(work, [20_000] * 400, chunksize=1)))
"""
PAIR = """
    import os, sysv_ipc
    queue = sysv_ipc.MessageQueue(None, sysv_ipc.IPC_CREX)
    if os.fork() == 0:
        for _ in range(20_000):
            queue.send(queue.receive(type=1)[0], type=2)
        os._exit(0)
    for number in range(20_000):
        queue.send(b"%d" % number, type=1)
        queue.receive(type=2)
    os.wait()
    queue.remove()
"""
JUMPS = 12
RATIOS = ("replayed ÷ bare", "replayed ÷ recorded")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--markdown", action="store_true", help="a table for a page")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-replay-") as name:
        folder = Path(name)
        row = _markdown_row if arguments.markdown else _plain_row
        print(row("program", "process", "events", "bare", "recorded", "replayed", *RATIOS))
        if arguments.markdown:
            print("|---|---|" + "---:|" * 6)
        for program, command in commands(folder).items():
            print(row(*measure(program, command, folder, arguments.rounds)), flush=True)
        print(f"\na jump back in the market: {jump_ms(folder / 'market.reel'):.0f} ms, the median of {JUMPS}")


def commands(folder: Path) -> dict[str, list[str]]:
    """Program → how it is started."""
    found = {
        "market": [*MARKET, "--ticks", "150", "--tick-seconds", "0.02"],
        "market at its own pace": [*MARKET, "--ticks", "10"],
    }
    for name, text in (("pool", POOL), ("pair", PAIR)):
        (folder / f"{name}.py").write_text(textwrap.dedent(text))
        found[name] = [PYTHON, str(folder / f"{name}.py")]
    return found


def measure(program: str, command: list[str], folder: Path, rounds: int) -> list[str]:
    """The cells of one program's row."""
    path = folder / f"{program}.reel"
    record = [PYTHON, "-m", "ipcreel", "record", "-q", "--force", "-o", str(path), "--", *command]
    bare, recorded, replayed = [], [], []
    for _ in range(rounds):
        bare.append(seconds(command, folder))
        recorded.append(seconds(record, folder))
        pid = busiest(open_reel(path))
        replayed.append(seconds([PYTHON, "-m", "ipcreel", "replay", str(path), "--process", str(pid)], folder))
    reel = open_reel(path)
    row = next(row for row, process in enumerate(reel.processes) if process["pid"] == pid)
    times = [f"{statistics.median(each):.2f} s" for each in (bare, recorded, replayed)]
    events = f"{int((reel.process == row).sum()):,}"
    return [program, reel.process_name(row), events, *times, ratio(replayed, bare), ratio(replayed, recorded)]


def ratio(replayed: list[float], original: list[float]) -> str:
    """The median of the rounds' shares."""
    shares = [again / once for again, once in zip(replayed, original, strict=True)]
    return f"{statistics.median(shares):.2f} ×"


def busiest(reel: Reel) -> int:
    """The pid of the process with the most events."""
    return int(reel.processes[int(np.bincount(reel.process).argmax())]["pid"])


def seconds(command: list[str], folder: Path) -> float:
    began = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, timeout=600)
    return time.perf_counter() - began


def jump_ms(path: Path) -> float:
    """The median of milliseconds that `back` takes, from the middle of the market's process."""
    reel = open_reel(path)
    row = next(row for row in range(len(reel.processes)) if reel.process_name(row) == "market")
    own = np.flatnonzero(reel.process == row)
    place = str(int(own[len(own) // 2]))
    command = [PYTHON, "-m", "ipcreel", "replay", str(path), "--process", "market", "--to", place, "--pdb"]
    debugger = subprocess.Popen(
        command, cwd=path.parent, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0
    )
    took_ms = []
    with debugger:
        _read_prompt(debugger)
        for _ in range(JUMPS):
            began = time.perf_counter()
            _say(debugger, b"back 5\n")
            _read_prompt(debugger)
            took_ms.append((time.perf_counter() - began) * 1e3)
        _say(debugger, b"q\n")
    return statistics.median(took_ms)


def _say(debugger: subprocess.Popen[bytes], line: bytes) -> None:
    assert debugger.stdin is not None
    debugger.stdin.write(line)


def _read_prompt(debugger: subprocess.Popen[bytes]) -> None:
    assert debugger.stdout is not None
    said = b""
    while not said.endswith(b"(replay) "):
        more = debugger.stdout.read(4096)
        assert more, said
        said += more


def _plain_row(*cells: str) -> str:
    return f"{cells[0]:<24}{cells[1]:<16}" + "".join(f"{cell:>21}" for cell in cells[2:])


def _markdown_row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    main()
