"""Made-up spans for benchmarks and pictures: many lanes, bursts, rare and urgent ones."""

from __future__ import annotations

import numpy as np

from reelview.spans import URGENT, Spans, arrange

MINUTE_NS = 60 * 10**9


def synthetic_spans(count: int, lanes: int, seed: int = 1, length_ns: int = MINUTE_NS) -> Spans:
    """Spans that follow each other in each lane, a third of them in bursts; begins at a CLOCK_MONOTONIC of an hour."""
    rng = np.random.default_rng(seed)
    first_ns = 3_600 * 10**9
    share = rng.dirichlet(np.full(lanes, 3.0))
    sizes = np.maximum((share * count).astype(np.int64), 1)
    lane = np.repeat(np.arange(lanes), sizes)
    begin, end = [], []
    for size in sizes:
        gap = rng.exponential(1.0, 2 * size).astype(np.float32)
        calm = np.repeat(rng.random(size // 512 + 1) > 0.33, 512)[:size]
        gap[0::2] *= np.where(calm, 1.0, 0.02)
        gap[1::2] *= np.where(calm, 1.0, 0.02)
        edge = np.cumsum(gap, dtype=np.float64)
        edge *= length_ns / edge[-1]
        whole = first_ns + edge.astype(np.int64)
        begin.append(whole[0::2])
        end.append(whole[1::2])
    begin_ns, end_ns = np.concatenate(begin), np.concatenate(end)
    total = len(lane)
    kind = rng.choice(np.arange(10, dtype=np.uint8), total, p=[0.3, 0.2, 0.15, 0.1, 0.1, 0.05, 0.04, 0.03, 0.02, 0.01])
    kind[rng.integers(0, total, max(total // 100_000, 3))] = 11 | URGENT
    blocked = np.where(rng.random(total) < 0.3, begin_ns + ((end_ns - begin_ns) * 0.7).astype(np.int64), begin_ns)
    order = np.argsort(begin_ns, kind="stable")
    return arrange(
        lane[order],
        begin_ns[order],
        end_ns[order],
        kind[order],
        lanes=lanes,
        blocked_until_ns=blocked[order],
        first_ns=first_ns,
        last_ns=first_ns + length_ns,
    )
