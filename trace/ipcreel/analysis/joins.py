"""Which cause belongs to which effect: joins of two lists of events, by rank, by byte range, by count."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ipcreel.analysis.keys import (
    along_runs,
    begins_run,
    first_places,
    latest_so_far,
    left_over,
    number_keys,
    rank_in_runs,
    run_starts,
    sort_in_keys,
)

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
    out_key, in_key = number_keys((causes.key,), (effects.key,))
    if causes.content is None or effects.content is None:
        return _ranked(causes, effects, out_key, in_key)
    unclear, impossible = _doubtful_keys(causes, effects, out_key, in_key)
    plain, mixed = ((_take(causes, chosen[out_key]), _take(effects, chosen[in_key])) for chosen in (~unclear, unclear))
    first = _ranked(*plain, plain[0].key, plain[1].key)
    assert mixed[0].content is not None
    assert mixed[1].content is not None
    both = number_keys((mixed[0].key, mixed[0].content), (mixed[1].key, mixed[1].content))
    at_cause, at_effect, doubt = _pairs(*mixed, *both)
    shifted = impossible[out_key[unclear[out_key]][at_cause]]
    certainty = np.where(doubt, AMBIGUOUS, np.where(shifted, INFERRED, EXACT)).astype(np.uint8)
    return concatenate([first, _joined(*mixed, at_cause, at_effect, certainty)])


def _take(ends: Ends, which: NDArray[np.bool_]) -> Ends:
    content = None if ends.content is None else ends.content[which]
    return Ends(ends.row[which], ends.key[which], ends.begin_ns[which], ends.end_ns[which], content)


def _doubtful_keys(
    causes: Ends, effects: Ends, out_key: Rows, in_key: Rows
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(keys,) in which the order of either side is not known or ranks cannot be right; only those of the second kind.

    Ranks cannot be right where some effect would have ended before its cause began, or has another content.
    """
    assert causes.content is not None
    assert effects.content is not None
    count = max(int(out_key.max(initial=-1)), int(in_key.max(initial=-1))) + 1
    overlapping, impossible, caused = (np.zeros(count, np.bool_) for _ in range(3))
    for key, side in ((out_key, causes), (in_key, effects)):
        overlapping[key[_overlaps(key, side.begin_ns, side.end_ns)]] = True
    at_cause, at_effect = _same_rank(causes, effects, out_key, in_key)
    wrong = effects.end_ns[at_effect] < causes.begin_ns[at_cause]
    differs = causes.content[at_cause] != effects.content[at_effect]
    impossible[out_key[at_cause][wrong | (differs & ~overlapping[out_key[at_cause]])]] = True
    caused[out_key] = True
    impossible[in_key[~caused[in_key]]] = True
    return overlapping | impossible, impossible


def _ranked(causes: Ends, effects: Ends, out_key: Rows, in_key: Rows) -> Joined:
    """Pairs by rank alone: AMBIGUOUS where either end overlaps another of its key."""
    at_cause, at_effect, doubt = _pairs(causes, effects, out_key, in_key)
    return _joined(causes, effects, at_cause, at_effect, np.where(doubt, AMBIGUOUS, EXACT).astype(np.uint8))


def _pairs(causes: Ends, effects: Ends, out_key: Rows, in_key: Rows) -> tuple[Rows, Rows, NDArray[np.bool_]]:
    """Places of the pairs of equal rank, and whether either end overlaps another of its key."""
    at_cause, at_effect = _same_rank(causes, effects, out_key, in_key)
    unclear_out = _overlaps(out_key, causes.begin_ns, causes.end_ns)
    unclear_in = _overlaps(in_key, effects.begin_ns, effects.end_ns)
    return at_cause, at_effect, unclear_out[at_cause] | unclear_in[at_effect]


def _same_rank(causes: Ends, effects: Ends, out_key: Rows, in_key: Rows) -> tuple[Rows, Rows]:
    """Places of the k-th cause and the k-th effect of each key, both in order of begin."""
    out = sort_in_keys(out_key, causes.begin_ns, causes.row)
    into = sort_in_keys(in_key, effects.begin_ns, effects.row)
    return _at_ranks(out, into, out_key, in_key, rank_in_runs(in_key[into]))


def _at_ranks(out: Rows, into: Rows, out_key: Rows, in_key: Rows, wanted: Rows) -> tuple[Rows, Rows]:
    """Places of each effect and of the cause that has the wanted rank in its key; `out` and `into` sort by key."""
    keys = out_key[out]
    at = np.searchsorted(keys, in_key[into], "left") + wanted
    found = (wanted >= 0) & (at < np.searchsorted(keys, in_key[into], "right"))
    return out[at[found]], into[found]


