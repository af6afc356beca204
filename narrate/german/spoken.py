"""Printed German to spoken German: one pass a semiotic class, in the order written here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from typing import cast

from narrate.german.emoji import emoji as drop_emoji
from narrate.german.folding import fold
from narrate.settings import EmojiReading

# Each class with a pattern without which it has nothing to do. Addresses come first, since they hold every other sign;
# what has a unit comes before bare numbers; cardinals take what is left. A class is a module with a function of its
# name.
ORDER = {
    "urls": r"\w\.\w|@|://",
    "handles": r"[@#]",
    "gender_forms": r"[a-zäöüß](?:[*:_·/(]|/-)[a-zI]|[a-zäöüß]In",
    "telephone": r"\d{3}|\+\d|\d \d|\d/",
    "ranges": r"[-–—−]",
    "legal": r"§|(?<!\w)(?:Art|Abs|Nr|Nrn|Ziff|Rn|Az|lit|Drs|Anm|Kap|Buchst|Alt)\b|\d/\d\d|Artikel| ff?\.|Drucksache",
    "names": r"\d",
    "chapters": r"^\s*(?:\d|[a-h]\))|\n\s*(?:\d|[a-h]\))",
    "roman": r"(?<![A-Za-z])[IVXLCM]+(?![a-zäöü])",
    "clock": r"\d ?[:.] ?\d|\d[ -]?(?:Uhr|h)",
    "dates": r"\d[./-]|\d [JFMASOND]|[a-z]\.? ?\d{4}",
    "money": r"[€$£¥₣₤₺₽₹₿¢]|\d\s?-?[A-ZTCctKFp]|[A-Z]{3} ?\d|Fr\. ?\d|Rp|Euro|Cent|Dollar|Franken|Mio|Mrd",
    "percent": r"[%‰]|rozent|Promille",
    "measures": r"\d\s?-?[A-Za-zµμ°²³Ω\"″′]|[½¼¾⅓⅔]|°|[a-z][²³]|/[a-zA-Z]|km/h|\w/(?:h|s|l|kg|km|m|Min|Std)",
    "fractions": r"[½¼¾⅓⅔⁄]|\d/\d",
    "years": r"\d",
    "ordinals": r"\d\.|\ds?te",
    "cardinals": r"\d",
    "short_forms": r"[A-Za-zÄÖÜäöüß]\.|\b(?:bzw|usw|Mio|Mrd|MwSt|Mwst|ca|inkl|zzgl|evtl|Tsd|Hbf|Bhf|ggf|uvm|vgl|Jh)\b"
    r"|\b(?:Mo|Di|Mi|Do|Fr|Sa|So)\b",
    "acronyms": r"[A-ZÄÖÜ]{2}|[a-z][A-Z]|[A-Z][a-zäöü]{0,5}[A-Z]|[A-Z]\d|\d[A-Z]|lspci|pdf|html|[PLpl]kw|[Kk]fz"
    r"|\be[VG]\b|[A-Z]+[₂2]",
    "symbols": r"[&^+=<>≤≥≈≠÷·×±~*_|`#•▪►▶‣■□◆→⇒←↑↓†✝©®™№°∞√/−Øø]|\[\[|\]\]",
}
MOST_ROUNDS = 5

# A place where a piece of text may be cut without a look at its neighbours: a line, or a long word and its stop.
_SEAM = re.compile(r"\n+|(?<=[a-zäöüß]{6}[.!?]) (?=[A-ZÄÖÜ„»])")


def verbalize(text: str, emoji: EmojiReading = "silent") -> str:
    """Write out everything in a text that is not said as it is printed.

    Numbers, dates, units, abbreviations, acronyms, signs and addresses become words;
    words stay as they are. Number words are written apart ("vier und neunzig"), as
    espeak-ng wants them; ``joined`` joins them. Twice is the same as once. Time is
    linear in the length.

    Args:
        text: German as printed, any Unicode.
        emoji: Whether emoji are silent or called by name.
    """
    text = drop_emoji(fold(text), emoji)
    return "".join(_verbalized(piece) for piece in _pieces(text))


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
    for name, needed in _passes():
        if needed.search(piece):
            piece = _reading(name)(piece)
    return piece


@cache
def _passes() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((name, re.compile(needed)) for name, needed in ORDER.items())


@cache
def _reading(name: str) -> Callable[[str], str]:
    """Import a class when it is first needed: compiling the patterns of all takes a tenth of a second."""
    return cast(Callable[[str], str], getattr(import_module(f"narrate.german.{name}"), name))
