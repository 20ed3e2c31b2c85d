"""The little HTML that panels are written in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

SEAM = "<!--seam-->"
"""Where a section may be shown anew in part, between two of its paragraphs or tables."""

_PIECE_ROWS = 6


def text(value: object) -> str:
    """A text that is shown as it is, whatever stands in it."""
    return escape(str(value)).replace("\n", "<br>")


def link(target: str, shown: object) -> str:
    """What leads to `event:12`, `cone:12`, `time:5000`, …"""
    return f'<a href="{escape(target)}">{text(shown)}</a>'


def heading(shown: object) -> str:
    return f"<h4>{text(shown)}</h4>"


def faint(shown: object) -> str:
    return f'<span class="faint">{text(shown)}</span>'


def bad(shown: object) -> str:
    """What is wrong."""
    return f'<span class="bad">{text(shown)}</span>'


def table(rows: Iterable[Sequence[str]], widths: Sequence[int] = (), *, goes_on: bool = False) -> str:
    """Rows of cells that are HTML already.

    Args:
        widths: of the columns, in percent; by default as wide as what stands in them.
        goes_on: more of it follows, close under it.
    """
    wide = [f' width="{width}%"' for width in widths]
    lines = []
    for row in rows:
        cells = [
            f'<td style="padding-right:10px"{wide[column] if column < len(wide) else ""}>{cell}</td>'
            for column, cell in enumerate(row)
        ]
        lines.append(f"<tr>{''.join(cells)}</tr>")
    look = 'class="rows" ' if not goes_on else ""
    return f'<table {look}cellspacing="0" cellpadding="1" width="100%">{"".join(lines)}</table>' if lines else ""


def table_in_pieces(rows: Sequence[Sequence[str]], widths: Sequence[int]) -> str:
    """A table of which a few rows at a time are shown anew where it changes while a run plays.

    Args:
        widths: as of `table`; without them the pieces would not stand under one another.
    """
    return SEAM.join(
        table(rows[at : at + _PIECE_ROWS], widths, goes_on=at + _PIECE_ROWS < len(rows))
        for at in range(0, len(rows), _PIECE_ROWS)
    )


def pre(shown: object) -> str:
    return f'<pre style="white-space: pre-wrap">{escape(str(shown))}</pre>'


def source(lines: Sequence[str], called: int) -> str:
    """Lines of a program: all of the one that is called, of the others what has room beside each other."""
    parts = (("", lines[:called]), ("-wrap", lines[called : called + 1]), ("", lines[called + 1 :]))
    blocks = ((wraps, escape("\n".join(part))) for wraps, part in parts if part)
    return "".join(f'<pre style="white-space: pre{wraps}; margin: 0">{text}</pre>' for wraps, text in blocks)


def first(items: Sequence[str], most: int, noun: str, *, in_pieces: bool = False) -> str:
    """The first lines, and how many there are beyond.

    Args:
        in_pieces: a few lines at a time are shown anew where they change while a run plays.
    """
    rest = len(items) - most
    lines = [*items[:most], *([faint(f"and {rest:,} more {noun}")] if rest > 0 else [])]
    most_together = _PIECE_ROWS * 2 if in_pieces else max(len(lines), 1)
    pieces = (lines[at : at + most_together] for at in range(0, len(lines), most_together))
    return SEAM.join("<br>".join(piece) for piece in pieces)