def _joined(causes: Ends, effects: Ends, at_cause: Rows, at_effect: Rows, certainty: NDArray[np.uint8]) -> Joined:
    cause, effect = causes.row[at_cause], effects.row[at_effect]
    return Joined(cause, effect, certainty, left_over(causes.row, cause), left_over(effects.row, effect))


def _overlaps(key: Rows, begin_ns: Rows, end_ns: Rows) -> NDArray[np.bool_]:
    """(n,) whether an interval overlaps another one of its key."""
    found = np.zeros(len(key), np.bool_)
    if len(key) < 2:
        return found
    order = sort_in_keys(key, begin_ns)
    group = np.cumsum(begins_run(key[order])) - 1
    latest, begin = latest_so_far(np.stack((end_ns[order], begin_ns[order])), group)
    follows = (group[1:] == group[:-1]) & (begin[1:] < latest[:-1])
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
    out_numbers, in_numbers = number_keys((causes.key,), (effects.key,))
    out_order = sort_in_keys(out_numbers, causes.begin_ns, causes.row)
    in_order = sort_in_keys(in_numbers, effects.begin_ns, effects.row)
    out_key, in_key = out_numbers[out_order], in_numbers[in_order]
    out_first, out_last = _ranges(out_key, sent[out_order])
    in_first, in_last = _ranges(in_key, received[in_order])
    width = int(max(out_last.max(initial=0), in_last.max(initial=0))) + 1
    out_base, in_base = out_key * width, in_key * width
    # For each effect: the first cause that ends behind its first byte, up to the last that begins before its last.
    first = np.searchsorted(out_base + out_last, in_base + in_first, "right")
    last = np.searchsorted(out_base + out_first, in_base + in_last, "left")
    count = np.where(in_last > in_first, np.maximum(last - first, 0), 0)
    effect_at = np.repeat(np.arange(len(in_key)), count)
    cause_at = np.repeat(first, count) + rank_in_runs(effect_at)
    empty = (out_last == out_first)[cause_at]
    effect_at, cause_at = effect_at[~empty], cause_at[~empty]
    cause, effect = causes.row[out_order][cause_at], effects.row[in_order][effect_at]
    unclear_out = _overlaps(out_numbers, causes.begin_ns, causes.end_ns)[out_order][cause_at]
    unclear_in = _overlaps(in_numbers, effects.begin_ns, effects.end_ns)[in_order][effect_at]
    certainty = np.where(unclear_out | unclear_in, AMBIGUOUS, EXACT).astype(np.uint8)
    carried_out, carried_in = causes.row[sent > 0], effects.row[received > 0]
    return Joined(cause, effect, certainty, left_over(carried_out, cause), left_over(carried_in, effect))


def _ranges(key: Rows, size: Rows) -> tuple[Rows, Rows]:
    """The first byte and the one after the last of each element, within its key; `key` is sorted."""
    last = np.cumsum(size)
    first = last - size
    starts = run_starts(key)
    base = along_runs(first[starts], starts, len(key))
    return first - base, last - base


def join_by_count(releases: Ends, acquires: Ends, initial: dict[int, int]) -> Joined:
    """The release that let an acquire through: the k-th acquire of a semaphore needs k minus its first value releases.

    Acquires are counted in order of end, releases in order of begin. An acquire that did not have to wait for its
    release is not joined, nor one that would have ended before its release began.

    Args:
        releases, acquires: operations; `key` is the semaphore.
        initial: the value that each semaphore had before the first of them.
    """
    out_key, in_key = number_keys((releases.key,), (acquires.key,))
    out = sort_in_keys(out_key, releases.begin_ns, releases.row)
    into = sort_in_keys(in_key, acquires.end_ns, acquires.row)
    first = first_places(in_key)
    start, there = np.zeros(len(first), np.int64), first >= 0
    start[there] = [initial.get(key, 0) for key in acquires.key[first[there]].tolist()]
    needed = rank_in_runs(in_key[into]) - start[in_key[into]]
    at_cause, at_effect = _at_ranks(out, into, out_key, in_key, needed)
    possible = releases.begin_ns[at_cause] <= acquires.end_ns[at_effect]
    at_cause, at_effect = at_cause[possible], at_effect[possible]
    unclear = _overlaps(out_key, releases.begin_ns, releases.end_ns)[at_cause]
    certainty = np.where(unclear, INFERRED, EXACT).astype(np.uint8)
    return _joined(releases, acquires, at_cause, at_effect, certainty)
