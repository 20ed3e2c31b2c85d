"""Damages reels at random and reads each: python fuzzing.py SEED CASES REEL…

No case may crash, take longer than its deadline, or need more memory than the limit; an error is one line. What went
wrong is printed, a line a case, with the seed that makes it again.
"""

from __future__ import annotations

import random
import resource
import signal
import sys
import traceback
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from ipcreel.cli.events import line_of
from ipcreel.cli.info import describe
from ipcreel.cli.stats import stats_of
from ipcreel.event import SIZE
from ipcreel.export.tables import VIEWS
from ipcreel.reel import ReelError, open_reel
from ipcreel.reel.canonical import behaviour_of
from ipcreel.reel.payload import decode

WORK_S = 5.0  # of the processor, which does not depend on what else runs
DEADLINE_S = 60.0  # on the clock: for what only waits
MEMORY_BYTES = 1 << 30  # more than what it takes to start
_SHOWN = 60  # events printed of each reel
_HUGE = (
    b"\xdd\xff\xff\xff\xff",
    b"\xdf\x7f\xff\xff\xff",
    b"\xc6\xff\xff\xff\xf0",
    b"\xdb\x40\x00\x00\x00",
    b"\xdc\xff\xff",
)

Damage = Callable[[random.Random, bytearray, tuple[int, int]], None]


def flip_bits(rng: random.Random, data: bytearray, part: tuple[int, int]) -> None:
    for _ in range(rng.choice((1, 1, 2, 8, 64))):
        data[rng.randrange(*part)] ^= 1 << rng.randrange(8)


def write_noise(rng: random.Random, data: bytearray, part: tuple[int, int]) -> None:
    at = rng.randrange(*part)
    data[at : at + rng.choice((1, 4, 8, 64))] = rng.randbytes(rng.choice((1, 4, 8, 64)))


def cut(rng: random.Random, data: bytearray, part: tuple[int, int]) -> None:
    del data[rng.randrange(*part) :]


def splice(rng: random.Random, data: bytearray, part: tuple[int, int]) -> None:
    """A block comes to stand over another one, whole events among them."""
    size = rng.choice((SIZE, SIZE * rng.randrange(1, 9), rng.randrange(1, 4000)))
    source, target = rng.randrange(len(data)), rng.randrange(*part)
    block = data[source : source + size]
    data[target : target + len(block)] = block


def take_out(rng: random.Random, data: bytearray, part: tuple[int, int]) -> None:
    at = rng.randrange(*part)
    del data[at : at + rng.choice((1, 7, SIZE, 4096))]


def make_huge(rng: random.Random, data: bytearray, part: tuple[int, int]) -> None:
    """A length that says far more than there is."""
    length = rng.choice(_HUGE)
    at = rng.randrange(*part)
    data[at : at + len(length)] = length


def set_number(rng: random.Random, data: bytearray, part: tuple[int, int]) -> None:
    """Eight bytes become an extreme number, as a time or an offset would stand there."""
    number = rng.choice((0, 1, 2**31, 2**32 - 1, 2**62, 2**63 - 1, 2**63, 2**64 - 1, rng.getrandbits(64)))
    at = rng.randrange(*part)
    data[at : at + 8] = number.to_bytes(8, "big")


DAMAGES: tuple[Damage, ...] = (flip_bits, write_noise, cut, splice, take_out, make_huge, set_number)


def damaged(rng: random.Random, whole: bytes) -> bytes:
    """A reel with one to three kinds of damage, in any of its parts alike: most bytes are those of the tables."""
    header = decode(whole[:4096])
    bounds = [0, *(header[name] for name in ("definitions", "payloads", "events", "index", "size"))]
    parts = [pair for pair in pairwise(bounds) if pair[0] < pair[1]]
    data = bytearray(whole)
    for _ in range(rng.choice((1, 1, 2, 3))):
        first, last = rng.choice(parts)
        if first < len(data):
            rng.choice(DAMAGES)(rng, data, (first, min(last, len(data))))
    return bytes(data)


def read_all(path: Path, seed: int = 0) -> None:
    """What commands and viewer ask of a reel; a ReelError is an answer too.

    Each is read whole. What causes what and what is wrong is asked of every fourth seed, all else of every eighth: what
    takes long.
    """
    reel = open_reel(path)
    repr(reel)
    _answer(lambda: describe(reel))
    for row in range(min(len(reel), _SHOWN)):
        line_of(reel, row)
    _answer(lambda: [_answer(lambda row=row: reel.payload(row)) for row in range(len(reel))])
    if seed % 4 == 0:
        _answer(lambda: (len(reel.flows), reel.order))
        _answer(lambda: reel.findings)
    if seed % 8 == 0:
        _answer(lambda: stats_of(reel))
        _answer(lambda: behaviour_of(reel).text())
        _answer(lambda: [view(reel) for view in VIEWS.values()])


def _answer(ask: Callable[[], object]) -> None:
    try:
        ask()
    except ReelError as error:
        _must_be_one_line(error)


def _must_be_one_line(error: ReelError) -> None:
    line = str(error)
    assert "\n" not in line, f"not one line: {line!r:.300}"
    assert len(line) < 2000, f"no clear line: {line[:300]}"


class TooLong(BaseException):
    """A case took longer than its deadline."""


def _give_up(*_: object) -> None:
    raise TooLong


def case(path: Path, wholes: list[bytes], seed: int) -> str | None:
    """Read the reel that a seed makes. Returns what went wrong."""
    rng = random.Random(seed)
    path.write_bytes(damaged(rng, rng.choice(wholes)))
    signal.setitimer(signal.ITIMER_PROF, WORK_S)
    signal.setitimer(signal.ITIMER_REAL, DEADLINE_S)
    try:
        read_all(path, seed)
    except ReelError as error:
        _must_be_one_line(error)
    except (Exception, TooLong):
        return traceback.format_exc(limit=-4)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
    return None


def main(seed: int, cases: int, reels: list[Path]) -> int:
    for number in (signal.SIGALRM, signal.SIGPROF):
        signal.signal(number, _give_up)
    wholes = [reel.read_bytes() for reel in reels]
    path = Path.cwd() / f"damaged-{seed}.reel"
    read_all(reels[0])  # what is imported for it counts as started with
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY_BYTES, used + MEMORY_BYTES))
    failed = 0
    for number in range(seed, seed + cases):
        wrong = case(path, wholes, number)
        if wrong is not None:
            failed += 1
            print(f"case {number}: {wrong}", flush=True)
    path.unlink(missing_ok=True)
    print(f"{cases} cases, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), [Path(name) for name in sys.argv[3:]]))
