"""Citations of laws and judgments: §, Absatz, Satz, Nummer, Buchstabe, case numbers."""

from __future__ import annotations

import re

from narrate.german.numbers import cardinal
from narrate.german.roman import value

_NUM = r"\d{1,4}(?:\s?[a-z](?![\w.]))?"
_SECTION = re.compile(rf"(?P<sign>§{{1,2}})\s?(?P<number>{_NUM})")
_BARE = re.compile(r"§§?")
_ARTICLE = re.compile(rf"(?<!\w)(?P<word>Art|Artikel|Artikels|Artikeln|Art\.)\s?(?P<number>{_NUM})(?!\w|[.,:]\d|\s?%)")
_PART = re.compile(
    rf"(?<!\w)(?P<word>Abs|UAbs|Nr|Nrn|Ziff|Rn|Rdnr|Rz|Alt|Hs|Halbs|Var|Anm|Kap|Unterabs)\.\s?(?P<number>{_NUM}|[IVX]+(?!\w))(?!\w|[.,:]\d|\.\d)"
)
_SENTENCE = re.compile(
    r"(?P<before>(?:Absatz|Paragraf|Artikel|Nummer|Buchstabe)\s[\w ]{1,60}?,?\s)S\.\s?(?P<number>\d{1,2})(?!\w|[.,]\d)"
)
_ROMAN_PARTS = re.compile(
    r"(?P<before>(?:Paragraf|Artikel)\s[a-zäöüß ]{1,50}?(?: [a-z])?) (?P<roman>[IVX]{1,4})"
    r"(?P<rest>(?: \d{1,2})?)(?= [A-ZÄÖÜ])"
)
_LETTER = re.compile(r"(?<!\w)(?:lit|Lit|Buchst|Bst)\.\s?(?P<letter>[a-z]{1,2})(?P<close>\)?)(?!\w)")
_FOLLOWING = re.compile(r"(?<=[\w]) (?P<f>ff?)\.(?=(?P<rest>[\s,;:)]|$))")
_CASE = re.compile(
    r"(?<![\w])(?P<chamber>\d{1,3}|[IVX]{1,4}) (?P<letters>(?:[A-Z][A-Za-z]{0,4}|[a-z]{1,2})(?: [A-Z][a-z]?)?)"
    r" (?P<number>\d{1,6})/(?P<year>\d{2})(?:\.(?P<court>[A-Z]{1,3}))?(?!\d)"
)
_EU_CASE = re.compile(r"(?<!\w)(?P<court>[CT])[-‑–](?P<number>\d{1,4})/(?P<year>\d{2})(?!\d)")
_PRINTED_MATTER = re.compile(
    r"(?P<word>Drucksache|Drs\.|BT-Drs\.|BT-Drucksache) (?P<period>\d{1,2})/(?P<number>\d{1,6})(?!\d)"
)
_WORDS = {
    "Abs": "Absatz", "UAbs": "Unterabsatz", "Unterabs": "Unterabsatz",
    "Nr": "Nummer", "Nrn": "Nummern", "Ziff": "Ziffer",
    "Rn": "Randnummer", "Rdnr": "Randnummer", "Rz": "Randziffer", "Alt": "Alternative", "Hs": "Halbsatz",
    "Halbs": "Halbsatz", "Var": "Variante", "Anm": "Anmerkung", "Kap": "Kapitel",
}  # fmt: skip


def legal(text: str) -> str:
    """Write out citations of laws, and case numbers."""
    text = _CASE.sub(_case_number, text)
    text = _EU_CASE.sub(
        lambda match: f"{match['court']} {cardinal(int(match['number']))} Schrägstrich {_two(match['year'])}", text
    )
    text = _PRINTED_MATTER.sub(
        lambda match: f"Drucksache {cardinal(int(match['period']))} Schrägstrich {cardinal(int(match['number']))}", text
    )
    text = _SECTION.sub(
        lambda match: f"{'Paragrafen' if len(match['sign']) == 2 else 'Paragraf'} {_number(match['number'])}", text
    )
    text = _BARE.sub(lambda match: "Paragrafen" if len(match[0]) == 2 else "Paragraf", text)
    text = _ARTICLE.sub(_article, text)
    text = _PART.sub(lambda match: f"{_WORDS[match['word']]} {_number(match['number'])}", text)
    text = _LETTER.sub(lambda match: f"Buchstabe {match['letter']}", text)
    text = _SENTENCE.sub(lambda match: f"{match['before']}Satz {cardinal(int(match['number']))}", text)
    text = _ROMAN_PARTS.sub(_roman_parts, text)
    return _FOLLOWING.sub(lambda match: _following(match, text), text)


def _article(match: re.Match[str]) -> str:
    word = "Artikel" if match["word"].startswith("Art") and match["word"] in {"Art", "Art."} else match["word"]
    return f"{word} {_number(match['number'])}"


def _number(printed: str) -> str:
    """Say a section's number; a letter behind it is said as a letter."""
    figures = re.match(r"\d+", printed)
    if figures is None:
        number = value(printed)
        return cardinal(number) if number is not None else printed
    letter = printed[figures.end() :].strip()
    return cardinal(int(figures[0])) + (f" {letter}" if letter else "")


def _two(figures: str) -> str:
    return ("null " if figures[0] == "0" else "") + cardinal(int(figures))


def _roman_parts(match: re.Match[str]) -> str:
    number = value(match["roman"])
    if number is None:
        return match[0]
    rest = f" Satz {cardinal(int(match['rest']))}" if match["rest"] else ""
    return f"{match['before']} Absatz {cardinal(number)}{rest}"


def _following(match: re.Match[str], text: str) -> str:
    word = text[: match.start()].rpartition(" ")[2]
    if not (word in _COUNTING or word.isdecimal() or len(word) == 1 or word.endswith(("zig", "ßig", "zehn"))):
        return match[0]
    from narrate.german.dates import sentence_ends

    stop = "." if sentence_ends(text, match.end()) else ""
    return (" und folgende" if match["f"] == "ff" else " und folgender") + stop


_COUNTING = frozenset("eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf hundert tausend".split())


def _case_number(match: re.Match[str]) -> str:
    """Say a court's file number: chamber, letters, number, year."""
    chamber = match["chamber"]
    number = value(chamber) if not chamber.isdigit() else int(chamber)
    if number is None:
        return match[0]
    letters = " ".join(sign for sign in match["letters"] if sign != " ")
    court = f" {' '.join(match['court'])}" if match["court"] else ""
    return f"{cardinal(number)} {letters} {cardinal(int(match['number']))} Schrägstrich {_two(match['year'])}{court}"
