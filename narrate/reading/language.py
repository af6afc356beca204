"""Is an article in German?"""

from __future__ import annotations

import re

from narrate.model.errors import InputUnreadable

FEWEST_WORDS = 20  # a shorter text tells too little
SAMPLE = 20_000  # characters
GERMAN_SHARE = 0.12  # of a text's words; German prose has a fifth to a third of them
SURE = 40.0  # how far German is behind, in the library's log probability; less refuses nothing

_WORD = re.compile(r"[^\W\d_]+")
_COMMON = frozenset(
    "der die das den dem des und ist nicht ein eine einen einem einer mit für auf von sich auch im zu wird wurde haben "
    "hat sie er es wir ich werden bei nach aus am zum zur dass oder über sind war als noch nur durch aber".split()
)
_NAMES = {
    "en": "English", "fr": "French", "it": "Italian", "es": "Spanish", "nl": "Dutch", "pl": "Polish", "ru": "Russian",
    "uk": "Ukrainian", "tr": "Turkish", "da": "Danish", "sv": "Swedish", "no": "Norwegian", "nb": "Norwegian",
    "ja": "Japanese", "zh": "Chinese", "ar": "Arabic", "pt": "Portuguese", "cs": "Czech", "la": "Latin",
}  # fmt: skip


def refuse_foreign(text: str, name: str) -> None:
    """Refuse a text that is surely not German.

    The library is asked only where common German words are rare.

    Raises:
        InputUnreadable: The text is in another language.
    """
    words = _WORD.findall(text[:SAMPLE].casefold())
    if len(words) < FEWEST_WORDS or sum(word in _COMMON for word in words) >= GERMAN_SHARE * len(words):
        return
    import py3langid

    ranked = py3langid.rank(text[:SAMPLE])
    language, best = ranked[0]
    german = next((score for other, score in ranked if other == "de"), best)
    if language == "de" or best - german < SURE:
        return
    raise InputUnreadable(
        f"{name} is in {_NAMES.get(language, f'another language ({language})')}, not German; "
        "give a German article, or say --language de to have it read as German all the same."
    )
