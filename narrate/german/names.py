"""Names with numbers in them: no year, ordinal, date or unit is read inside one."""

from __future__ import annotations

import re
from functools import cache

from narrate.german.numbers import cardinal, digits
from narrate.german.tables import pairs

_PRODUCTS = (
    "Version|Versionen|iOS|iPadOS|macOS|watchOS|tvOS|Android|Windows|Linux|Ubuntu|Debian|Kernel|Firmware|Release|Python|Java|"
    "PHP|Firefox|Chrome|Safari|Photoshop|Office|Bluetooth|USB|HDMI|DisplayPort|Wi-Fi|WLAN|HTTP|TLS|GPT|Claude|Gemini|Llama|"
    "Grok|DeepSeek|Mistral|Signal|WordPress|Typo3|Node|Update|v|V|Industrie|Web|Arbeit|CUDA|DirectX|FIFA|Euro|Python|Rust|Go"
)
_VERSION = re.compile(rf"(?<![\w-])(?P<name>{_PRODUCTS})(?P<gap>[\s-]?)(?P<number>\d+(?:\.\d+)+)(?![\w]|[.,]\d)")
_ROUTE = re.compile(r"(?<![\w.-])(?P<name>[ABEKLSU]) (?P<number>\d{1,4})(?=[\s,.;:!?)/-]|$)(?!\s?(?:%|°|€))")
_CLUB_YEAR = re.compile(
    r"(?<![\w.])(?P<year>1[89]\d\d)(?= (?:München|Hoffenheim|Nürnberg|Braunschweig|Rostock|Dresden|Ulm|Cottbus)(?!\w))"
)
_MODEL = re.compile(
    r"(?<![\w-])(?P<name>Boeing|Airbus|Porsche|Peugeot|BMW|Mercedes|Audi|Fiat|Apollo|Ariane|Falcon|Sojus|Formel|Area|Fahrenheit|"
    r"Studio|Windows|Playstation|PlayStation|iPhone|Xbox|Galaxy|Pixel|Leopard|Patriot|Eurofighter|Chanel|Gleis|Terminal|Halle|"
    r"Agenda|Bündnis|Schalke|Hannover|Mainz|Bayer|Darmstadt|Linie|Tram|Bus|Zimmer|Tor|Level|Nummer|Modell|Typ|Serie) "
    r"(?P<number>\d{1,4})(?P<variant>-\d{3})?(?![\w]|[.,:]\d|\.\s?\d|\s?[%€°])"
    r"(?!\.\s[a-zäöü])(?! (?:Mio|Mrd|Mill|Euro|Prozent|km|kg))"
)
_YEARLIKE = frozenset({"Agenda", "Modell", "Typ", "Nummer", "Serie"})


@cache
def _listed() -> tuple[re.Pattern[str], dict[str, str]]:
    names = pairs("names")
    pattern = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    return re.compile(rf"(?<![\w/.,])(?:{pattern})(?![\w/]|[.,]\d)"), names


def names(text: str) -> str:
    """Write out the numbers of versions, models, roads and clubs."""
    pattern, listed = _listed()
    text = pattern.sub(lambda match: listed[match[0]], text)
    text = _VERSION.sub(_version, text)
    text = _CLUB_YEAR.sub(
        lambda match: f"{cardinal(int(match['year'][:2]))} hundert {cardinal(int(match['year'][2:]))}", text
    )
    text = _MODEL.sub(_model, text)
    return _ROUTE.sub(lambda match: f"{match['name']} {_say(match['number'])}", text)


def _version(match: re.Match[str]) -> str:
    return f"{match['name']}{match['gap'] or ' '}{' Punkt '.join(map(_say, match['number'].split('.')))}"


def _model(match: re.Match[str]) -> str:
    figures = match["number"]
    if len(figures) == 4 and match["name"] in _YEARLIKE:
        return match[0]
    variant = f" {_say(match['variant'][1:])}" if match["variant"] else ""
    return f"{match['name']} {_say(figures)}{variant}"


def _say(figures: str) -> str:
    """Say a number as it is named: leading zeros are said."""
    return digits(figures) if figures.startswith("0") else cardinal(int(figures))
