"""What is wrong with a run, in words."""

from __future__ import annotations

from ipcreel.reel import Reel
from ipcreel.reel.text import duration_text
from reelview import page

_MOST = 200
_MOST_PROOFS = 12


def write_findings(reel: Reel) -> str:
    """Each finding, with what proves it a click away."""
    blocks = []
    for number, finding in enumerate(reel.findings[:_MOST]):
        at = duration_text(max(finding.at_ns - reel.begin_ns, 0))
        proofs = [
            page.link(
                f"event:{row}", f"{reel.lane_name(int(reel.lane[row]))} {reel.operations[int(reel.op[row])]['name']}"
            )
            + page.faint(f" {where(reel, row)}")
            for row in finding.events
        ]
        blocks.append(
            f"<p><b>{page.text(finding.code)}</b> {page.faint(f'at {at}')} "
            f"{page.link(f'finding:{number}', 'show on the timeline')}<br>{page.text(finding.what)}<br>"
            f"<i>{page.text(finding.cause)}</i><br>{page.first(proofs, _MOST_PROOFS, 'events')}</p>"
        )
    if not blocks:
        return "Nothing found: no deadlock, no lock order that can deadlock, no lost message, no lost signal."
    return "".join(blocks)


def where(reel: Reel, row: int) -> str:
    """File and line of an event."""
    file, line, _, _ = reel.sites[int(reel.site[row])]
    return f"{str(file).rsplit('/', 1)[-1]}:{line}" if file else ""
