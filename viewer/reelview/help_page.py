"""The help page: what to do to have an answer, and every key."""

from __future__ import annotations

from collections.abc import Iterable

from reelview import page
from reelview.timeline.keys import ACTIONS

_ANSWERS = (
    (
        "Who waited for whom here?",
        "Click a hatched span: hatching is waiting. “State” draws who waits for whom, names the "
        "holder of each lock, and who let the waiting go on. “[” goes to the event that ended the wait.",
    ),
    (
        "What was in that queue?",
        "Move the cursor to the moment. “State” lists the messages of every queue in their order, with "
        "their senders; each leads to its send.",
    ),
    (
        "Why did the price move?",
        "Click the step of the price under the timeline. The panel “Pricing” splits it into its terms, lists the "
        "transactions, shares and signals that made it, and shows the chain of messages behind it on the timeline.",
    ),
    (
        "Why did it take so long?",
        "“K” draws the critical path: the chain of work and waiting that set the length of the run. The panel "
        "“Synchronization” lists it with shares, who came last to each barrier, and what was waited for most.",
    ),
    (
        "Where would it have deadlocked?",
        "The panel “Findings” lists rings of waiting, and locks that are taken in opposite orders. “show on the "
        "timeline” goes to the proof; the wait-for graph of that moment shows the ring in red.",
    ),
)


_MOUSE = (
    ("wheel", "scroll lanes"),
    ("Ctrl+wheel", "zoom at the mouse"),
    ("Shift+wheel", "move"),
    ("click", "select an event, and move the cursor there"),
    ("double click", "fit the event in the view"),
    ("drag", "select a range: how long it is stands in it"),
    ("Shift+drag, right drag", "move"),
    ("middle drag", "zoom to a range"),
    ("Alt while dragging", "do not snap to the ends of events"),
    ("drag on the axis", "move the cursor"),
    ("drag a name", "put a process elsewhere"),
    ("right click on a lane", "pin, hide, fold it"),
)
_BOOKMARKS = (("Ctrl+1 to Ctrl+9", "Set a bookmark: the view as it is"), ("1 to 9", "Go to a bookmark"))


def write_help() -> str:
    """The page as HTML."""
    answers = "".join(page.heading(question) + page.text(answer) for question, answer in _ANSWERS)
    keys = [(" or ".join(action.keys), action.text) for action in ACTIONS if "bookmark" not in action.name]
    return f"{answers}{page.heading('Mouse')}{_listed(_MOUSE)}{page.heading('Keys')}{_listed([*keys, *_BOOKMARKS])}"


def _listed(rows: Iterable[tuple[str, str]]) -> str:
    return page.table(((f"<b>{page.text(what)}</b>", page.text(does)) for what, does in rows), (38, 62))
