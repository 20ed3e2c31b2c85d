"""Which flows a timeline draws as arrows, bundled where there are too many."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reelview.flows import FlowIndex
from reelview.raster.window import Window

MOST_ARROWS = 600
MOST_BUNDLES = 80
"""In a window of 1,500 px or more; narrower ones take fewer of both, or arrows would cover all."""

_LEAST_SHARE = 0.25
_GOOD_SHARE = 0.6
_BUCKET_PX = 220
_LEAST_PART_PX = 40
_MOST_CELLS = 20_000
"""Of parts times pairs: what one frame may count."""

_APART_PX = 14
_WIDTH_PX = 18
_SCANNED = 400_000
_WIDEST_NS = 1 << 60
"""Of a bucket: four times as much is still a number of numpy's, whatever times a damaged reel has."""


@dataclass(frozen=True, slots=True, eq=False)
class Arrows:
    """What to draw; nothing that is in the window and whose ends are seen is missing from the sum.

    flow: (n,) flows drawn one by one; empty where there are bundles.
    from_line, to_line, count, at_ns: (m,) bundles, each `count` flows between two lines about the moment `at_ns`.
    x_px: (m,) where each is drawn: near its moment, so that no two cover each other.
    rest, rest_pairs: flows beyond the bundles drawn, to be told in words, and between how many pairs of lines.
    """

    flow: NDArray[np.int64]
    from_line: NDArray[np.int64]
    to_line: NDArray[np.int64]
    count: NDArray[np.int64]
    at_ns: NDArray[np.int64]
    x_px: NDArray[np.float64]
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
    pinned: int = 0,
) -> Arrows:
    """The arrows of a window: one by one up to MOST_ARROWS, bundles with counts beyond.

    Args:
        line_of_lane: (lanes,) where a lane stands, -1 where it is hidden. Flows inside of one line have no arrow.
        first_line, last_line: the lines in view; arrows that pass above or below all of them are left out, and bundles
            that lead out of view end in the line right above or below them.
        pinned: how many of the first lines are seen whatever is in view.
    """
    last_line = int(line_of_lane.max(initial=0)) if last_line is None else last_line
    from_line, to_line = line_of_lane[index.pair_from], line_of_lane[index.pair_to]
    seen = (from_line >= 0) & (to_line >= 0) & (from_line != to_line)
    seen &= (np.maximum(from_line, to_line) >= first_line) & (np.minimum(from_line, to_line) <= last_line)
    counts = index.counts(window.begin_ns, window.end_ns) * seen
    total = int(counts.sum())
    none = np.zeros(0, np.int64)
    if (
        total <= min(MOST_ARROWS, max(window.width_px // 3, 100))
        and index.began_in(window.begin_ns, window.end_ns) <= _SCANNED
    ):
        flow = index.within(window.begin_ns, window.end_ns, seen) if total else none
        return Arrows(flow, none, none, none, none, none.astype(np.float64))
    from_line, to_line = (
        np.where(line < pinned, line, np.clip(line, first_line - 1, last_line + 1)) for line in (from_line, to_line)
    )
    parts = _count_parts(index, window, from_line, to_line, seen & (from_line != to_line))
    most = min(MOST_BUNDLES, max(window.width_px // _WIDTH_PX, 10))
    bucket_ns = min(_power_of_two(window.pixel_ns * _BUCKET_PX), _WIDEST_NS)
    begins_ns = np.array(parts.edges_ns[:-1])
    for wider in (1, 4):
        starts = np.flatnonzero(np.diff(begins_ns // (bucket_ns * wider), prepend=-1))
        bundles = _bundle(parts, starts)
        if _share_of(bundles.count, most) >= _GOOD_SHARE:  # else the attempt to find room for them is in vain
            placed = _placed(bundles, most, window, _BUCKET_PX / 2)
            if placed.count.sum() >= _GOOD_SHARE * placed.total:
                return placed
    return _placed(_bundle(parts, starts[:1]), most, window, _BUCKET_PX)


def _share_of(count: NDArray[np.int64], most: int) -> float:
    """What part of all flows is in the largest bundles, as many of them as may be drawn."""
    largest = count if len(count) <= most else np.partition(count, len(count) - most)[-most:]
    return int(largest.sum()) / max(int(count.sum()), 1)


@dataclass(frozen=True, slots=True, eq=False)
class _Parts:
    """Flows counted by pair of lines and part of the window.

    edges_ns: (k + 1,) the parts are between them; those inside are multiples of a power of two, so that moving the view
        does not regroup what is in it.
    counts: (k, pairs); from_line, to_line: (pairs,)
    """

    edges_ns: list[int]
    counts: NDArray[np.int64]
    from_line: NDArray[np.int64]
    to_line: NDArray[np.int64]


def _count_parts(
    index: FlowIndex,
    window: Window,
    from_line: NDArray[np.intp],
    to_line: NDArray[np.intp],
    seen: NDArray[np.bool_],
) -> _Parts:
    """The finer the fewer pairs there are; flows under way as the window begins are counted in the first part."""
    part_px = min(max(window.width_px * len(index.pair_from) / _MOST_CELLS, _LEAST_PART_PX), _BUCKET_PX)
    part_ns = _power_of_two(window.pixel_ns * part_px)
    inner = range(window.begin_ns // part_ns * part_ns + part_ns, window.end_ns, part_ns)
    edges = [window.begin_ns, *inner, window.end_ns]
    begun = index.begun(edges)
    counts = begun[1:] - begun[:-1]
    counts[0] = index.counts(edges[0], edges[1])
    shown = np.flatnonzero(seen)
    lines = int(max(from_line.max(initial=0), to_line.max(initial=0))) + 1
    code = from_line[shown] * lines + to_line[shown]
    order = np.argsort(code, kind="stable")
    shown, code = shown[order], code[order]
    first = np.flatnonzero(np.diff(code, prepend=-1))
    counts = counts[:, shown]
    if len(first) < len(shown):  # lanes that are folded into one line
        counts = np.add.reduceat(counts, first, axis=1)
    return _Parts(edges, counts, code[first] // lines, code[first] % lines)


def _power_of_two(least: float) -> int:
    return 1 << max(int(least).bit_length() - 1, 0)


def _bundle(parts: _Parts, starts: NDArray[np.intp]) -> Arrows:
    """Counts by pair of lines and bucket, each at the mean moment of its flows.

    Args:
        starts: the part that each bucket begins with.
    """
    middle_ns = (np.array(parts.edges_ns[:-1]) + np.array(parts.edges_ns[1:])) // 2 - parts.edges_ns[0]
    counts = np.add.reduceat(parts.counts, starts, axis=0)
    bucket, pair = np.nonzero(counts)
    count = counts[bucket, pair]
    moments = np.add.reduceat(parts.counts * middle_ns[:, None].astype(np.float64), starts, axis=0)
    at_ns = parts.edges_ns[0] + (moments[bucket, pair] / count).astype(np.int64)
    none = np.zeros(0, np.int64)
    return Arrows(none, parts.from_line[pair], parts.to_line[pair], count, at_ns, at_ns.astype(np.float64))


def _placed(bundles: Arrows, most: int, window: Window, reach_px: float) -> Arrows:
    """The largest, each as near to its moment as the larger ones leave room for, and no further from it than reach_px.

    Where an arrow stands the lines that it passes are taken, as bits of an integer. None stands where those that have
    room say little, as where every lane sends a little to every other.
    """
    wanted = (bundles.at_ns - window.begin_ns) / window.pixel_ns
    order = np.argsort(-bundles.count, kind="stable")[:most]
    low = np.minimum(bundles.from_line, bundles.to_line)[order].tolist()
    high = np.maximum(bundles.from_line, bundles.to_line)[order].tolist()
    slots = (wanted[order] // _APART_PX).astype(np.int64).tolist()
    offsets = [off * side for off in range(int(reach_px // _APART_PX) + 1) for side in (1, -1)]
    taken: dict[int, int] = {}
    kept: list[int] = []
    x_px: list[float] = []
    for number, first, last, slot in zip(order.tolist(), low, high, slots, strict=True):
        lines = (1 << last) - (1 << first)
        found = next((slot + off for off in offsets if not taken.get(slot + off, 0) & lines), None)
        x = (found + 0.5) * _APART_PX if found is not None else -1.0
        if found is not None and 0 <= x < window.width_px:
            taken[found] = taken.get(found, 0) | lines
            kept.append(number)
            x_px.append(x)
    if bundles.count[kept].sum() < bundles.count.sum() * _LEAST_SHARE:
        kept, x_px = [], []
    chosen = np.array(kept, np.int64)
    rest = np.delete(np.arange(len(bundles.count)), chosen)
    return Arrows(
        bundles.flow,
        bundles.from_line[chosen],
        bundles.to_line[chosen],
        bundles.count[chosen],
        bundles.at_ns[chosen],
        np.array(x_px),
        int(bundles.count[rest].sum()),
        len(rest),
    )


def count_label(count: int, noun: str = "message") -> str:
    """1 message, 61,234 messages."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")
