"""Which flows a timeline draws as arrows, bundled where there are too many."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from reelview.flows import FlowIndex
from reelview.raster.window import Window

MOST_ARROWS = 1_500
MOST_BUNDLES = 120
"""In a window of 1,500 px or more; narrower ones take fewer of both, or arrows would cover all."""

_LEAST_SHARE = 0.25
_BUCKET_PX = 220
_SCANNED = 400_000


@dataclass(frozen=True, slots=True, eq=False)
class Arrows:
    """What to draw; nothing that is in the window and whose ends are seen is missing from the sum.

    flow: (n,) flows drawn one by one; empty where there are bundles.
    from_line, to_line, count, at_ns: (m,) bundles, each `count` flows between two lines about the moment `at_ns`.
    rest, rest_pairs: flows beyond the bundles drawn, to be told in words, and between how many pairs of lines.
    """

    flow: NDArray[np.int64]
    from_line: NDArray[np.int64]
    to_line: NDArray[np.int64]
    count: NDArray[np.int64]
    at_ns: NDArray[np.int64]
    rest: int = 0
    rest_pairs: int = 0

    @property
    def total(self) -> int:
        return len(self.flow) + int(self.count.sum()) + self.rest


def choose_arrows(
    index: FlowIndex,
    window: Window,
    line_of_lane: NDArray[np.intp],
    *,
    first_line: int = 0,
    last_line: int | None = None,
) -> Arrows:
    """The arrows of a window: one by one up to MOST_ARROWS, bundles with counts beyond.

    Args:
        line_of_lane: (lanes,) where a lane stands, -1 where it is hidden. Flows inside of one line have no arrow.
        first_line, last_line: the lines in view; arrows that pass above or below all of them are left out.
    """
    last_line = int(line_of_lane.max(initial=0)) if last_line is None else last_line
    from_line, to_line = line_of_lane[index.pair_from], line_of_lane[index.pair_to]
    seen = (from_line >= 0) & (to_line >= 0) & (from_line != to_line)
    seen &= (np.maximum(from_line, to_line) >= first_line) & (np.minimum(from_line, to_line) <= last_line)
    counts = index.counts(window.begin_ns, window.end_ns) * seen
    total = int(counts.sum())
    none = np.zeros(0, np.int64)
    if (
        total <= min(MOST_ARROWS, max(window.width_px, 100))
        and index.began_in(window.begin_ns, window.end_ns) <= _SCANNED
    ):
        flow = index.within(window.begin_ns, window.end_ns, seen) if total else none
        return Arrows(flow, none, none, none, none)
    buckets = max(window.width_px // _BUCKET_PX, 1)
    bundles = _bundle(index, window, from_line, to_line, seen=seen, buckets=buckets)
    most = min(MOST_BUNDLES, max(window.width_px // 12, 10))
    if len(bundles.count) > most and buckets > 1:
        bundles = _bundle(index, window, from_line, to_line, seen=seen, buckets=1)
    return _largest(bundles, most)


def _bundle(
    index: FlowIndex,
    window: Window,
    from_line: NDArray[np.intp],
    to_line: NDArray[np.intp],
    *,
    seen: NDArray[np.bool_],
    buckets: int,
) -> Arrows:
    """Counts by pair of lines and part of the window; flows under way as it begins are counted in the first part."""
    edges = [window.at_ns(window.width_px * part / buckets) for part in range(buckets + 1)]
    begun = np.stack([index.begun(edge) for edge in edges])
    counts = np.diff(begun, axis=0)
    counts[0] = index.counts(edges[0], edges[1])
    lines = int(max(from_line.max(initial=0), to_line.max(initial=0))) + 1
    shown = np.flatnonzero(seen)
    pairs, place = np.unique(from_line[shown] * lines + to_line[shown], return_inverse=True)
    summed = np.zeros((buckets, len(pairs)), np.int64)
    for part in range(buckets):
        np.add.at(summed[part], place, counts[part, shown])
    bucket, pair = np.nonzero(summed)
    middle = np.array([(a + b) // 2 for a, b in pairwise(edges)], np.int64)
    none = np.zeros(0, np.int64)
    return Arrows(none, pairs[pair] // lines, pairs[pair] % lines, summed[bucket, pair], middle[bucket])


def _largest(bundles: Arrows, most: int) -> Arrows:
    """The `most` largest; none where those say little, as where every lane sends a little to every other."""
    if len(bundles.count) <= most:
        return bundles
    order = np.argsort(-bundles.count, kind="stable")
    if bundles.count[order[:most]].sum() < bundles.count.sum() * _LEAST_SHARE:
        most = 0
    kept, rest = np.sort(order[:most]), order[most:]
    return Arrows(
        bundles.flow,
        bundles.from_line[kept],
        bundles.to_line[kept],
        bundles.count[kept],
        bundles.at_ns[kept],
        int(bundles.count[rest].sum()),
        len(rest),
    )


def count_label(count: int, noun: str = "message") -> str:
    """1 message, 61,234 messages."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")
