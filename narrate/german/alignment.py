"""Which spoken words belong to which printed one."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import cache

_WORD = re.compile(r"\S+")
MOST_WORDS = 4000  # of a text that is aligned word by word
MOST_CELLS = 900  # printed times spoken words of a changed run; a larger one stays together

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Pair:
    """A printed word and what is said for it; offsets in characters, half-open.

    Attributes:
        printed_start: In the printed text.
        printed_end: In the printed text.
        spoken_start: In the spoken text.
        spoken_end: In the spoken text; equal to its start where nothing is said.
    """

    printed_start: int
    printed_end: int
    spoken_start: int
    spoken_end: int


def align(printed: str, spoken: str, verbalize: Callable[[str], str] = str) -> tuple[Pair, ...]:
    """Pair every printed word with the words said for it.

    Words that are the same in both texts are found first; inside a changed run each
    printed word is given the spoken words that come nearest to what it says alone.

    Returns:
        One pair for each printed word, in order; words that can only be said together
        share their spoken words.
    """
    words = [match.span() for match in _WORD.finditer(printed)]
    said = [match.span() for match in _WORD.finditer(spoken)]
    if not words:
        return ()
    if len(words) > MOST_WORDS or len(said) > MOST_WORDS:
        whole = (said[0][0], said[-1][1]) if said else (0, 0)
        return tuple(Pair(*word, *whole) for word in words)
    if printed == spoken:
        return tuple(Pair(*word, *word) for word in words)
    before = [printed[start:end] for start, end in words]
    after = [spoken[start:end] for start, end in said]
    alone = cache(verbalize)
    pairs: list[Pair] = []
    for kind, i, j, k, n in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "insert" and pairs:
            # "4:20 Uhr" is "vier Uhr zwanzig": what follows an unchanged word belongs to it.
            last_pair = pairs.pop()
            pairs.append(replace(last_pair, spoken_end=said[n - 1][1]))
            continue
        if kind == "equal":
            runs = [(k + index, k + index + 1) for index in range(j - i)]
        else:
            runs = [(k + a, k + b) for a, b in _runs([alone(word) for word in before[i:j]], after[k:n])]
        at = said[k][0] if k < len(said) else len(spoken)
        for word, (first, last) in zip(words[i:j], runs, strict=True):
            span = (said[first][0], said[last - 1][1]) if last > first else (at, at)
            pairs.append(Pair(*word, *span))
            at = span[1]
    return tuple(pairs)


def _runs(expected: Sequence[str], said: Sequence[str]) -> list[Span]:
    """Part the words of a changed run among the printed words: the cheapest way to cut it."""
    if len(expected) * len(said) > MOST_CELLS:
        return [(0, len(said))] * len(expected)
    best: list[dict[int, tuple[float, int]]] = [{0: (0.0, 0)}]
    for word in expected:
        row: dict[int, tuple[float, int]] = {}
        for start, (cost, _) in best[-1].items():
            for end in range(start, len(said) + 1):
                total = cost + _cost(word, " ".join(said[start:end]))
                if end not in row or total < row[end][0]:
                    row[end] = (total, start)
        best.append(row)
    runs: list[Span] = []
    end = len(said)
    for row in reversed(best[1:]):
        start = row[end][1]
        runs.append((start, end))
        end = start
    return runs[::-1]


def _cost(expected: str, said: str) -> float:
    """Return how badly some spoken words fit what a printed word says alone."""
    if expected == said:
        return 0.0
    if not said:
        return 1.0 + 0.05 * len(expected)
    alike = 0
    for one, other in zip(expected.casefold(), said.casefold(), strict=False):
        if one != other:
            break
        alike += 1
    longest = max(len(expected), len(said))
    return 1.0 - alike / longest + 0.05 * abs(len(expected) - len(said))


def changes(printed: str, spoken: str, verbalize: Callable[[str], str] = str) -> tuple[Pair, ...]:
    """Return the runs that are said in another way than printed, neighbours joined, common marks left out."""
    found: list[Pair] = []
    before: Pair | None = None
    for pair in align(printed, spoken, verbalize):
        changed = printed[pair.printed_start : pair.printed_end] != spoken[pair.spoken_start : pair.spoken_end]
        if changed and found and found[-1] is before:
            found[-1] = Pair(before.printed_start, pair.printed_end, before.spoken_start, pair.spoken_end)
        elif changed:
            found.append(pair)
        before = found[-1] if changed else None
    return tuple(_bare(pair, printed, spoken) for pair in found)


def _bare(pair: Pair, printed: str, spoken: str) -> Pair:
    """Leave out marks that begin or end both sides."""
    i, j, k, n = pair.printed_start, pair.printed_end, pair.spoken_start, pair.spoken_end
    while j - i > 1 and n - k > 1 and printed[j - 1] == spoken[n - 1] and not printed[j - 1].isalnum():
        j, n = j - 1, n - 1
    while j - i > 1 and n - k > 1 and printed[i] == spoken[k] and not printed[i].isalnum():
        i, k = i + 1, k + 1
    return Pair(i, j, k, n)
