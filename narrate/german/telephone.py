"""Telephone numbers, and other numbers read digit by digit."""

from __future__ import annotations

import re

from narrate.german.context import behind
from narrate.german.numbers import digits

_GROUPS = r"(?:[ /()–-]{0,2}\d){4,17}"
_CALLED = re.compile(
    r"(?P<cue>(?<!\w)(?:Tel\.?(?:-Nr\.)?|Telefon(?:nummer)?|Hotline|Fax|Rufnummer|Notruf(?:nummer)?|Mobil|Handy|WhatsApp|Durchwahl|Servicenummer|"
    r"Bürgertelefon|Infotelefon|Spendenhotline|Telefonseelsorge|Nummer|Sorgentelefon|Telefonisch|telefonisch|Hinweise|anrufen|"
    r"Giftnotruf|Bereitschaftsdienst|Patientenservice)"
    r"(?:\s?:|\s(?:unter|der|die|ist|lautet|Nummer|Tel\.|Telefon|auch|an|wählen|bei|des|dem|den|Nr\.)){0,3}\s?)"
    r"(?P<number>\(?\+?\d[\d /()–-]{1,22}\d)(?![\w%€]|[.,:]\d|\s?(?:Euro|Uhr|Prozent|Menschen|Mal|Stunden|Personen)\b)"
)
_SHAPED = re.compile(
    r"(?<![\w.,:/+-])(?P<number>"
    r"(?:\+\d{1,3}[ ]?(?:\(0\)[ ]?)?|\(0[\d ]{1,6}\)\s?|00\d{2}[ ]|0\d{2,5}[ ]?[/–-][ ]?|0[1-9]\d{1,4} (?=\d[\d -]{3}))"
    r"\d[\d /–-]{3,18}\d)(?![\w]|[.,:]\d|\s?(?:Euro|Uhr|Prozent)\b)"
)
_RESERVED = re.compile(
    rf"{behind('die der den wählen unter Feuerwehr Polizei Rettungsdienst')}(?P<number>11[0-8]|116 ?117|19222|115)"
    r"(?=[ .,;:!?)]|$)(?! (?:[A-ZÄÖÜ]|Euro|Mal))(?!\.\s?[a-zA-Z])"
)
_SPELLED = re.compile(
    r"(?P<cue>(?<!\w)(?:PLZ|Postleitzahl|BLZ|Bankleitzahl|Kontonummer|Konto|Kundennummer|Vorgangsnummer|Referenznummer|"
    r"Bestellnummer|Artikelnummer|Seriennummer|Chargennummer|ISBN|PIN|Code|Matrikelnummer)(?:\s?:|\sNr\.|\snummer)?\s?)"
    r"(?P<number>\d[\d -]{2,30}\d)(?![\w]|[.,:]\d)"
)
_IBAN = re.compile(r"(?<!\w)(?P<country>DE|AT|CH)(?P<number>\d{2}(?: ?[\dA-Z]{4}){3,5}(?: ?\d{1,4})?)(?!\w)")
_ZIP = re.compile(r"(?<!\w)(?P<country>D|A|CH)-(?P<number>\d{4,5})(?= [A-ZÄÖÜ])")
_MEDICAL = re.compile(r"(?<![\w.,])116 ?117(?![\w]|[.,]\d)")
_PLACE = re.compile(r"(?<=, )\d{5}(?= [A-ZÄÖÜ][a-zäöü])")
LONGEST_SHORT = 3


def telephone(text: str) -> str:
    """Write out telephone, account and reference numbers digit by digit."""
    text = _IBAN.sub(lambda match: f"{' '.join(match['country'])} {_spell(match['number'])}", text)
    if "-" in text:
        text = _ZIP.sub(lambda match: f"{' '.join(match['country'])} {_spell(match['number'])}", text)
    text = _SPELLED.sub(lambda match: match["cue"] + _spell(match["number"]), text)
    text = _CALLED.sub(_called, text)
    if "0" in text or "+" in text:
        text = _SHAPED.sub(lambda match: _spell(match["number"]), text)
    text = _PLACE.sub(lambda match: digits(match[0]), text)
    if "11" not in text and "192" not in text:
        return text
    text = _MEDICAL.sub(lambda match: _spell(match[0]), text)
    return _RESERVED.sub(lambda match: _spell(match["number"]), text)


def _called(match: re.Match[str]) -> str:
    figures = match["number"]
    cue = match["cue"].strip()
    if (
        cue in {"Nummer", "Hinweise", "Mobil", "Handy", "Code", "anrufen"}
        and sum(map(str.isdigit, figures)) <= LONGEST_SHORT
    ):
        return match[0]
    return match["cue"] + _spell(figures)


def _spell(printed: str) -> str:
    """Say digits one by one, a group as a group; "(0)" behind a country code is not dialled but said."""
    plus = "plus " if printed.lstrip("(").startswith("+") else ""
    groups = re.findall(r"\d+|[A-Z]", printed)
    return plus + " ".join(digits(group) if group.isdigit() else group for group in groups)
