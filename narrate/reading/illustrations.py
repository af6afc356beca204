"""The pictures and anchors of an article's sections, found beside its words so that they never change these."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal
from urllib.parse import urljoin, urlsplit

from narrate.model import Article
from narrate.reading.blocks import NUMBER, folded
from narrate.reading.furniture import BOX

SMALLEST_PX = 100  # what a page says is smaller is an icon, a portrait of the author, or counts readers
WIDE_ENOUGH_PX = 300  # of a srcset the first picture of that width is taken
LONGEST_ADDRESS = 2000  # characters
SAME = 40  # characters by which a paragraph of the article is known on its page
LONG_LINK = 20  # letters; a box with so much of links leads elsewhere
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_TEXTS = (*_HEADINGS, "p", "li", "blockquote", "div", "dd")
_BLOCKS = frozenset({"div", "p", "ul", "ol", "section", "article", "blockquote", "figure", "table", *_HEADINGS})
_LAZY = ("data-src", "data-original", "data-lazy-src")  # where scripts look that load a picture late
_SIGN = re.compile(
    r"avatar|autor|author|emoji|smiley|icon|logo|pixel|badge|"
    r"(?<![a-z])(?:ads?|advert\w*|anzeigen?|werbung|sponsor\w*|banner)(?![a-z])",
    re.IGNORECASE,
)
_COUNTS_READERS = re.compile(r"vgwort|/(?:pixel|count|track)[./?-]", re.IGNORECASE)
_PICTURE_FILE = re.compile(r"\.(?:jpe?g|png|webp|avif|gif)$", re.IGNORECASE)
_CANDIDATE = re.compile(r"(\S+?)(?:\s+(\d{1,5})(?:\.\d+)?([wx]))?\s*(?:,\s+|,?\s*$)")


@dataclass(frozen=True, slots=True)
class Seen:
    """Something on the way through a document.

    Attributes:
        kind: What it is; ``text`` is a paragraph of the article.
        text: Words of a heading, or address of a picture.
        anchor: Of a heading.
    """

    kind: Literal["heading", "text", "picture"]
    text: str
    anchor: str | None = None


def illustrated(article: Article, seen: Iterable[Seen]) -> Article:
    """Give every section of an article the first picture under its heading, and its anchor.

    Args:
        article: As read.
        seen: Headings and pictures of its document in order; headings that the article has not are passed over.
    """
    places: dict[str, deque[int]] = defaultdict(deque)
    for number, section in enumerate(article.sections):
        if section.heading:
            places[folded(section.heading)].append(number)
    images: dict[int, str] = {}
    anchors: dict[int, str | None] = {}
    at = -1
    for one in seen:
        if one.kind == "picture":
            images.setdefault(max(at, 0), one.text)
        elif one.kind == "heading":
            waiting = places.get(folded(one.text)) or places.get(folded(NUMBER.sub("", one.text))) or deque()
            while waiting and waiting[0] <= at:
                waiting.popleft()
            if waiting:
                at = waiting.popleft()
                anchors[at] = one.anchor
    sections = tuple(
        replace(section, image=images.get(number), anchor=anchors.get(number))
        for number, section in enumerate(article.sections)
    )
    return replace(article, sections=sections)


def anchor_of(heading: Any) -> str | None:
    """Return the anchor of a heading: its own, one inside, or that of the section that it opens."""
    inside = [one.get("id") or one.get("name") for one in heading.iter("a", "span")]
    around = next(heading.iterancestors("section"), None)
    opened = around if around is not None and next(around.iter(*_HEADINGS)) is heading else heading
    anchors = (heading.get("id"), *inside, opened.get("id"))
    return next((one for one in anchors if one and not any(sign.isspace() for sign in one)), None)


def seen_on_page(tree: Any, article: Article, url: str | None) -> Iterator[Seen]:
    """Yield the headings and the pictures of an article on its page, in order.

    A picture counts where it stands between two paragraphs that were read, under the headline, or right behind the
    last paragraph; and where neither it nor the box around it leads elsewhere.

    Args:
        tree: An lxml tree of the page, whole but for embedded posts.
        article: As read from it.
        url: Where the page came from; without it relative addresses stay relative.
    """
    base = _joined(url, next((str(one) for one in tree.xpath("//base/@href")), "")) if url else None
    walk, holders = _walk(tree, article)
    kept = [at for at, (_, words) in enumerate(walk) if words]
    if not kept:
        return
    title = next((at for at, (element, _) in enumerate(walk) if element.tag == "h1"), len(walk))
    last = walk[kept[-1]][0]
    near_end = [last, *last.iterancestors()][1:3]
    above: Any = None
    waiting: list[Seen] = []
    for at, (element, words) in enumerate(walk):
        if element.tag == "img":
            address = picture_address(element)
            box = _box(element, holders)
            under_title = title < at and any(True for _ in element.iterancestors("figure", "picture"))
            near = kept[0] < at or under_title if at < kept[-1] else box.getparent() in near_end
            if address and near and not _leads_elsewhere(element, box):
                picture = Seen("picture", _joined(base, address))
                # What opens a part of the page belongs to the words in that part.
                opens = above is not None and box.getparent() not in (above, *above.iterancestors())
                if opens and at < kept[-1]:
                    waiting.append(picture)
                else:
                    yield picture
        elif words:
            heading = element.tag in _HEADINGS
            yield Seen("heading", words, anchor_of(element)) if heading else Seen("text", words)
            yield from waiting
            waiting, above = [], element


def _walk(tree: Any, article: Article) -> tuple[list[tuple[Any, str]], set[Any]]:
    """Return headings, texts and pictures in order, with the words of those that were read, and all that is around."""
    paragraphs = [text for section in article.sections for text in (section.heading or "", *section.paragraphs) if text]
    known = {_beginning(text) for text in paragraphs} | {_beginning(NUMBER.sub("", text)) for text in paragraphs}
    walk: list[tuple[Any, str]] = []
    holders: set[Any] = set()
    for element in tree.iter("img", *_TEXTS):
        if element.tag == "img":
            walk.append((element, ""))
            continue
        if element.tag in ("div", "li", "blockquote") and any(child.tag in _BLOCKS for child in element):
            continue
        text = "".join(element.itertext())
        beginning = _beginning(text)
        was_read = beginning in known or (element.tag in _HEADINGS and _beginning(NUMBER.sub("", text)) in known)
        if beginning and was_read:
            walk.append((element, " ".join(text.split())))
            for around in (element, *element.iterancestors()):
                if around in holders:
                    break
                holders.add(around)
        elif element.tag == "h1":
            walk.append((element, ""))
    return walk, holders


def _beginning(text: str) -> str:
    return folded(" ".join(text[: 8 * SAME].split()))[:SAME]


def _box(picture: Any, holders: set[Any]) -> Any:
    """Return the largest element around a picture that holds nothing of the article's words."""
    box = picture
    while box.getparent() is not None and box.getparent() not in holders:
        box = box.getparent()
    return box


