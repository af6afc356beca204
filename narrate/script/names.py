"""Names in running text: runs of capitalised words, and the role nouns beside them."""

from __future__ import annotations

import re

from narrate.model import Gender
from narrate.script.first_names import is_first_name
from narrate.script.words import CUES, TIMES, role_gender, word_set

TOKEN = re.compile(r"(?:Dr|Prof|St|[A-ZÄÖÜ])\.|\w[\w’]*(?:[-']\w+)*|[^\w\s]")
PARTICLES = word_set("von van vom zu zum zur de del della di da der den dos du la le al el bin ibn ter ten af")
TITLES = frozenset({"Dr.", "Prof.", "Herr", "Frau", "Herrn", "Sir", "Lord", "Lady", "Doktor"})
_NO_SURNAME = word_set(
    "AG GmbH SE KG Inc Ltd Ventures Institute Institut University Universität Bank Group News Times Center Stiftung "
    "Foundation Capital Technologies Labs Park Platz Straße Allee Preis Award Cup Club Post Zeitung Motors"
)
_AGED = re.compile(r"\d{2}-[Jj]ährige[rn]?")


def _is_name_word(word: str) -> bool:
    return word[0].isupper() and len(word) > 1 and not _AGED.fullmatch(word)


def run_end(words: list[str], start: int) -> int:
    """Return where a run of capitalised words, initials and name particles ends."""
    at = start
    while at < len(words) and at - start < 9:
        if _is_name_word(words[at]) or (at > start and len(words[at]) == 2 and words[at][1] == "."):
            at += 1
        elif at > start and words[at] in PARTICLES:
            after = at + 1
            while after < len(words) and words[after] in PARTICLES:
                after += 1
            if after >= len(words) or not _is_name_word(words[after]) or not is_first_name(words[at - 1]):
                break
            at = after
        else:
            break
    return at


def full_name(words: list[str]) -> str | None:
    """Return a full name made of words, or None where they are no name."""
    kept: list[str] = []
    for word in words:
        if kept and ((role_gender(word)[0] and len(kept) > 1) or word in TIMES):
            break
        kept.append(word)
    capitals = [word for word in kept if word[0].isupper()]
    if (
        not 2 <= len(capitals) <= 4
        or kept[-1] in _NO_SURNAME
        or (role_gender(kept[-1])[0] and not is_first_name(kept[0]))
    ):
        return None
    return " ".join(kept)


def evident(words: list[str], start: int, end: int) -> bool:
    """Tell whether two capitalised words are a name by what stands beside them."""
    if not 2 <= end - start <= 3 or (words[start].endswith(("er", "en", "e", "es")) and len(words[start]) > 6):
        return False
    after = words[end] if end < len(words) else ""
    before = words[start - 1] if start else ""
    aged = after == "(" and end + 2 < len(words) and words[end + 1].isdigit() and words[end + 2] == ")"
    apposition = after == "," and any(role_gender(word)[0] for word in words[end + 1 : end + 4])
    return aged or apposition or before in CUES or after in CUES


def role_before(words: list[str], start: int) -> list[tuple[str, Gender | None]]:
    """Return the role noun that leads to a name: Sprecherin der Stadt, Gründer von X."""
    for at in range(start - 1, max(-1, start - 7), -1):
        word = words[at]
        found, gender = role_gender(word)
        if found:
            plain = at == start - 1 or words[at + 1] in {"von", "der", "des", "bei", "für", "vom", "im", "beim", ","}
            return [(word, gender or _by_article(words, at))] if plain else []
        if word in '.!?:;"„“»«' or word in CUES or (word == "," and at != start - 1):
            return []
    return []


def role_after(words: list[str], end: int) -> list[tuple[str, Gender | None]]:
    """Return the role noun that follows a name: X, die Sprecherin; X ist Gründer."""
    at = end
    if words[at : at + 1] == ["("]:
        at = next((place + 1 for place in range(at, min(at + 4, len(words))) if words[place] == ")"), at)
    if words[at : at + 1] and words[at] in {",", "ist", "war", "wurde", "wird", "als"}:
        for place in range(at + 1, min(at + 6, len(words))):
            found, gender = role_gender(words[place])
            if found:
                return [(words[place], gender or _by_article(words, place))]
            if not (words[place].islower() or words[place][0].isdigit()):
                break
    return []


def _by_article(words: list[str], at: int) -> Gender | None:
    """Return the gender that an article before a noun tells."""
    for word in words[max(0, at - 3) : at]:
        if word in {"der", "Der", "ein", "Ein", "dem", "den"}:
            return "m"
        if word in {"die", "Die", "eine", "Eine"}:
            return "f"
    return None
