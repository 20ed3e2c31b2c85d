"""Which cause belongs to which effect: joins of two lists of events, by rank, by byte range, by count."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]

EXACT, INFERRED, AMBIGUOUS = 0, 1, 2
CERTAINTY_NAMES = ("exact", "inferred", "ambiguous")


@dataclass(frozen=True)
class Joined:
    """Pairs of a cause and an effect, and what found no partner.

    Attributes:
        cause: (m,) rows of events.
        effect: (m,) rows of events.
        certainty: (m,) u1: EXACT, INFERRED or AMBIGUOUS.
        cause_left: rows of causes without an effect.
        effect_left: rows of effects without a cause.
    """

    cause: Rows
    effect: Rows
    certainty: NDArray[np.uint8]
    cause_left: Rows
    effect_left: Rows


@dataclass(frozen=True)
class Ends:
    """One side of a join, in any order.

    Attributes:
        row: (n,) the events.
        key: (n,) what both sides must share, such as a number of object and type.
        begin_ns, end_ns: (n,) when each began and ended.
        content: (n,) a hash of what was carried, or None where nothing tells two apart.
    """

    row: Rows
    key: Rows
    begin_ns: Rows
    end_ns: Rows
    content: Rows | None = None


def nothing_joined() -> Joined:
    """No pair, and nothing left."""
    none = np.empty(0, np.int64)
    return Joined(none, none, np.empty(0, np.uint8), none, none)


def concatenate(parts: list[Joined]) -> Joined:
    """All of several joins."""
    if not parts:
        return nothing_joined()
    return Joined(
        np.concatenate([part.cause for part in parts]),
        np.concatenate([part.effect for part in parts]),
        np.concatenate([part.certainty for part in parts]),
        np.concatenate([part.cause_left for part in parts]),
        np.concatenate([part.effect_left for part in parts]),
    )


def join_by_rank(causes: Ends, effects: Ends) -> Joined:
    """The k-th effect of a key belongs to the k-th cause of that key: a channel that is first in, first out.

    When two causes of one key overlap in time, either may have come first; so may two effects. There the content
    decides: among equal contents of one key the channel is first in, first out too. Where equal contents overlap as
    well, the pairs are AMBIGUOUS. A key in which an effect would end before its cause began was joined at an offset:
    something was in the channel before, or was put in by a process that was not recorded; its pairs are made by
    content and are INFERRED.

    Args:
        causes, effects: what went in and what came out; `content` on both sides or on none.
    """
    key = np.concatenate((causes.key, effects.key))
    if causes.content is None or effects.content is None:
        return _rank(causes, effects, key, AMBIGUOUS)
    unclear = _unclear_keys(causes, effects)
    plain = [_take(side, ~np.isin(side.key, unclear)) for side in (causes, effects)]
    mixed = [_take(side, np.isin(side.key, unclear)) for side in (causes, effects)]
    first = _rank(plain[0], plain[1], np.concatenate((plain[0].key, plain[1].key)), EXACT)
    assert mixed[0].content is not None
    assert mixed[1].content is not None
    keys = np.concatenate((mixed[0].key, mixed[1].key))
    contents = np.concatenate((mixed[0].content, mixed[1].content))
    _, both = np.unique(np.stack((keys, contents), axis=1), axis=0, return_inverse=True)
    second = _rank(mixed[0], mixed[1], np.asarray(both, np.int64).reshape(-1), AMBIGUOUS)
    shifted = np.isin(_key_of(causes, second.cause), _impossible_keys(causes, effects))
    certainty = np.where(shifted & (second.certainty == EXACT), INFERRED, second.certainty).astype(np.uint8)
    return concatenate([first, Joined(second.cause, second.effect, certainty, second.cause_left, second.effect_left)])


def _take(ends: Ends, which: NDArray[np.bool_]) -> Ends:
    content = None if ends.content is None else ends.content[which]
    return Ends(ends.row[which], ends.key[which], ends.begin_ns[which], ends.end_ns[which], content)


def _key_of(ends: Ends, rows: Rows) -> Rows:
    order = np.argsort(ends.row)
    found: Rows = ends.key[order[np.searchsorted(ends.row[order], rows)]]
    return found


def _unclear_keys(causes: Ends, effects: Ends) -> Rows:
    """Keys in which the order of the causes, or of the effects, is not known, or in which ranks cannot be right."""
    unclear = [side.key[_overlaps(side.key, side.begin_ns, side.end_ns)] for side in (causes, effects)]
    return np.unique(np.concatenate([*unclear, _impossible_keys(causes, effects)]))


def _impossible_keys(causes: Ends, effects: Ends) -> Rows:
    """Keys in which some effect, by its rank, would have ended before its cause began, or has another content."""
    ranked = _rank(causes, effects, np.concatenate((causes.key, effects.key)), EXACT)
    at_cause, at_effect = _positions(causes.row, ranked.cause), _positions(effects.row, ranked.effect)
    wrong = effects.end_ns[at_effect] < causes.begin_ns[at_cause]
    if causes.content is not None and effects.content is not None:
        overlapping = np.unique(
            np.concatenate([side.key[_overlaps(side.key, side.begin_ns, side.end_ns)] for side in (causes, effects)])
        )
        differs = causes.content[at_cause] != effects.content[at_effect]
        wrong |= differs & ~np.isin(causes.key[at_cause], overlapping)
    lonely = np.setdiff1d(effects.key, causes.key)
    return np.unique(np.concatenate((causes.key[at_cause][wrong], lonely)))


def _positions(rows: Rows, wanted: Rows) -> Rows:
    order = np.argsort(rows, kind="stable")
    return np.asarray(order[np.searchsorted(rows[order], wanted)], np.int64)


def _rank(causes: Ends, effects: Ends, key: Rows, overlap_certainty: int) -> Joined:
    """Join by rank within `key`, causes and effects each in order of begin."""
    count = len(causes.row)
    side = np.concatenate((np.zeros(count, np.int64), np.ones(len(effects.row), np.int64)))
    begin = np.concatenate((causes.begin_ns, effects.begin_ns))
    row = np.concatenate((causes.row, effects.row))
    order = np.lexsort((row, begin, side, key))
    sorted_key, sorted_side, sorted_row = key[order], side[order], row[order]
    rank = _rank_in_runs(sorted_key * 2 + sorted_side)
    is_effect = sorted_side == 1
    pair_key = np.stack((sorted_key, rank), axis=1)
    out_key, in_key = pair_key[~is_effect], pair_key[is_effect]
    at_out, at_in = _match_pairs(out_key, in_key)
    out_rows, in_rows = sorted_row[~is_effect], sorted_row[is_effect]
    unclear_out = _overlaps(key[:count], causes.begin_ns, causes.end_ns)
    unclear_in = _overlaps(key[count:], effects.begin_ns, effects.end_ns)
    cause, effect = out_rows[at_out], in_rows[at_in]
    unclear = unclear_out[_positions(causes.row, cause)] | unclear_in[_positions(effects.row, effect)]
    certainty = np.where(unclear, overlap_certainty, EXACT).astype(np.uint8)
    return Joined(cause, effect, certainty, np.setdiff1d(out_rows, cause), np.setdiff1d(in_rows, effect))


def _rank_in_runs(values: Rows) -> Rows:
    """The place of each element in its run of equal values."""
    if not len(values):
        return np.empty(0, np.int64)
    starts = np.flatnonzero(np.concatenate(([True], values[1:] != values[:-1])))
    return np.arange(len(values)) - np.repeat(starts, np.diff(np.append(starts, len(values))))


def _match_pairs(left: NDArray[np.int64], right: NDArray[np.int64]) -> tuple[Rows, Rows]:
    """Where equal rows stand in two (n, 2) arrays, both sorted."""
    if not len(left) or not len(right):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    width = int(max(left[:, 1].max(), right[:, 1].max())) + 1
    lowest = int(min(left[:, 0].min(), right[:, 0].min()))
    one, two = ((side[:, 0] - lowest) * width + side[:, 1] for side in (left, right))
    _, at_left, at_right = np.intersect1d(one, two, assume_unique=True, return_indices=True)
    return np.asarray(at_left, np.int64), np.asarray(at_right, np.int64)


def _overlaps(key: Rows, begin_ns: Rows, end_ns: Rows) -> NDArray[np.bool_]:
    """(n,) whether an interval overlaps another one of its key."""
    found = np.zeros(len(key), np.bool_)
    if len(key) < 2:
        return found
    order = np.lexsort((begin_ns, key))
    group = np.cumsum(np.concatenate(([0], np.diff(key[order]) != 0)))
    # The latest end so far within each group: a shift by group makes one running maximum serve all of them.
    base = int(begin_ns.min())
    span = int(end_ns.max()) - base + 2
    latest = np.maximum.accumulate(end_ns[order] - base + group * span)
    follows = (group[1:] == group[:-1]) & (begin_ns[order][1:] - base + group[1:] * span < latest[:-1])
    # Everything from the interval that reaches over up to the one reached: mark both neighbours of every overlap.
    found[order[1:][follows]] = True
    found[order[:-1][follows]] = True
    return found


def join_by_range(causes: Ends, effects: Ends, sent: Rows, received: Rows) -> Joined:
    """Byte k that came out of a stream is byte k that went in: an effect belongs to every cause it shares bytes with.

    Args:
        causes, effects: operations on streams; `key` says which stream and direction; per key, in order of begin.
        sent, received: (n,) bytes that each carried.
    """
    out_order = np.lexsort((causes.row, causes.begin_ns, causes.key))
    in_order = np.lexsort((effects.row, effects.begin_ns, effects.key))
    out_key, in_key = causes.key[out_order], effects.key[in_order]
    out_first, out_last = _ranges(out_key, sent[out_order])
    in_first, in_last = _ranges(in_key, received[in_order])
    keys = np.unique(np.concatenate((out_key, in_key)))
    width = int(max(out_last.max(initial=0), in_last.max(initial=0))) + 1
    out_base, in_base = np.searchsorted(keys, out_key) * width, np.searchsorted(keys, in_key) * width
    # For each effect: the first cause that ends behind its first byte, up to the last that begins before its last.
    first = np.searchsorted(out_base + out_last, in_base + in_first, "right")
    last = np.searchsorted(out_base + out_first, in_base + in_last, "left")
    count = np.where(in_last > in_first, np.maximum(last - first, 0), 0)
    effect_at = np.repeat(np.arange(len(in_key)), count)
    cause_at = np.repeat(first, count) + _rank_in_runs(effect_at)
    empty = (out_last == out_first)[cause_at]
    effect_at, cause_at = effect_at[~empty], cause_at[~empty]
    cause, effect = causes.row[out_order][cause_at], effects.row[in_order][effect_at]
    unclear_out = _overlaps(causes.key, causes.begin_ns, causes.end_ns)[out_order][cause_at]
    unclear_in = _overlaps(effects.key, effects.begin_ns, effects.end_ns)[in_order][effect_at]
    certainty = np.where(unclear_out | unclear_in, AMBIGUOUS, EXACT).astype(np.uint8)
    carried_out, carried_in = causes.row[sent > 0], effects.row[received > 0]
    return Joined(cause, effect, certainty, np.setdiff1d(carried_out, cause), np.setdiff1d(carried_in, effect))


def _ranges(key: Rows, size: Rows) -> tuple[Rows, Rows]:
    """The first byte and the one after the last of each element, within its key; `key` is sorted."""
    last = np.cumsum(size)
    first = last - size
    if not len(key):
        return first, last
    starts = np.flatnonzero(np.concatenate(([True], key[1:] != key[:-1])))
    base = np.repeat(first[starts], np.diff(np.append(starts, len(key))))
    return first - base, last - base


def join_by_count(releases: Ends, acquires: Ends, initial: dict[int, int]) -> Joined:
    """The release that let an acquire through: the k-th acquire of a semaphore needs k minus its first value releases.

    Acquires are counted in order of end, releases in order of begin. An acquire that did not have to wait for its
    release is not joined, nor one that would have ended before its release began.

    Args:
        releases, acquires: operations; `key` is the semaphore.
        initial: the value that each semaphore had before the first of them.
    """
    order_out = np.lexsort((releases.row, releases.begin_ns, releases.key))
    order_in = np.lexsort((acquires.row, acquires.end_ns, acquires.key))
    out_key, in_key = releases.key[order_out], acquires.key[order_in]
    start = np.array([initial.get(int(key), 0) for key in np.unique(in_key)], np.int64)
    first_value = start[np.searchsorted(np.unique(in_key), in_key)] if len(in_key) else start
    needed = _rank_in_runs(in_key) - first_value
    at_out, at_in = _match_pairs(
        np.stack((out_key, _rank_in_runs(out_key)), axis=1), np.stack((in_key, needed), axis=1)[needed >= 0]
    )
    in_rows = order_in[needed >= 0][at_in]
    out_rows = order_out[at_out]
    possible = releases.begin_ns[out_rows] <= acquires.end_ns[in_rows]
    cause, effect = releases.row[out_rows[possible]], acquires.row[in_rows[possible]]
    unclear = _overlaps(releases.key, releases.begin_ns, releases.end_ns)[out_rows[possible]]
    certainty = np.where(unclear, INFERRED, EXACT).astype(np.uint8)
    return Joined(cause, effect, certainty, np.setdiff1d(releases.row, cause), np.setdiff1d(acquires.row, effect))
