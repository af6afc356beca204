"""Plain text to an article: paragraphs, title and teaser, by-line, headings."""

from __future__ import annotations

import re
from datetime import date

from narrate.german import sentences
from narrate.model import Article, ArticleSection
from narrate.model.errors import InputUnreadable
from narrate.reading.headings import headings
from narrate.reading.layout import Line, layout

LONGEST_TITLE = 200  # characters
LONGEST_FIRST_LINE = 700  # title and teaser together
LONGEST_TEASER = 400
LONGEST_FACT = 400  # of a by-line or date line; in a longer one their patterns would try each place with each other
TITLE_FROM_TEXT = 120  # where the first sentence is too long to be a title

_MONTHS = (
    "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
    "Dezember",
)  # fmt: skip
_NAME = r"(?:Dr\. |Prof\. )*[A-ZÄÖÜ][\w’'-]+(?: (?:[A-ZÄÖÜ]\.|von|van|de|der|zu|[A-ZÄÖÜ][\w’'-]+)){1,4}"
_BY_LINE = re.compile(
    rf"(?:Von|Text|Autor|Autorin|Autor:in|Verfasst von|Eine? "
    rf"(?:Beitrag|Gastbeitrag|Kommentar|Gastkommentar|Analyse|Reportage|Glosse|Essay|Bericht|Interview|"
    rf"Kolumne|Porträt) von):? "
    rf"({_NAME}(?:(?:, | und ){_NAME})*)"
)
_DAY = re.compile(
    rf"(?P<label>(?:Stand|Datum|Veröffentlicht|Veröffentlicht am|Erschienen am|Aktualisiert|Vom):? )?"
    rf"(?P<place>(?:[A-ZÄÖÜ][\w’-]+ ?){{1,3}}, (?:den )?)?"
    rf"(?P<day>\d{{1,2}})\. ?(?:(?P<month>\d{{1,2}})\.|(?P<name>{'|'.join(_MONTHS)})) ?(?P<year>\d{{4}})"
    rf"(?P<rest>(?:,? (?:um )?\d{{1,2}}[:.]\d{{2}}(?: Uhr)?)?)\.?"
)
_CAPTION = re.compile(
    r"(?:Fotos?|Bild(?:er)?|Grafik|Symbolbild|Archivbild|Bildunterschrift|Titelbild)\s?: .{1,200}|"
    r"(?:Lesen|Sehen|Hören) Sie (?:auch|dazu|hierzu)\b.{0,160}|Lesezeit:? .{1,30}|"
    r"(?:Mehr|Auch) (?:zum Thema|interessant)\b.{0,160}"
)
_BOX = re.compile(
    r"NEWSLETTER|Newsletter|ANZEIGE|Anzeige|Werbung|"
    r"Jetzt (?:\w+ ){0,3}(?:anmelden|abonnieren|bestellen|registrieren)\b.{0,120}"
)
_DATELINE = re.compile(
    r"[A-ZÄÖÜ][\w/ .-]{1,40} \((?:dpa|afp|apa|ap|epd|kna|sid|rtr|reuters|ots|sda)[^()]{0,30}\)\s?[–—-]\s", re.IGNORECASE
)
_BULLET = re.compile(r"[-*•–·] (?=\S)")
_SPEAKABLE = re.compile(r"[^\W_]")


def read_text(text: str) -> Article:
    """Read an article from plain text.

    The first line is the title; where it holds several sentences, the first is the
    title and the others are the teaser. A by-line and a date line under it go into
    ``author`` and ``published`` and are left out of the paragraphs where those say
    all of it. Everything else is in the paragraphs, in order, once.

    Returns:
        The article. Its first section has no heading, and may have no paragraph.

    Raises:
        InputUnreadable: There is not a single word.
    """
    lines, omitted_lines = _spoken_lines(layout(text))
    while lines and not _SPEAKABLE.search(lines[0].text):
        lines.pop(0)
    if not lines:
        raise InputUnreadable("The article contains no words that can be read aloud; write it as plain text.")
    dateline = _DATELINE.match(lines[0].text)
    title, teaser, rest = _top(lines[0].text[dateline.end() if dateline else 0 :])
    omitted_lines += [dateline[0].strip()] if dateline else []
    lines = lines[1:]
    printed = [line.text for line in lines]
    author, published, lines = metadata_lines(lines)
    if teaser is None and rest is None and lines:
        teaser, lines = _second_line(lines, author is not None or published is not None)
        if teaser is not None and author is None and published is None:
            author, published, lines = metadata_lines(lines)
    if rest:
        lines.insert(0, Line(rest, 1))
    said = {teaser, *(line.text for line in lines)}
    omitted = (*omitted_lines, *(text for text in printed if text not in said))
    return Article(_without_stop(title), teaser, _sections(lines), author, published, omitted=omitted)


