import subprocess
import sys
from pathlib import Path

BENCH = Path(__file__).parents[1] / "bench" / "bench_market.py"


def test_the_benchmark_prints_the_market_beside_its_floor():
    ended = subprocess.run(
        [sys.executable, BENCH, "--homes", "2,4", "--ticks", "5"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    header, two, four, growth = ended.stdout.splitlines()
    assert header.split()[0] == "homes"
    assert (two.split()[0], four.split()[0]) == ("2", "4")
    assert growth.startswith("cost per home, last to first: ")
