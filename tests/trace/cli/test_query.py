"""The worked questions of docs/query.md are questions that can be asked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ipcreel.cli.query import ask
from ipcreel.export.tables import VIEWS
from ipcreel.reel import Reel, open_reel

PAGE = Path(__file__).parents[3] / "docs" / "query.md"
QUESTIONS = re.findall(r"### (.+?)\n(?:.*?\n)*?```sql\n(.*?)```\n```\n(.*?)\n```", PAGE.read_text(), re.DOTALL)

pytest.importorskip("duckdb")


@pytest.fixture(scope="module")
def reel() -> Reel:
    return open_reel(Path(__file__).parents[1] / "reel" / "golden" / "version-1.reel")


def test_there_are_a_dozen_of_them() -> None:
    assert len(QUESTIONS) >= 12


@pytest.mark.parametrize(("question", "sql", "answer"), QUESTIONS, ids=[title for title, _, _ in QUESTIONS])
def test_a_question_is_understood_and_has_the_columns_of_its_answer(
    reel: Reel, question: str, sql: str, answer: str
) -> None:
    columns, _ = ask(reel, sql)
    assert columns == answer.splitlines()[0].split()


@pytest.mark.parametrize("view", VIEWS)
def test_the_page_names_every_column_of_a_view(reel: Reel, view: str) -> None:
    (row,) = re.findall(rf"^\| `{view}` \|.*$", PAGE.read_text(), re.MULTILINE)
    assert set(VIEWS[view](reel)) <= set(re.findall(r"`(\w+)`", row))


def test_spans_know_what_they_lie_in_and_ticks_follow_each_other(reel: Reel) -> None:
    _, spans = ask(reel, "SELECT count(*), min(depth) FROM spans")
    assert spans == [(len(reel), 0)]
    _, nested = ask(
        reel,
        "SELECT count(*) FROM spans s WHERE depth > 0 AND NOT EXISTS (SELECT 1 FROM spans o WHERE o.lane = s.lane "
        "AND o.event <> s.event AND o.begin_s <= s.begin_s AND o.end_s >= s.end_s)",
    )
    assert nested == [(0,)]


def test_a_question_of_no_words_has_no_rows(reel: Reel) -> None:
    assert ask(reel, " ") == ([], [])
