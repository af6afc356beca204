"""Emoji: silent, or called by their German names."""

from __future__ import annotations

import re

from narrate.model.settings import EmojiReading

_BASE = (
    "[\U0001f1e6-\U0001f1ff\U0001f300-\U0001f5ff\U0001f600-\U0001f64f\U0001f680-\U0001f6ff\U0001f7e0-\U0001f7ff"
    "\U0001f900-\U0001f9ff\U0001fa70-\U0001faff\u231a\u231b\u23e9-\u23f3\u25b6\u25c0\u2600-\u2604\u260e\u2611\u2614"
    "\u2615\u2618\u261d\u2620\u2622\u2623\u2626\u262a\u262e\u262f\u2638-\u263a\u2648-\u2653\u265f\u2660\u2663\u2665"
    "\u2666\u2668\u267b\u267e\u267f\u2692-\u2697\u2699\u269b\u269c\u26a0\u26a1\u26aa\u26ab\u26bd\u26be\u26c4\u26c5"
    "\u26ce\u26d4\u26ea\u26f2\u26f3\u26f5\u26fa\u26fd\u2702\u2705\u2708-\u270d\u270f\u2712\u2714\u2716\u271d\u2721"
    "\u2728\u2733\u2734\u2744\u2747\u274c\u274e\u2753-\u2755\u2757\u2763\u2764\u2795-\u2797\u27a1\u27b0\u2b05-\u2b07"
    "\u2b1b\u2b1c\u2b50\u2b55\U0001f004\U0001f0cf\U0001f170\U0001f171\U0001f17e\U0001f17f\U0001f18e\U0001f191-\U0001f19a]"
)
_JOINERS = "[\u200d\ufe0e\ufe0f\U0001f3fb-\U0001f3ff\u20e3\U000e0020-\U000e007f]"
_RUN = re.compile(
    rf"(?:(?<!\s)(?P<before>\s+))?(?P<signs>(?:{_BASE}|{_JOINERS})(?:{_BASE}|{_JOINERS}|\s(?={_BASE}))*)(?P<after>\s*)"
)
_TONES = re.compile("[\U0001f3fb-\U0001f3ff]")
_MARK = "\x00"
_MARKED = re.compile(f"{_MARK}([^{_MARK}]{{1,80}}){_MARK}")
_NEEDED = re.compile(f"{_BASE}|{_JOINERS}")


def emoji(text: str, reading: EmojiReading = "silent") -> str:
    """Drop emoji with all their modifiers, or call them by name."""
    if not _NEEDED.search(text):
        return text
    if reading == "named":
        text = _name(text)
    return _RUN.sub(_drop, text)


def _drop(match: re.Match[str]) -> str:
    """Leave one space where words stood on both sides, none before a mark."""
    before, after = match["before"], match["after"]
    if match.start() == 0:
        return ""
    following = match.string[match.end() : match.end() + 1]
    if following in {"", ".", ",", "!", "?", ";", ":", ")"}:
        return ""
    return before or after


def _name(text: str) -> str:
    # 100 ms to load, needed by few.
    import emoji as names

    marked = names.demojize(_TONES.sub("", text), delimiters=(_MARK, _MARK), language="de")
    spoken = _MARKED.sub(lambda match: f" {re.sub('[_-]', ' ', match[1])} ", marked)
    return re.sub(r" {2,}", " ", re.sub(r" (?=[.,!?;:])", "", spoken)).strip()
