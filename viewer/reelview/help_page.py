"""The help page: what to do to have an answer, and every key."""

from __future__ import annotations

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


def write_help() -> str:
    """The page as HTML."""
    answers = "".join(page.heading(question) + page.text(answer) for question, answer in _ANSWERS)
    keys = page.table(
        (f"<b>{page.text(' or '.join(action.keys))}</b>", page.text(action.text))
        for action in ACTIONS
        if "bookmark" not in action.name
    )
    mouse = page.table(
        (f"<b>{page.text(what)}</b>", page.text(does))
        for what, does in (
            ("wheel, Ctrl+wheel, Shift+wheel", "scroll lanes, zoom at the mouse, move"),
            ("drag, Shift+drag or right drag, middle drag", "select a range, move, zoom to a range"),
            ("click, double click", "select an event, fit it in the view"),
            ("drag on the axis", "move the cursor"),
            ("Ctrl+1 to 9, 1 to 9", "set a bookmark, go there"),
        )
    )
    return f"{answers}{page.heading('Mouse')}{mouse}{page.heading('Keys')}{keys}"
