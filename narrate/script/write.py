"""An article to a script: roles, speakers, segments in order."""

from __future__ import annotations

import re

from narrate.model import Article, Script, ScriptSection, Segment, Speaker
from narrate.script.marks import Style, spans, style_of
from narrate.script.people import People
from narrate.script.posts import is_source_line, posts
from narrate.script.speakers import Attribution
from narrate.script.speech import FEWEST_WORDS, Quote, is_speech, quotes

_SPEAKABLE = re.compile(r"[^\W_]")


def write_script(article: Article) -> Script:
    """Decide who says what in an article.

    Posts quoted in full go to their authors; quotes in marks go to their speakers
    where they are long enough and it is sure who speaks; the reporter reads
    everything else. Every word of the article is in the script once, in order.

    Args:
        article: What was read.

    Returns:
        The script: one section for each of the article's; headline and teaser are
        segments of the first.
    """
    title, teaser = _plain(article.title), _plain(article.teaser or "") or None
    paragraphs = [[_plain(text) for text in section.paragraphs] for section in article.sections]
    paragraphs = [[text for text in section if text] for section in paragraphs]
    everything = [title, teaser or "", *(text for section in paragraphs for text in section)]
    style = style_of("\n".join(everything))
    people = People(everything)
    attribution = Attribution(people)
    first = [Segment("headline", None, title)] if title else []
    if teaser:
        first.append(Segment("teaser", None, teaser))
    sections: list[ScriptSection] = []
    at = 2
    for number, texts in enumerate(paragraphs):
        segments = first if number == 0 else []
        segments += _section(texts, at, people, attribution, style)
        at += len(texts)
        sections.append(ScriptSection(article.sections[number].heading, tuple(segments)))
    return Script(
        title, teaser, tuple(sections) or (ScriptSection(None, tuple(first)),), article.author, article.published,
        article.url, article.language,
    )  # fmt: skip


def _plain(text: str) -> str:
    return " ".join(text.split())


def _section(texts: list[str], at: int, people: People, attribution: Attribution, style: Style) -> list[Segment]:
    """Write the segments of a section.

    Args:
        texts: Its paragraphs.
        at: Index of the first of them in the article, title and teaser counted.
        people: Everybody named in the article.
        attribution: Finds speakers.
        style: Of the quotation marks.
    """
    found = {index: post.author for post in posts(texts, at, people) for index in range(post.start, post.end)}
    segments: list[Segment] = []
    for index, text in enumerate(texts):
        if index in found:
            segments.append(Segment("post", found[index], text))
        elif is_source_line(text):
            segments.append(Segment("attribution", None, text))
        else:
            segments.extend(_paragraph(text, at + index, attribution, style))
    return segments


def _paragraph(text: str, index: int, attribution: Attribution, style: Style) -> list[Segment]:
    """Write the segments of a paragraph that the reporter tells."""
    voiced: list[tuple[int, int, Speaker]] = []
    earlier: list[tuple[Quote, Speaker | None]] = []
    for quote in quotes(text, spans(text, style)):
        if not is_speech(quote):
            continue
        speaker = attribution.speaker(quote, index, earlier)
        earlier.append((quote, speaker))
        if speaker is not None and (quote.words >= FEWEST_WORDS or quote.whole) and _stands_free(text, quote):
            voiced.append((quote.span.start, quote.span.end, speaker))
    return _segments(text, voiced)


def _stands_free(text: str, quote: Quote) -> bool:
    """Tell whether white space or punctuation, and no letter, touches a quote's marks."""
    start, end = quote.span.start, quote.span.end
    return not text[max(0, start - 1) : start].isalnum() and not text[end : end + 1].isalnum()


def _segments(text: str, voiced: list[tuple[int, int, Speaker]]) -> list[Segment]:
    """Cut a paragraph at its voiced quotes; punctuation that touches one goes with it."""
    pieces: list[tuple[str, Speaker | None]] = []
    at = 0
    for number, (start, end, speaker) in enumerate(voiced):
        limit = voiced[number + 1][0] if number + 1 < len(voiced) else len(text)
        while start > at and not text[start - 1].isspace():
            start -= 1
        while end < limit and not text[end].isspace():
            end += 1
        end = max(end, at)
        pieces += [(text[at:start], None), (text[start:end], speaker)]
        at = end
    pieces.append((text[at:], None))
    return _joined(pieces)


def _joined(pieces: list[tuple[str, Speaker | None]]) -> list[Segment]:
    """Make segments of pieces; those without a word go with a neighbour, and equal voices join."""
    merged: list[tuple[str, Speaker | None]] = []
    leading = ""
    for text, speaker in pieces:
        plain = " ".join(f"{leading} {text}".split())
        if not plain:
            continue
        if not _SPEAKABLE.search(plain):
            leading = "" if merged else plain
            if merged:
                merged[-1] = (f"{merged[-1][0]} {plain}", merged[-1][1])
            continue
        leading = ""
        if merged and merged[-1][1] == speaker:
            merged[-1] = (f"{merged[-1][0]} {plain}", speaker)
        else:
            merged.append((plain, speaker))
    if leading:
        merged.append((leading, None))
    return [
        Segment("narration" if speaker is None else "quote", speaker, text, starts_paragraph=number == 0)
        for number, (text, speaker) in enumerate(merged)
    ]
