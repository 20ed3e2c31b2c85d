"""How long do the questions about a large reel take, and how much memory? Do they grow no worse than n log n?

The reels are made up (`synthetic_reel.py`) and real files. Every question is asked in a process of its own, so that its
peak of memory is its own; all but `open` include the flows that they need. Beside the time on the
clock stands the processor's, the kernel's part included, which another load changes less: it is what is judged. Before
each question as much memory is touched as it may take (`memory.py`): the small reel and the large one are asked alike.

    python tests/bench/bench_scale.py [--events 100000 1000000] [--lanes 64 1000] [--questions flows check]
    nice -n 10 python tests/bench/bench_scale.py --events 1000000 10000000 --lanes 64
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
from memory import find_memory
from synthetic_reel import write_reel

from ipcreel.analysis.diff import compare
from ipcreel.analysis.order import cone
from ipcreel.analysis.state import Moment, States
from ipcreel.cli.memory import keep_memory
from ipcreel.cli.stats import stats_of
from ipcreel.reel import Reel, open_reel
from ipcreel.reel.canonical import before, behaviour_of

# Of ten million events over 64 lanes, on two cores: seconds.
AIMS = {"open": 1.0, "flows": 15.0, "check": 60.0}
MOST_MB = 4096
START_MB, BYTES_AN_EVENT = 256, 400  # no question takes more
NOISE_S = 0.3  # a question that takes less than this at the smaller size is not judged for its growth
SLACK = 1.3


def _open(reel: Reel, _: Reel) -> str:
    middle = len(reel) // 2
    return f"{reel!r} {reel.lane_name(int(reel.raw['lane'][middle]))} {reel.payload(middle)!r:.20}"


def _diff(one: Reel, other: Reel) -> str:
    done = []
    for reel in (one, other):
        done.append(behaviour_of(reel))
        reel.release()
    found = compare(done[0], done[1], before(one), before(other))
    return "same" if found.same else f"{len(found.partings)} roles differ"


def _state(reel: Reel, _: Reel) -> str:
    """The state at moments in no order: the first one prepares it, and is not among those that are timed."""
    states = States(reel.events, reel.flows, len(reel.lanes), reel.end_ns)
    moments = np.random.default_rng(1).integers(reel.begin_ns, reel.end_ns, 1000).tolist()
    _put_into_words(states.at(moments[0]))
    asked_s, said_s = [], []
    for at_ns in moments:
        begun = time.perf_counter()
        moment = states.at(at_ns)
        asked_s.append(time.perf_counter() - begun)
        _put_into_words(moment)
        said_s.append(time.perf_counter() - begun)
    middle, most = np.quantile(asked_s, (0.5, 0.99)) * 1e6
    said = np.median(said_s) * 1e6
    return (
        f"a moment takes {middle:.0f} µs, one of a hundred {most:.0f} µs; with an object for everything {said:.0f} µs"
    )


def _put_into_words(moment: Moment) -> int:
    parts = (moment.queues, moment.locks, moment.connections, moment.values, [*moment.lanes], [*moment.graph.waits])
    return sum(map(len, parts))


QUESTIONS: dict[str, Callable[[Reel, Reel], str]] = {
    "open": _open,
    "flows": lambda reel, _: f"{len(reel.flows):,} flows",
    "cone": lambda reel, _: f"{len(cone(reel.order, len(reel) // 2, after=False)):,} events",
    "check": lambda reel, _: f"{len(reel.findings)} findings",
    "state": _state,
    "stats": lambda reel, _: f"{len(stats_of(reel)['critical_steps']):,} steps",
    "diff": _diff,
}


def ask(question: str, one: Path, other: Path) -> None:
    """Ask one question, and print its time, on the clock and of the processor, the peak of memory, and the answer."""
    keep_memory()  # as every command does
    begun, first = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    reel = open_reel(one)
    said = QUESTIONS[question](reel, open_reel(other) if question == "diff" else reel)
    took, last = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF)
    own_s, kernel_s = last.ru_utime - first.ru_utime, last.ru_stime - first.ru_stime
    print(json.dumps([took, own_s, kernel_s, last.ru_maxrss / 1024, said]))


Asked = tuple[int, float]  # events; seconds of the processor


def measure(folder: Path, events: int, lanes: int, questions: list[str], earlier: dict[str, Asked]) -> None:
    reels = [folder / f"{events}-{lanes}-{seed}.reel" for seed in (1, 2)]
    counts = [write_reel(reel, events, lanes, seed) for seed, reel in enumerate(reels, 1)]
    count = counts[0]
    print(f"{count:,} events over {lanes} lanes, load average {os.getloadavg()[0]:.1f}", flush=True)
    for question in questions:
        find_memory(min(START_MB + (events * BYTES_AN_EVENT >> 20), MOST_MB))
        command = [sys.executable, __file__, "--ask", question, *map(str, reels)]
        took, own_s, kernel_s, peak_mb, said = json.loads(
            subprocess.run(command, capture_output=True, text=True, check=True).stdout
        )
        now = count, own_s + kernel_s
        judged = _judged(question, now, peak_mb, earlier)
        times = f"{took:>9.2f} s (processor {now[1]:.2f} s, the kernel {kernel_s:.2f} s of it)"
        print(f"  {question:<8}{times}{peak_mb:>9.0f} MB  {judged}{said}", flush=True)
        earlier[question] = now
    for reel in reels:
        reel.unlink()


def _judged(question: str, now: Asked, peak_mb: float, earlier: dict[str, Asked]) -> str:
    words = []
    count, cpu = now
    if count > 9e6:
        kept = peak_mb <= MOST_MB and cpu <= AIMS.get(question, math.inf)
        words.append("aim kept" if kept else "aim MISSED")
    if question in earlier:
        fewer, cpu_before = earlier[question]
        n_log_n = count * math.log(count) / (fewer * math.log(fewer))
        grown = cpu / max(cpu_before, 1e-3)
        missed = " MISSED" if cpu_before > NOISE_S and grown > n_log_n * SLACK else ""
        words.append(f"{grown:.1f}× of {fewer:,}, n log n {n_log_n:.1f}×{missed}")
    return "".join(f"{word}; " for word in words)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, nargs="*", default=[100_000, 1_000_000])
    parser.add_argument("--lanes", type=int, nargs="*", default=[64, 1000])
    parser.add_argument("--questions", nargs="*", choices=list(QUESTIONS), default=list(QUESTIONS))
    parser.add_argument("--ask", nargs=3, metavar=("QUESTION", "ONE", "OTHER"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.ask:
        ask(chosen.ask[0], Path(chosen.ask[1]), Path(chosen.ask[2]))
        return
    for lanes in chosen.lanes:
        earlier: dict[str, Asked] = {}
        for events in chosen.events:
            with tempfile.TemporaryDirectory(prefix="ipcreel-scale-") as folder:
                measure(Path(folder), events, lanes, chosen.questions, earlier)


if __name__ == "__main__":
    main()
