"""Sentences kept as data: how each class is read, and whole news texts."""

from __future__ import annotations

from pathlib import Path

import pytest

from narrate.german import verbalize
from scripts.score_german_cases import Case, folded, read_cases, score

HERE = Path(__file__).parent
CASES = read_cases([HERE / "cases"])
TEXTS = sorted(path for path in (HERE / "texts").glob("*.txt") if not path.name.endswith(".spoken.txt"))


@pytest.mark.parametrize("kind", sorted({case.kind for case in CASES}))
def test_a_class_is_read_right(kind: str) -> None:
    """Every case of a class comes out as one of its accepted readings, in text and by ear."""
    results = [score(case) for case in CASES if case.kind == kind]
    wrong = [(result.case.printed, result.spoken) for result in results if not (result.in_text and result.by_ear)]
    assert not wrong


def test_there_are_enough_cases() -> None:
    """At least 400 sentences over all classes, each once, and no reading holds a figure outside a name."""
    assert len(CASES) >= 400
    assert len({case.printed for case in CASES}) == len(CASES)
    for case in CASES:
        if case.kind not in {"name_number", "plain"}:
            assert not any(map(str.isdigit, case.accepted[0])), case


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_a_news_text_is_read_right(path: Path) -> None:
    """Sport, stock market, law, science, local news: read as a person has checked."""
    expected = path.with_name(f"{path.stem}.spoken.txt").read_text("utf-8").splitlines()
    assert [verbalize(line) for line in path.read_text("utf-8").splitlines()] == expected


def test_the_scorer_tells_right_from_wrong() -> None:
    """A wrong ending is a miss in text and by ear; case, marks and joined numbers are not looked at."""
    right = Case("ordinal", "Am 3. Tag.", ("Am dritten Tag.",))
    wrong = Case("ordinal", "Am 3. Tag.", ("Am dritter Tag.",))
    assert score(right).in_text
    assert score(right).by_ear
    assert not score(wrong).in_text
    assert not score(wrong).by_ear
    assert folded("Ein hundert vier und zwanzig, K I") == folded("hundertvierundzwanzig k-i")
