"""The little HTML that panels are written in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape


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


def table(rows: Iterable[Sequence[str]], widths: Sequence[int] = ()) -> str:
    """Rows of cells that are HTML already.

    Args:
        widths: of the columns, in percent; by default as wide as what stands in them.
    """
    wide = [f' width="{width}%"' for width in widths]
    lines = []
    for row in rows:
        cells = [
            f'<td style="padding-right:10px"{wide[column] if column < len(wide) else ""}>{cell}</td>'
            for column, cell in enumerate(row)
        ]
        lines.append(f"<tr>{''.join(cells)}</tr>")
    return f'<table class="rows" cellspacing="0" cellpadding="1" width="100%">{"".join(lines)}</table>' if lines else ""


def pre(shown: object) -> str:
    return f'<pre style="white-space: pre-wrap">{escape(str(shown))}</pre>'


def first(items: Sequence[str], most: int, noun: str) -> str:
    """The first lines, and how many there are beyond."""
    rest = len(items) - most
    return "<br>".join(items[:most]) + (f"<br>{faint(f'and {rest:,} more {noun}')}" if rest > 0 else "")
