"""Gender forms with star, colon, underscore, slash or a capital I."""

from __future__ import annotations

import re

_INNEN = re.compile(r"(?<=[a-zäöüß])(?:[*:_·]|/-?|\()(?P<form>[iI]n(?:nen)?)\)?(?![a-zäöüß])")
_CAPITAL = re.compile(r"(?<=[a-zäöüß]{3})In(?P<nen>nen)?(?![a-zäöüß])")
_PAIR = re.compile(
    r"(?<!\w)(?P<first>[Dd]er|[Dd]ie|[Dd]em|[Dd]en|[Ss]ie|[Ee]r|[Ss]ein|[Ii]hre?|[Ii]hm|[Ii]hr)[*:_/](?P<second>der|die|dem|den|sie|er|ihr|ihre|sein|seine|ihm|ihrem|seinem)(?!\w)"
)
_ARTICLE = re.compile(r"(?<=[a-zäöüß])[*:_](?P<ending>[enrsm]{1,2}|r)(?![a-zäöüßA-Z0-9])")
_UMLAUTED = {"Arzt": "Ärzt", "Anwalt": "Anwält", "Bauer": "Bäuer"}
_SHORTENED = re.compile(r"(?<!\w)(?P<word>[A-ZÄÖÜ][a-zäöüß-]*(?:e|er))(?=innen|in(?![a-zäöü]))")


def gender_forms(text: str) -> str:
    """Say the feminine for all; articles are said as a pair."""
    text = _INNEN.sub(lambda match: match["form"].lower(), text)
    text = _CAPITAL.sub(lambda match: f"in{match['nen'] or ''}", text)
    text = _PAIR.sub(lambda match: f"{match['first']} oder {match['second']}", text)
    return _ARTICLE.sub(lambda match: match["ending"], text)