def _leads_elsewhere(picture: Any, box: Any) -> bool:
    """Tell whether a picture is a sign, advertises, or belongs to a box about something else."""
    for near, around in enumerate((picture, *picture.iterancestors())):
        if around.tag in ("aside", "nav", "footer", "form"):
            return True
        names = f"{around.get('class') or ''} {around.get('id') or ''}"
        if around.tag not in ("body", "html") and near < 4 and (_SIGN.search(names) or BOX.search(names)):
            return True
        if around is box:
            break
    links = (link for link in box.iter("a") if not any(True for _ in link.iterancestors("figcaption")))
    if sum(len("".join("".join(link.itertext()).split())) for link in links) >= LONG_LINK:
        return True
    return any(True for _ in box.iter(*_HEADINGS, "form"))


def leads_to_page(target: str) -> bool:
    """Tell whether a link around a picture leads to another page, and not to the same picture in large.

    Args:
        target: Of the link; empty for none.
    """
    try:
        return bool(target) and not target.startswith("#") and not _PICTURE_FILE.search(urlsplit(target).path)
    except ValueError:
        return True


def picture_address(picture: Any) -> str | None:
    """Return where a picture is, or None where it is too small, cannot be shown, or is a link to another page."""
    if any(leads_to_page(link.get("href") or "") for link in picture.iterancestors("a")):
        return None
    sizes = [picture.get(name) or "" for name in ("width", "height")]
    if any(re.fullmatch(r"\d{1,5}(?:px)?", size) and int(size.removesuffix("px")) < SMALLEST_PX for size in sizes):
        return None
    # libxml2 does not know that a source is empty, and puts the picture inside it.
    sources = [source for around in picture.iterancestors("picture") for source in around.iter("source")]
    listed = [one.get(name) for one in (picture, *sources) for name in ("srcset", "data-srcset")]
    plain = [picture.get(name) for name in (*_LAZY, "src")]
    found = next((one.strip() for one in plain if one and is_picture(one.strip())), None)
    return found or next((one for one in map(_from_srcset, filter(None, listed)) if one), None)


def _from_srcset(srcset: str) -> str | None:
    """Return the smallest picture of a list that is wide enough, else the first."""
    found = [(one[1], int(one[2] or 0) if one[3] == "w" else 0) for one in _CANDIDATE.finditer(srcset.strip())]
    usable = [(address, width) for address, width in found if is_picture(address)]
    wide = [(width, address) for address, width in usable if width >= WIDE_ENOUGH_PX]
    return min(wide)[1] if wide else usable[0][0] if usable else None


def is_picture(address: str) -> bool:
    """Tell whether an address may be that of a picture: no data, no drawing, nothing that counts readers."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return (
        parts.scheme in ("", "http", "https")
        and bool(parts.path or parts.query)
        and len(address) <= LONGEST_ADDRESS
        and address.isprintable()
        and not parts.path.lower().endswith((".svg", ".svgz"))
        and not _COUNTS_READERS.search(address)
    )


def _joined(base: str | None, address: str) -> str:
    try:
        return urljoin(base, address) if base else address
    except ValueError:
        return address
