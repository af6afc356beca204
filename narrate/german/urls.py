"""Web and e-mail addresses, spoken as one would tell them on the telephone."""

from __future__ import annotations

import re

from narrate.german.numbers import cardinal, digits

_TLD = (
    "de|com|org|net|at|ch|eu|info|io|ai|dev|app|gov|edu|berlin|hamburg|koeln|bayern|nrw|wien|li|lu|uk|fr|it|nl|be|dk|pl|cz|es|"
    "us|tv|me|biz|online|shop|news|blog|museum|int|mil|name|jobs|social|tech|cloud|ly|gl|fm|la"
)
_EMAIL = re.compile(r"(?<![\w.+-])(?P<user>\w[\w.+-]{0,63})@(?P<host>(?:[\w-]{1,63}\.){1,6}[a-zA-Z]{2,12})(?!\w)")
_URL = re.compile(
    rf"(?<![\w@./-])(?:(?P<scheme>https?|ftp)://)?(?P<host>(?:[\w-]{{1,63}}\.){{1,6}}(?:{_TLD})|(?<=://)[\w.-]{{1,253}}|www(?:\.[\w-]{{1,63}}){{1,6}})"
    r"(?::\d{2,5})?(?P<path>(?:[/?#][\w%&=~+.,:;!?@#/-]*)?)(?![\w-])"
)
_SCHEMED = re.compile(r"(?P<scheme>https?)://(?P<host>[\w.-]{1,253})(?::\d{2,5})?(?P<path>(?:[/?#][^\s\"“”«»<>)]*)?)")
_SIGNS = {".": "Punkt", "/": "Schrägstrich", "-": "Bindestrich", "_": "Unterstrich", "@": "ät", "?": "Fragezeichen",
          "=": "gleich",
          "&": "und", "#": "Raute", "%": "Prozent", "+": "plus", "~": "Tilde", ":": "Doppelpunkt"}  # fmt: skip
_PIECE = re.compile(r"[^\W\d_]+|\d+|[^\w\s]|_")
_SPELLED = re.compile(r"[b-df-hj-np-tv-xzB-DF-HJ-NP-TV-XZ]{2,6}")
LONGEST_PATH = 60  # characters; nobody remembers more


def urls(text: str) -> str:
    """Write out web and e-mail addresses; the stop that ends a sentence after one stays."""
    text = _EMAIL.sub(lambda match: f"{_say(match['user'])} ät {_host(match['host'])}", text)
    text = _SCHEMED.sub(_url, text)
    return _URL.sub(_url, text)


def _url(match: re.Match[str]) -> str:
    path = match["path"]
    tail = ""
    while path and path[-1] in ".,:;!?":
        path, tail = path[:-1], path[-1] + tail
    host = match["host"]
    while host.endswith("."):
        host, tail = host[:-1], "." + tail
    if "." not in host and not match["scheme"]:
        return match[0]
    path = path.rstrip("/")
    spoken = _host(host.removeprefix("www."))
    if path and len(path) <= LONGEST_PATH:
        spoken += f" {_say(path)}"
    return spoken + tail


def _host(host: str) -> str:
    """Say a host name; a top-level domain of two letters is spelled."""
    *labels, top = host.split(".")
    spelled = " ".join(top) if len(top) == 2 else top
    return " Punkt ".join([*map(_say, labels), spelled])


def _say(part: str) -> str:
    words = []
    for piece in _PIECE.findall(part):
        if piece.isdecimal():
            words.append(digits(piece) if piece[0] == "0" or len(piece) > 4 else cardinal(int(piece)))
        elif piece in _SIGNS:
            words.append(_SIGNS[piece])
        elif _SPELLED.fullmatch(piece):
            words.append(" ".join(piece))
        elif piece[0].isalpha():
            words.append(piece)
    return " ".join(words)
