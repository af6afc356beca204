"""Posts, letters and speeches quoted in full without quotation marks, found by their frame.

A line that announces a text and ends in a colon, a block that speaks in the first
person, and an end: a source line, a signature, or a paragraph back in the third person.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from narrate.german import sentences
from narrate.model import Gender, Quoted, Speaker
from narrate.script.names import TOKEN
from narrate.script.people import People, Person
from narrate.script.words import CUES, role_gender

LONGEST_INTRODUCTION = 500  # characters
LONGEST_CLOSING = 8  # words
CLEAR_LEAD = 1.25  # how much more the announced author is mentioned than anybody else

_WORD = (
    r"(?:Post(?:s|ing|ings)?|Beitrag|Beitrags|Beitrages|Tweets?|Threads?|Brief(?:es|s)?|"
    r"Rede|Ansprache|E-?Mails?|Mail|Erklärung|"
    r"Statements?|Stellungnahme|Wortlaut|Nachricht|Schreiben|Botschaft|Text|Zeilen|Abschiedsworte|Worte|Dokument|Eintrag|"
    r"Kündigung|Grußwort|Mitteilung|Memo|Blogpost|Tagebuch|Rundschreiben|Appell|Manifest|Aufruf|Predigt|Widmung|Notiz|Video)"
)
_PUBLICATION = re.compile(rf"\b(?:[\w-]+-)?(?:\w{{3,}})?{_WORD}\b", re.IGNORECASE)
_NETWORK = re.compile(
    r"\b(?:auf|bei|über) (?:X|Twitter|Mastodon|Bluesky|Facebook|Instagram|LinkedIn|"
    r"Threads|TikTok|Truth Social|Telegram)\b"
)
_HANDLE = re.compile(r"(?<!\w)@[\w.-]*\w")
_STRONG = re.compile(
    r"Wortlaut|original|[Üü]bersetz|vollständig|in voller Länge|ungekürzt|dokumentier|im Ganzen|komplett|"
    r"Hier (?:ist|folgt|der|die|das|sein|ihr)|Nachfolgend|Im Folgenden|Es folgt|lautet",
)
_WRITING = re.compile(
    r"\b(?:schrieb|schreibt|geschrieben|postete|postet|gepostet|twitterte|twittert|veröffentlichte|antwortete|"
    r"formulierte|verschickte|wandte|las|hielt|erklärte|teilte|richtete|verabschiedete)\b"
)
_FIRST_PERSON = re.compile(
    r"\b(?:[Ii]ch|[Mm]ein|[Mm]eine[mnrs]?|[Mm]ich|[Mm]ir|[Ww]ir|[Uu]ns|[Uu]nser|[Uu]nsere[mnrs]?|[Ee]uch|[Ee]ure?|[Dd]ir)\b"
)
_IN_MARKS = re.compile(r"„[^“”\"]{0,3000}+[“”\"]|»[^«]{0,3000}+«|«[^»]{0,3000}+»|\"[^\"]{0,3000}+\"|“[^”]{0,3000}+”")
_BACK = re.compile(
    r"^(?:So ?weit (?:der|die|das)|Der (?:Beitrag|Post|Tweet|Brief|Text|Thread|Eintrag)|"
    r"Die (?:Mail|E-Mail|Rede|Nachricht|Erklärung)|"
    r"Das (?:Schreiben|Statement|Posting)|Auf (?:den|die|das) \w+|Unter (?:dem|der) \w+|"
    r"Mit (?:dem|diesem|diesen|der) \w+ "
    r"(?:Beitrag|Post|Brief|Worten|Zeilen)|"
    r"Innerhalb weniger|Bis zum \w+|Kurz (?:darauf|danach)|Am \w+(?:tag|abend|morgen)\b)"
)
_SOURCE = re.compile(
    r"^[\s(\[*_–—-]*(?:"
    r"(?:Quellen?|Foto|Fotos|Bild|Bilder|Bildquelle|Text|Übersetzung|Redaktion|"
    r"Copyright|Mehr dazu|Original|Übersetzt|Lizenz|"
    r"Original(?:beitrag|text)|Textquelle|Titelbild|Hinweis|Anmerkung(?: der Redaktion)?)\s*:"
    r"|\(?(?:dpa|DPA|afp|AFP|apa|APA|epd|KNA|SID|sid|rtr|Reuters)(?:[/, -]+\w+)*\)?$"
    r"|©|\(c\)|Copyright\b|Mit Material von|Übersetzt von|Übersetzung (?:aus|von)|Aus dem \w+ (?:übersetzt )?von"
    r"|(?:Dieser|Der|Diese|Die) (?:Artikel|Beitrag|Text|Bericht|Reportage|Interview|Meldung|Geschichte)\s(?:\w+ ){0,2}?"
    r"(?:stammt|erschien (?:zuerst|ursprünglich|zunächst|erstmals)|"
    r"wurde (?:zuerst|ursprünglich|erstmals|von|mit|aus|am)|ist (?:zuerst|eine|ein|erstmals|am)"
    r"|entstand|basiert|beruht)"
    r"|Zuerst (?:erschienen|veröffentlicht)|Erstveröffentlichung|Erstmals erschienen|Nachdruck|Alle Rechte|"
    r"Alle Personen|"
    r"(?:Die )?Personen und|Mit freundlicher Genehmigung)",
)
_TO_READERS = re.compile(r"\b(?:[Ii]hr|[Dd]u|[Dd]ich|[Dd]ein\w*)\b")
_GREETING = re.compile(r"^(?:Liebe|Lieber|Hallo|Sehr geehrte|Guten|Hi|Moin|Servus)\b")
_DASHED = re.compile(r"[—–-]{1,2}\s?(?:@?\w[\w.’'-]*,?\s?){1,8}(?:\(.{1,60}\))?")
_SIGNING = re.compile(
    r"^[–—-]?\s*(?:(?:Eure|Euer|Deine|Dein|Ihre|Ihr)\s)?(?P<name>[A-ZÄÖÜ][\w’-]+(?: [A-ZÄÖÜ][\w’-]+){0,3})[.!]?$"
)


@dataclass(frozen=True, slots=True)
class Post:
    """A block quoted in full.

    Attributes:
        start: Index of its first paragraph in the section.
        end: After its last paragraph.
        author: Who wrote it.
    """

    start: int
    end: int
    author: Speaker


def is_source_line(paragraph: str) -> bool:
    """Tell whether a paragraph says where the article comes from."""
    return len(paragraph) <= 400 and bool(_SOURCE.match(paragraph))


def posts(paragraphs: Sequence[str], first: int, people: People) -> list[Post]:
    """Find the blocks quoted in full in a section.

    Returns:
        The blocks whose author is known, in order; they do not overlap.
    """
    found: list[Post] = []
    personal = [_personal(paragraph) for paragraph in paragraphs]
    at = 0
    while at + 1 < len(paragraphs):
        post = _post(paragraphs, personal, at, first, people) if _introduces(paragraphs[at]) else None
        if post is not None:
            found.append(post)
            at = post.end
        else:
            at += 1
    return found


def is_signature(paragraph: str) -> bool:
    """Tell whether a paragraph is a dash and a name: it says whose what stands above is."""
    return bool(_DASHED.fullmatch(paragraph))


def quoted_author(paragraphs: Sequence[str], block: Quoted, first: int, people: People) -> Speaker | None:
    """Return who wrote what the markup quotes: as it says, or as the line before announces."""
    if block.author:
        words = block.author.split()
        person = people.by_name.get(block.author) or (people.called(words) if len(words) > 1 else None)
        return person.speaker() if person else Speaker(block.author)
    line = block.start - 1
    if line < 0 or not paragraphs[line].rstrip(' "“”*_').endswith(":"):
        return None
    author = _author(paragraphs, line, first, sentences(paragraphs[line][-LONGEST_INTRODUCTION:])[-1], people)
    return author.speaker() if author else None


def _introduces(paragraph: str) -> bool:
    """Tell whether a paragraph announces a text that follows."""
    text = paragraph.rstrip(' "“”*_')
    if not text.endswith(":"):
        return False
    last = sentences(text[-LONGEST_INTRODUCTION:])[-1]
    return bool(_PUBLICATION.search(last) or _STRONG.search(last) or _WRITING.search(last) or _NETWORK.search(last))


def _post(paragraphs: Sequence[str], personal: Sequence[bool], line: int, first: int, people: People) -> Post | None:
    introduction = sentences(paragraphs[line][-LONGEST_INTRODUCTION:])[-1]
    author = _author(paragraphs, line, first, introduction, people)
    handle = _HANDLE.search(introduction)
    if handle and _named([match[0] for match in TOKEN.finditer(introduction)], people) is None:
        author = Person(handle[0])
    if author is None:
        return None
    surnames = {person.surname for person in people.by_name.values()}
    end = _end(paragraphs, personal, line + 1, author, surnames)
    block = paragraphs[line + 1 : end]
    spoken = any(personal[line + 1 : end]) or any(_GREETING.match(paragraph) for paragraph in block)
    published = _PUBLICATION.search(introduction) or _STRONG.search(introduction)
    if not block or _quoted_inline(block) or not (spoken or (published and _STRONG.search(introduction))):
        return None
    return Post(line + 1, end, author.speaker())


def _quoted_inline(block: Sequence[str]) -> bool:
    """Tell whether a block is an ordinary quotation in marks with words around it."""
    text = block[0]
    return text[0] in '„»«"“' and bool(_IN_MARKS.match(text)) and len(_IN_MARKS.sub("", text, count=1).split()) > 1


def _personal(paragraph: str) -> bool:
    """Tell whether a paragraph speaks in the first or second person, outside of marks."""
    # What is masked adds no such word; most paragraphs have none, and masking an endless one takes long.
    return bool(_FIRST_PERSON.search(paragraph) and _FIRST_PERSON.search(_IN_MARKS.sub(" ", paragraph)))


def _end(paragraphs: Sequence[str], personal: Sequence[bool], start: int, author: Person, surnames: set[str]) -> int:
    """Return where a block ends."""
    last = max((at for at in range(start, len(paragraphs)) if personal[at]), default=-1)
    for at in range(start, len(paragraphs)):
        text = paragraphs[at]
        if is_source_line(text) or (at > start and _introduces(text) and not personal[at]):
            return at
        if at > start and not personal[at] and _reports(text, author, surnames, beyond=at > last):
            return at
        if at > start and _signs(text, author):
            after = at + 1
            return after + 1 if after < len(paragraphs) and re.match(r"P\.?\s?S\b", paragraphs[after]) else after
    # No clear end: what follows the last personal words may be the reporter's again, but for a closing line.
    end = len(paragraphs) if last < start else last + 1
    while end < len(paragraphs) and _closes(paragraphs[end]):
        end += 1
    return end


def _closes(paragraph: str) -> bool:
    """Tell whether a line without first person takes leave: short, called out, tagged, or to the readers."""
    short = len(paragraph.split()) <= LONGEST_CLOSING
    return bool(short and (paragraph.endswith("!") or "#" in paragraph)) or bool(_TO_READERS.search(paragraph))


def _signs(paragraph: str, author: Person) -> bool:
    match = _SIGNING.match(paragraph) if len(paragraph) < 60 else None
    return bool(match) and bool(set(match["name"].split()) & set(author.name.split())) if match else False


def _reports(paragraph: str, author: Person, surnames: set[str], beyond: bool) -> bool:
    """Tell whether a paragraph without first person is the reporter's again.

    Args:
        paragraph: Its text.
        author: Of the block.
        surnames: Of everybody in the article; a reporter calls people by them, a post rarely does.
        beyond: Whether no paragraph after it speaks in the first person.
    """
    outside = _IN_MARKS.sub(" ", paragraph)
    words = [match[0] for match in TOKEN.finditer(outside)]
    if author.surname in words or f"{author.surname}s" in words:
        return True
    signs = 2 * bool(_BACK.match(paragraph))
    roles = {word.lower() for word in words if role_gender(word)[0]}
    signs += bool(roles & author.roles)
    signs += any(word in CUES for word in words) and beyond
    signs += 2 * (beyond and bool(surnames & set(words)))
    signs += beyond and bool(set(author.name.split()) & set(words))
    signs += beyond and bool(re.match(r"(?:Er|Sie) \w+(?:te|t)\b", paragraph))
    return signs >= 2


def _author(paragraphs: Sequence[str], line: int, first: int, introduction: str, people: People) -> Person | None:
    """Return who wrote what a line announces: named in it, meant by a pronoun, or the person of the article."""
    words = [match[0] for match in TOKEN.finditer(introduction)]
    named = _named(words, people)
    if named is not None:
        return named
    gender = _pronoun(words)
    place = (first + line, max(0, len(paragraphs[line]) - len(introduction)))
    if gender is not None:
        same = [person for person in people.mentions(place[0], 0, place[1]) if person.gender in (gender, None)]
        return same[-1] if same else _dominant(people, place, gender) or people.before(*place, gender)
    for word in words:
        found, role = role_gender(word)
        person = people.with_role(word, role) if found else None
        if person is not None:
            return person
    return _dominant(people, place, None)


def _named(words: list[str], people: People) -> Person | None:
    """Return the first person named in an introducing line who is not a translator or addressee."""
    blocked = False
    for at, word in enumerate(words):
        if word in {"übersetzt", "Übersetzung", "übertragen"}:
            blocked = True
        before = words[max(0, at - 4) : at]
        if blocked or not word[0].isupper() or any(other in {"an", "über", "für"} for other in before):
            continue
        bare = word[:-1] if word.endswith(("s", "’")) and people.named(word) is None else word
        person = people.named(bare) or (people.called(words[at : at + 1]) if at + 1 < len(words) else None)
        if person is not None:
            return person
    return None


def _pronoun(words: list[str]) -> Gender | None:
    """Return the gender that a pronoun in an introducing line tells of the author."""
    for word in words:
        if word in {"er", "Er", "sein", "seine", "seinem", "seinen", "seiner", "Sein", "Seine", "Seinem", "Seinen"}:
            return "m"
        if word in {"sie", "ihr", "ihre", "ihrem", "ihren", "ihrer", "Ihr", "Ihre", "Ihrem", "Ihren", "Ihrer"}:
            return "f"
    return None


def _dominant(people: People, place: tuple[int, int], gender: Gender | None) -> Person | None:
    """Return the person whom the text before a place is about, or None if that is not clear."""
    counted = [
        (sum(1 for mention in person.places if mention < place), person)
        for person in people.by_name.values()
        if gender is None or person.gender in (gender, None)
    ]
    ranked = sorted((pair for pair in counted if pair[0]), key=lambda pair: -pair[0])
    if not ranked:
        return None
    if len(ranked) > 1 and ranked[0][0] < CLEAR_LEAD * ranked[1][0]:
        return None
    return ranked[0][1]
