"""`ipcreel diff`: what is different between two runs."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np

from ipcreel.analysis.deeds import OPEN, Behaviour, Deed
from ipcreel.analysis.diff import Changed, Difference, Parting, compare
from ipcreel.analysis.waits import ends_of, find_waits, lane_times
from ipcreel.cli.opening import REEL, open_reel
from ipcreel.cli.working import MATCHING, Stage, working
from ipcreel.reel import Reel, ReelError
from ipcreel.reel.canonical import before, behaviour_of, roles_of
from ipcreel.reel.describe import describe, text_of
from ipcreel.reel.text import duration_text

_WIDE = 60  # characters of what was carried
_CONTEXT = 3
_SHOWN = 10
_EXAMPLES = """\b
Examples:
  ipcreel diff before.reel after.reel
  ipcreel diff before.reel after.reel --around 812
  ipcreel diff --json before.reel after.reel | jq .partings[0]
"""


@click.command("diff", epilog=_EXAMPLES)
@click.argument("one", type=REEL)
@click.argument("other", type=REEL)
@click.option("--around", type=click.IntRange(0), metavar="EVENT", help="Show what is around this event of ONE.")
@click.option("--json", "as_json", is_flag=True, help="As one JSON object.")
def command(one: Path, other: Path, around: int | None, as_json: bool) -> None:
    """Compare the runs ONE and OTHER as partial orders.

    Processes, objects and messages are matched by their role in the program, not by pid, port or key. Two runs that
    differ only in the order of what is independent are the same. The first causal difference is shown in both runs,
    then what else changed.

    The exit code is 0 where they are the same, 1 where they are not.
    """
    reels = open_reel(one), open_reel(other)
    with working(5) as stage:
        one_run, other_run = (_read(reel, stage) for reel in reels)
        done = one_run.behaviour, other_run.behaviour
        if around is None:
            stage("comparing")
            found = compare(*done, before(reels[0]), before(reels[1]))
            timings = _timings(one_run.blocked_ns, other_run.blocked_ns)
    if around is not None:
        print(_around(reels, done, around))
        return
    if as_json:
        print(json.dumps(_as_json(found, timings), ensure_ascii=False))
    else:
        print(_text(reels, done, found, timings))
    sys.exit(0 if found.same else 1)


@dataclass(frozen=True)
class _Run:
    """What is compared of a run: `blocked_ns` is how long each role was."""

    behaviour: Behaviour
    blocked_ns: dict[str, int]


def _read(reel: Reel, stage: Stage) -> _Run:
    """One reel after the other: of ten million events both would not have room at once."""
    stage(f"{MATCHING} in {reel.path.name}")
    _ = reel.flows
    stage(f"naming what {reel.path.name} did")
    roles = roles_of(reel)
    run = _Run(behaviour_of(reel, roles=roles), _blocked_ns(reel, roles.lane))
    reel.release()
    return run


def _text(reels: tuple[Reel, Reel], done: tuple[Behaviour, Behaviour], found: Difference, timings: list[Any]) -> str:
    if found.same:
        return "the same, but for the order of what is independent"
    first = found.partings[0]
    lines = [f"first difference: {first.role}, after {first.place} operations in common", ""]
    for reel, behaviour, deed in zip(reels, done, (first.one, first.other), strict=True):
        lines += [f"{reel.path.name}:", *_context(reel, behaviour, first, deed), ""]
    others = [f"  {parting.role}, after {parting.place} operations" for parting in found.partings[1:]]
    lines += _section("also different, later or elsewhere:", others)
    lines += _section("how often:", [_count_line(changed) for changed in found.counts])
    lines += _section("what was carried:", [_payload_line(*pair) for pair in found.payloads])
    lines += _section(
        "blocked, where it changed by half and by 1 ms:",
        [f"  {role}: {duration_text(one)} → {duration_text(other)}" for role, one, other in timings],
    )
    return "\n".join(lines).rstrip()


def _section(title: str, lines: list[str]) -> list[str]:
    if not lines:
        return []
    more = [f"  and {len(lines) - _SHOWN} more"] if len(lines) > _SHOWN else []
    return [title, *lines[:_SHOWN], *more, ""]


def _context(reel: Reel, behaviour: Behaviour, parting: Parting, deed: Deed | None) -> list[str]:
    deeds = behaviour.of(parting.role)
    lines = [f"    {_in_words(reel, one)}" for one in deeds[max(parting.place - _CONTEXT, 0) : parting.place]]
    if deed is None:
        return [*lines, "  > nothing more" if deeds else "  > there is no such role"]
    lines.append(f"  > {deed}")
    lines += [f"    {_in_words(reel, one)}" for one in deeds[parting.place + 1 : parting.place + 1 + _CONTEXT]]
    causes = reel.flows.cause[reel.flows.effect == deed.row]
    lines.append(f"    {describe(reel, deed.row)}")
    return lines + [f"    caused by {describe(reel, int(cause))}" for cause in np.sort(causes)[-_CONTEXT:]]


def _in_words(reel: Reel, deed: Deed) -> str:
    """A deed, with what came where that was open to scheduling: it is not compared, but what follows it is."""
    came = text_of(reel, deed.row, _WIDE) if OPEN in deed.carried else ""
    return str(deed).replace(OPEN, f"(open: {came})") if came else str(deed)


def _count_line(changed: Changed) -> str:
    return f"  {changed.role}: {changed.operation} {changed.on}: {changed.one} → {changed.other}"


def _payload_line(one: Deed, other: Deed) -> str:
    carried, otherwise = _where_apart(one.carried, other.carried)
    return f"  {one.operation} {one.on}: {carried} → {otherwise}"


def _where_apart(one: str, other: str) -> tuple[str, str]:
    """Two long texts around the place where they begin to differ."""
    differs = (place for place, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1])
    since = max(next(differs, 0) - _WIDE // 4, 0)
    return _cut(one, since), _cut(other, since)


def _cut(text: str, since: int) -> str:
    if len(text) <= _WIDE:
        return text
    return ("…" if since else "") + text[since : since + _WIDE] + ("…" if since + _WIDE < len(text) else "")


def _blocked_ns(reel: Reel, roles: list[str]) -> dict[str, int]:
    window = (reel.begin_ns, reel.end_ns)
    ends = ends_of(reel.events, reel.flows)
    times = lane_times(reel.events, ends, find_waits(reel.events, ends, window), window)
    blocked_ns = dict.fromkeys(roles, 0)
    for role, waited_ns in zip(roles, times.waiting_ns.tolist(), strict=False):
        blocked_ns[role] += waited_ns
    return blocked_ns


def _timings(one: dict[str, int], other: dict[str, int]) -> list[tuple[str, int, int]]:
    """Roles that were blocked for a time that is different by half, and by a millisecond."""
    pairs = [(role, one[role], other[role]) for role in sorted({*one} & {*other})]
    return [row for row in pairs if abs(row[1] - row[2]) > max(min(row[1:]) // 2, 1_000_000)]


def _around(reels: tuple[Reel, Reel], done: tuple[Behaviour, Behaviour], event: int) -> str:
    """The place of an event in its role, in both runs.

    Raises:
        ReelError: there is no such event, or it is of a kind that is not compared.
    """
    if event >= len(reels[0]):
        raise ReelError(f"{reels[0].path.name}: no event {event}. The last is {len(reels[0]) - 1}.")
    found = [
        (int(rows[place]), role, int(place))
        for role, deeds in done[0].roles.items()
        for rows in (deeds.rows,)
        for place in np.flatnonzero((rows >= event) & (reels[0].lane[rows] == reels[0].lane[event]))[:1]
    ]
    if not found:
        raise ReelError(f"{reels[0].path.name}: event {event} is followed by nothing that is compared.")
    _, role, place = min(found)
    lines = [f"{role}, operation {place}"]
    for reel, behaviour in zip(reels, done, strict=True):
        own = behaviour.of(role)
        parting = Parting(role, min(place, len(own)), None, None)
        deed = own[place] if place < len(own) else None
        lines += ["", f"{reel.path.name}:", *_context(reel, behaviour, parting, deed)]
    return "\n".join(lines)


def _as_json(found: Difference, timings: list[tuple[str, int, int]]) -> dict[str, Any]:
    def deed(one: Deed | None) -> dict[str, Any] | None:
        return None if one is None else asdict(one)

    return {
        "same": found.same,
        "partings": [
            {"role": p.role, "place": p.place, "one": deed(p.one), "other": deed(p.other)} for p in found.partings
        ],
        "counts": [vars(changed) for changed in found.counts],
        "payloads": [{"one": deed(one), "other": deed(other)} for one, other in found.payloads],
        "blocked_ns": [{"role": role, "one": one, "other": other} for role, one, other in timings],
    }
