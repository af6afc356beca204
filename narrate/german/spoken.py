"""Printed German to spoken German: one pass a semiotic class, in the order written here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from typing import cast

from narrate.german.emoji import emoji as drop_emoji
from narrate.german.folding import fold
from narrate.model.settings import EmojiReading

# Each class with signs of which one must be there ("0" for any figure, none for always) and a pattern, without which it
# has nothing to do. Addresses come first, since they hold every other sign; what has a unit comes before bare numbers;
# cardinals take what is left. A class is a module with a function of its name.
ORDER = {
    "urls": (".@:", r"\w\.\w|@|://"),
    "handles": ("@#", r"[@#]"),
    "gender_forms": ("*:_·/(I", r"[a-zäöüß](?:[*:_·/(]|/-)[a-zI]|[a-zäöüß]In"),
    "telephone": ("0", r"\d{3}|\+\d|\d \d|\d/"),
    "ranges": ("-–—−", r"[-–—−]"),
    "legal": (
        "0§",
        r"§|(?<!\w)(?:Art|Abs|Nr|Nrn|Ziff|Rn|Az|lit|Drs|Anm|Kap|Buchst|Alt)\b|\d/\d\d|Artikel| ff?\.|Drucksache",
    ),
    "names": ("0", r"\d"),
    "chapters": ("0)", r"^\s*(?:\d|[a-h]\))|\n\s*(?:\d|[a-h]\))"),
    "roman": ("IVXLCM", r"(?<![A-Za-z])[IVXLCM]+(?![a-zäöü])"),
    "clock": ("0", r"\d ?[:.] ?\d|\d[ -]?(?:Uhr|h)"),
    "dates": ("0", r"\d[./-]|\d [JFMASOND]|[a-z]\.? ?\d{4}"),
    "money": (
        "0€$£¥₣₤₺₽₹₿¢",
        r"[€$£¥₣₤₺₽₹₿¢]|\d\s?-?[A-ZTCctKFp]|[A-Z]{3} ?\d|Fr\. ?\d|Rp|Euro|Cent|Dollar|Franken|Mio|Mrd",
    ),
    "percent": ("0%‰", r"[%‰]|rozent|Promille"),
    "measures": (
        "0½¼¾⅓⅔°²³/",
        r"\d\s?-?[A-Za-zµμ°²³Ω\"″′]|[½¼¾⅓⅔]|°|[a-z][²³]|/[a-zA-Z]|km/h|\w/(?:h|s|l|kg|km|m|Min|Std)",
    ),
    "fractions": ("0½¼¾⅓⅔⁄", r"[½¼¾⅓⅔⁄]|\d/\d"),
    "years": ("0", r"\d"),
    "ordinals": ("0", r"\d\.|\ds?te"),
    "cardinals": ("0", r"\d"),
    "short_forms": (
        "",
        r"[A-Za-zÄÖÜäöüß]\.|\b(?:bzw|usw|Mio|Mrd|MwSt|Mwst|ca|inkl|zzgl|evtl|Tsd|Hbf|Bhf|ggf|uvm|vgl|Jh)\b|\b(?:Mo|Di|Mi|Do|Fr|Sa|So)\b",
    ),
    "acronyms": (
        "",
        r"[A-ZÄÖÜ]{2}|[a-z][A-Z]|[A-Z][a-zäöü]{0,5}[A-Z]|[A-Z]\d|\d[A-Z]|lspci|pdf|html|[PLpl]kw|[Kk]fz|\be[VG]\b|[A-Z]+[₂2]",
    ),
    "symbols": (
        "&^+=<>≤≥≈≠÷·×±~*_|`#•▪►▶‣■□◆→⇒←↑↓†✝©®™№°∞√/−Øø[]",
        r"[&^+=<>≤≥≈≠÷·×±~*_|`#•▪►▶‣■□◆→⇒←↑↓†✝©®™№°∞√/−Øø]|\[\[|\]\]",
    ),
}
MOST_ROUNDS = 5
_FIGURE = re.compile(r"\d")

# A place where a piece of text may be cut without a look at its neighbours: a line, or a long word and its stop.
_SEAM = re.compile(r"\n+|(?<=[a-zäöüß]{6}[.!?]) (?=[A-ZÄÖÜ„»])")


def verbalize(text: str, emoji: EmojiReading = "silent") -> str:
    """Write out everything in a text that is not said as it is printed.

    Numbers, dates, units, abbreviations, acronyms, signs and addresses become words;
    words stay as they are. Number words are written apart ("vier und neunzig"), as
    espeak-ng wants them; ``joined`` joins them. Twice is the same as once. Time is
    linear in the length.
    """
    for _ in range(MOST_ROUNDS):
        folded = fold(drop_emoji(fold(text), emoji))
        spoken = "".join(_verbalized(piece) for piece in _pieces(folded))
        if not _FIGURE.search(spoken) or fold(spoken) == spoken:
            break
        text = spoken  # signs that were read away brought groups of figures together
    return spoken


def _pieces(text: str) -> Iterator[str]:
    """Yield the text in pieces of about a sentence, with what lies between them."""
    at = 0
    for seam in _SEAM.finditer(text):
        yield text[at : seam.start()]
        yield seam[0]
        at = seam.end()
    yield text[at:]


def _verbalized(piece: str) -> str:
    """Read a piece until nothing changes: what one class leaves may belong to another, in odd text."""
    for _ in range(MOST_ROUNDS):
        spoken = _once(piece)
        if spoken == piece:
            break
        piece = spoken
    return piece


def _once(piece: str) -> str:
    if not piece.strip():
        return piece
    signs = set(piece)
    if _FIGURE.search(piece):
        signs.add("0")
    for name, any_of, needed in _passes():
        if (not any_of or not any_of.isdisjoint(signs)) and needed.search(piece):
            piece = _reading(name)(piece)
    return piece


@cache
def _passes() -> tuple[tuple[str, frozenset[str], re.Pattern[str]], ...]:
    return tuple((name, frozenset(signs), re.compile(needed)) for name, (signs, needed) in ORDER.items())


@cache
def _reading(name: str) -> Callable[[str], str]:
    """Import a class when it is first needed: compiling the patterns of all takes a tenth of a second."""
    return cast(Callable[[str], str], getattr(import_module(f"narrate.german.{name}"), name))