def _spoken_lines(lines: list[Line]) -> tuple[list[Line], list[str]]:
    """Leave out captions and advertisements, and the signs in front of the items of a list."""
    furniture = [
        at > 0 and bool(_CAPTION.fullmatch(line.text) or _BOX.fullmatch(line.text)) for at, line in enumerate(lines)
    ]
    kept = [line for line, left in zip(lines, furniture, strict=True) if not left]
    listed = [bool(_BULLET.match(line.text)) for line in kept]
    together = [
        own and (listed[at - 1 : at] == [True] or listed[at + 1 : at + 2] == [True]) for at, own in enumerate(listed)
    ]
    plain = [
        Line(_BULLET.sub("", line.text, count=1), line.blank_before) if item else line
        for line, item in zip(kept, together, strict=True)
    ]
    return plain, [line.text for line, left in zip(lines, furniture, strict=True) if left]


def _top(line: str) -> tuple[str, str | None, str | None]:
    """Split the first line into title, teaser, and text that belongs to the body."""
    parts = sentences(line)
    title = parts[0]
    if len(title) > LONGEST_TITLE:
        end = title.rfind(" ", 1, TITLE_FROM_TEXT)
        end = end if end > 0 else TITLE_FROM_TEXT
        return line[:end].strip(), None, line[end:].strip() or None
    if not _SPEAKABLE.search(title) or len(parts) == 1:
        return line if len(line) <= LONGEST_TITLE else title, None, None
    rest = line[len(title) :].strip()
    if len(line) <= LONGEST_FIRST_LINE and len(parts) <= 5:
        return title, rest, None
    return title, None, rest


def _without_stop(title: str) -> str:
    """Return a title without its full stop; an ellipsis and an abbreviation keep theirs."""
    if title.endswith(".") and not title.endswith(("..", "e. V.", "e.V.", "usw.", "etc.", "Co.")):
        return title[:-1].rstrip() or title
    return title


def metadata_lines(lines: list[Line]) -> tuple[str | None, date | None, list[Line]]:
    """Take by-line and date line from the first lines; keep what they do not hold wholly."""
    author: str | None = None
    published: date | None = None
    kept: list[Line] = []
    at = 0
    while at < min(3, len(lines)):
        text = lines[at].text
        if len(text) > LONGEST_FACT:
            break
        by = _BY_LINE.fullmatch(text) if author is None else None
        day = _DAY.fullmatch(text) if published is None else None
        when = _date(day) if day else None
        if by:
            author = by[1]
        elif day and when:
            published = when
            if day["place"] or day["rest"]:
                kept.append(lines[at])
        else:
            break
        at += 1
    return author, published, kept + lines[at:]


def _date(match: re.Match[str]) -> date | None:
    month = int(match["month"]) if match["month"] else _MONTHS.index(match["name"]) + 1
    try:
        return date(int(match["year"]), month, int(match["day"]))
    except ValueError:
        return None


def _second_line(lines: list[Line], above_metadata: bool) -> tuple[str | None, list[Line]]:
    """Take the teaser from the line under the title, only where it clearly is one.

    It is one where title and it stand together over a blank line, where more blank
    lines follow it than precede it, where a by-line follows it, or where it is a
    sub-title without a full stop over a longer paragraph.
    """
    if above_metadata or len(lines) < 2:
        return None, lines
    first, second = lines[0], lines[1]
    if len(first.text) > LONGEST_TEASER or first.text.endswith((":", ",", ";")) or first.text[0] in "-•*":
        return None, lines
    if len(sentences(first.text)) > 3 or any(at == 0 for at in headings(lines)):
        return None, lines
    author, published, _ = metadata_lines(lines[1:])
    subtitle = first.text[-1] not in '.!?…“”"»«)' and len(second.text) > len(first.text) and second.text[-1] == "."
    apart = first.blank_before < second.blank_before
    if author or published or apart or (subtitle and len(first.text.split()) > 3):
        return first.text, lines[1:]
    return None, lines


def _sections(lines: list[Line]) -> tuple[ArticleSection, ...]:
    """Group paragraphs under their headings."""
    found = headings(lines)
    sections: list[tuple[str | None, list[str]]] = [(None, [])]
    for at, line in enumerate(lines):
        if at in found:
            sections.append((found[at], []))
        else:
            sections[-1][1].append(line.text)
    return tuple(ArticleSection(heading, tuple(paragraphs)) for heading, paragraphs in sections)
