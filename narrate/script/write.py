"""An article to a script: roles, speakers, segments in order."""

from __future__ import annotations

import re

from narrate.model import Article, Quoted, Role, Script, ScriptSection, Segment, Speaker
from narrate.script.interviews import Turn, turns
from narrate.script.marks import Style, spans, style_of
from narrate.script.people import People
from narrate.script.posts import is_signature, is_source_line, posts, quoted_author
from narrate.script.quotes import anybody_speaks, deserves_a_voice, speech
from narrate.script.speakers import Attribution
from narrate.script.speech import Quote

_SPEAKABLE = re.compile(r"[^\W_]")
_COUNTER = re.compile(r"[(\[]?\d{1,2}/(?:\d{1,2}|[nx])?[)\]:.]?\s+(?=\S)")  # of a thread: 1/4, (2/), 3/n


def write_script(article: Article) -> Script:
    """Decide who says what in an article.

    Posts quoted in full go to their authors; quotes in marks go to their speakers
    where they are long enough and it is sure who speaks; the reporter reads
    everything else. Every word of the article is in the script once, in order.

    Returns:
        The script: one section for each of the article's; headline and teaser are
        segments of the first.
    """
    title, teaser = _plain(article.title), _plain(article.teaser or "") or None
    paragraphs = [[_plain(text) for text in section.paragraphs] for section in article.sections]
    everything = [title, teaser or "", *(text for section in paragraphs for text in section)]
    style = style_of("\n".join(everything))
    people = People(everything)
    texts = [text for section in paragraphs for text in section]
    writer = _Writer(people, Attribution(people), style, anybody_speaks(texts, style))
    interview = turns(paragraphs, [section.strong for section in article.sections], people)
    first = [Segment("headline", None, title)] if title else []
    if teaser:
        first.append(Segment("teaser", None, teaser))
    sections: list[ScriptSection] = []
    at = 2
    for number, section in enumerate(article.sections):
        segments = first if number == 0 else []
        segments += writer.section(paragraphs[number], at, section.quoted, interview[number])
        at += len(section.paragraphs)
        sections.append(ScriptSection(section.heading, tuple(segments), section.image, section.anchor))
    labels = [turn.label.strip() for section in interview for turn in section.values() if turn.label]
    return Script(
        title, teaser, tuple(sections) or (ScriptSection(None, tuple(first)),), article.author, article.published,
        article.url, article.language, article.image, (*article.omitted, *labels, *writer.omitted),
    )  # fmt: skip


def _plain(text: str) -> str:
    return " ".join(text.split())


class _Writer:
    """Writes the segments of one section after another."""

    def __init__(self, people: People, attribution: Attribution, style: Style, quotes: bool) -> None:
        self._people, self._attribution, self._style, self._quotes = people, attribution, style, quotes
        self.omitted: list[str] = []

    def section(
        self, texts: list[str], first: int, quoted: tuple[Quoted, ...], interview: dict[int, Turn]
    ) -> list[Segment]:
        """Write the segments of a section."""
        authors: dict[int, Speaker | None] = {
            index: post.author for post in posts(texts, first, self._people) for index in range(post.start, post.end)
        }
        for block in quoted:
            author = quoted_author(texts, block, first, self._people)
            authors |= {index: author or authors.get(index) for index in range(block.start, block.end)}
        running = self._running(texts, first)
        threaded = sum(bool(_COUNTER.match(texts[index])) for index in authors) > 1
        segments: list[Segment] = []
        for index, text in enumerate(texts):
            author = authors.get(index)
            if index in running and author is None and index not in interview:
                segments.append(Segment("quote", running[index], text))
            elif author is not None:
                counter = _COUNTER.match(text) if threaded else None
                segments.append(Segment("post", author, text[counter.end() :] if counter else text))
                self.omitted += [counter[0].strip()] if counter else []
            elif index in interview:
                segments.extend(self._turn(text, interview[index]))
            elif is_source_line(text) or (index - 1 in authors and is_signature(text)):
                segments.append(Segment("attribution", None, text))
            elif index not in authors:
                segments.extend(self._paragraph(text, first + index))
            elif text:
                segments.append(Segment("narration", None, text))
        return segments

    def _running(self, texts: list[str], first: int) -> dict[int, Speaker]:
        """Return who speaks in paragraphs of one quote that opens in each of them and closes in the last."""
        found: dict[int, Speaker] = {}
        opened: list[int] = []
        for index, text in enumerate(texts):
            marked = spans(text, self._style)
            begins = bool(marked) and marked[0].start == 0
            if begins and not marked[0].closed and marked[0].end == len(text):
                opened.append(index)
                continue
            if opened and begins:
                said = [
                    *speech(text, first + index, marked, self._attribution)[:1],
                    *self._first(texts, opened[0], first),
                ]
                speaker = next((one for _, one in said if one is not None), None)
                found |= dict.fromkeys(opened, speaker) if speaker else {}
            opened = []
        return found

    def _first(self, texts: list[str], index: int, first: int) -> list[tuple[Quote, Speaker | None]]:
        return speech(texts[index], first + index, spans(texts[index], self._style), self._attribution)[:1]

    def _turn(self, text: str, turn: Turn) -> list[Segment]:
        said = text[len(turn.label) :].strip()
        role: Role = "narration" if turn.speaker is None else "quote"
        return [Segment(role, turn.speaker, said)] if said else []

    def _paragraph(self, text: str, index: int) -> list[Segment]:
        """Write the segments of a paragraph that the reporter tells."""
        if not self._quotes:
            return _segments(text, [])
        voiced = [
            (quote.span.start, quote.span.end, speaker)
            for quote, speaker in speech(text, index, spans(text, self._style), self._attribution)
            if speaker is not None and deserves_a_voice(quote) and _stands_free(text, quote)
        ]
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
