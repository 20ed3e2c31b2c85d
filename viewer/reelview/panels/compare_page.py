"""The difference of two runs in words."""

from __future__ import annotations

from ipcreel.analysis.deeds import Deed
from ipcreel.analysis.diff import Changed, Parting
from reelview import page
from reelview.comparison import Comparison

_CONTEXT = 4
_SIDES = ("one", "other")
_MOST = 20


class ComparePage:
    """Writes a comparison. Links of its own: `one:N` and `other:N` to events, `parting:N` and `pair:N:M` in both."""

    def __init__(self, comparison: Comparison) -> None:
        self._comparison = comparison
        self._names = tuple(reel.path.name for reel in comparison.reels)

    def write(self) -> str:
        found = self._comparison.difference
        if found.same:
            text = "The two runs did the same, but for the order of what is independent."
            return page.heading("No difference") + page.text(text)
        return "".join((self._first(found.partings[0]), self._later(), self._counts(), self._payloads()))

    def _first(self, parting: Parting) -> str:
        columns = []
        for side, (name, deed) in enumerate(zip(self._names, (parting.one, parting.other), strict=True)):
            columns.append(page.heading(name) + "<br>".join(self._context(side, parting, deed)))
        return (
            page.heading("First causal difference")
            + f"{page.text(parting.role)}, after {parting.place:,} operations in common: "
            + page.link("parting:0", "show in both")
            + "".join(columns)
        )

    def _context(self, side: int, parting: Parting, deed: Deed | None) -> list[str]:
        deeds = self._comparison.done[side].of(parting.role)
        lines = [self._deed(side, each) for each in deeds[max(parting.place - _CONTEXT, 0) : parting.place]]
        if deed is None:
            return [*lines, page.bad("nothing more" if deeds else "there is no such role")]
        after = deeds[parting.place + 1 : parting.place + 1 + _CONTEXT]
        return [*lines, f"{page.bad('▶')} <b>{self._deed(side, deed)}</b>", *(self._deed(side, each) for each in after)]

    def _deed(self, side: int, deed: Deed) -> str:
        words = page.faint(" ".join(part for part in (deed.on, deed.carried, deed.cause and f"← {deed.cause}") if part))
        return f"{page.link(f'{_SIDES[side]}:{deed.row}', deed.operation)} {words}"

    def _later(self) -> str:
        rest = self._comparison.difference.partings[1:]
        lines = [
            f"{page.link(f'parting:{number}', each.role)} {page.faint(f'after {each.place:,} operations in common')}"
            for number, each in enumerate(rest, 1)
        ]
        return page.heading("Also different, later or elsewhere") + page.first(lines, _MOST, "roles") if lines else ""

    def _counts(self) -> str:
        rows = [self._count(each) for each in self._comparison.difference.counts[:_MOST]]
        rest = len(self._comparison.difference.counts) - _MOST
        more = page.faint(f"and {rest:,} more") if rest > 0 else ""
        return page.heading("How often") + page.table(rows, (26, 56, 18)) + more if rows else ""

    def _count(self, changed: Changed) -> tuple[str, ...]:
        what = page.text(changed.operation) + page.faint(f" {changed.on}")
        return page.text(changed.role), what, f"{changed.one:,} → {changed.other:,}"

    def _payloads(self) -> str:
        lines = [
            f"{page.link(f'pair:{one.row}:{other.row}', f'{one.operation} {one.on}'.rstrip())} "
            + page.faint(f"{one.carried} → {other.carried}")
            for one, other in self._comparison.difference.payloads
        ]
        return page.heading("What was carried") + page.first(lines, _MOST, "messages") if lines else ""
