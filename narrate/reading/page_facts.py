"""What a page says about its article outside of the text: title, teaser, author, day, address, image."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from narrate.reading.blocks import Metadata, day, folded

_ARTICLE_TYPES = frozenset(
    "Article NewsArticle ReportageNewsArticle AnalysisNewsArticle BlogPosting Report LiveBlogPosting "
    "OpinionNewsArticle BackgroundNewsArticle ReviewNewsArticle SocialMediaPosting TechArticle".split()
)
_SEPARATOR = re.compile(r"\s+[|–—·•-]\s+|,\s(?=Tageszeitung)")
_TEASER_CLASS = re.compile(
    r"\b(?:teaser|lead|intro|standfirst|vorspann|summary|abstract|subline|dek|preface|excerpt|"
    r"article-?(?:lead|intro|teaser|summary|standfirst)|sub-?title|sub-?headline)(?:\b|_)",
    re.IGNORECASE,
)
_DATE_PART = re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}")
SHORTEST_TEASER, LONGEST_TEASER = 40, 800  # characters
WHOLE = 1.1  # how much longer a teaser is with its dateline
ALIKE = 0.5  # of the words of one also in the other: two versions of one teaser


@dataclass(frozen=True, slots=True)
class PageFacts:
    """Facts about the article of a page, and what decides whether it is there in full.

    Attributes:
        metadata: As chosen; the teaser is still that of search engines.
        free: False where the page itself says that one has to pay.
    """

    metadata: Metadata
    free: bool


def page_facts(tree: Any, url: str | None) -> PageFacts:
    """Read what a page says about its article."""
    linked = next(_linked_data(tree), {})
    canonical = _first(tree, '//link[@rel="canonical"]/@href') or _meta(tree, "og:url") or url
    site = [_meta(tree, "og:site_name"), urlsplit(canonical or "").hostname]
    image = _meta(tree, "og:image") or _address(linked.get("image"))
    language = _first(tree, "/html/@lang") or _text(linked.get("inLanguage")) or _meta(tree, "og:locale")
    facts = Metadata(
        _title(tree, linked, [name for name in site if name]),
        _meta(tree, "og:description") or _text(linked.get("description")) or _meta(tree, "description"),
        _authors(linked.get("author")) or _by_line(tree),
        day(_text(linked.get("datePublished")) or _meta(tree, "article:published_time") or _meta(tree, "date")),
        urljoin(url or "", canonical) if canonical else None,
        language.replace("_", "-") if language else None,
        urljoin(canonical or "", image) if image else None,
    )
    return PageFacts(facts, linked.get("isAccessibleForFree") not in (False, "False", "false"))


def _linked_data(tree: Any) -> Iterator[dict[str, Any]]:
    """Yield the articles in the page's JSON-LD."""
    for script in tree.xpath('//script[@type="application/ld+json"]/text()'):
        try:
            waiting = [json.loads(script, strict=False)]
        except (ValueError, RecursionError):
            continue
        while waiting:
            value = waiting.pop(0)
            if isinstance(value, list):
                waiting[:0] = value
            elif isinstance(value, dict):
                kinds = value.get("@type")
                if _ARTICLE_TYPES & set(
                    kinds if isinstance(kinds, list) else [kinds] if isinstance(kinds, str) else []
                ):
                    yield value
                waiting += [value[key] for key in ("@graph", "mainEntity", "mainEntityOfPage") if key in value]


def _text(value: Any) -> str | None:
    value = value[0] if isinstance(value, list) and value else value
    return _clean(value) if isinstance(value, str) else None


def _clean(text: str) -> str | None:
    import html

    return " ".join(html.unescape(text).replace("\u00ad", "").split()) or None


def _address(value: Any) -> str | None:
    value = value[0] if isinstance(value, list) and value else value
    return _text(value.get("url")) if isinstance(value, dict) else _text(value)


def _authors(value: Any) -> str | None:
    values = value if isinstance(value, list) else [value]
    names = [_text(one.get("name")) if isinstance(one, dict) else _text(one) for one in values]
    kept = [name for name in names if name and not name.startswith("http")]
    return ", ".join(dict.fromkeys(kept)) or None


def _by_line(tree: Any) -> str | None:
    found = _meta(tree, "author") or _meta(tree, "article:author")
    return None if found and found.startswith("http") else found


def _first(tree: Any, path: str) -> str | None:
    return next((clean for clean in map(_clean, tree.xpath(path)) if clean), None)


def _meta(tree: Any, name: str) -> str | None:
    return _first(tree, f'//meta[@property="{name}" or @name="{name}"]/@content')


def _title(tree: Any, linked: dict[str, Any], site: list[str]) -> str | None:
    """Choose the headline.

    Where og:title, heading and title tag agree, they may all be made for search engines,
    and the headline in the linked data is the editors'. Else whichever is unlike the title
    tag is theirs. A kicker in front of the heading is left out as og:title leaves it out.
    """
    tag = without_site(_first(tree, "//title/text()") or "", site)
    shown = [_clean("".join(one.itertext())) for one in tree.xpath("//article//h1") or tree.xpath("//h1")]
    heading = next((text for text in shown if text), None)
    social = _meta(tree, "og:title")
    headline = _text(linked.get("headline"))
    if social:
        social = without_site(social, site)
        for text in (heading, headline):
            if text and folded(social).startswith(folded(text)) and _SEPARATOR.match(social[len(text) :] + " "):
                social = text
    if not social:
        return heading or headline or tag or None
    if heading and folded(heading) != folded(social) and _holds(heading, social):
        return social
    if heading and folded(heading) != folded(tag):
        return heading
    if folded(social) != folded(tag) or not headline:
        return social
    cut = folded(social).startswith(folded(headline.rstrip(". …")))
    return social if cut or not heading or folded(heading) != folded(social) else headline


def _holds(one: str, two: str) -> bool:
    """Tell whether one title is the other with something around it."""
    first, second = folded(one), folded(two)
    return bool(first and second) and (first in second or second in first)


def without_site(title: str, site: list[str]) -> str:
    """Return a title without the names of site and department behind it."""
    names = [folded(name) for name in site]
    stripped = ""
    while True:
        seams = list(_SEPARATOR.finditer(title))
        if not seams:
            return title
        seam, rest = seams[-1], title[seams[-1].end() :]
        part = folded(rest)
        named = any(
            part == name or (len(part) > 3 and part in name) or (len(name) > 3 and name in part) for name in names
        )
        department = stripped == seam[0] and len(rest.split()) == 1 and rest[:1].isupper()
        known = named or "|" in seam[0] or rest.startswith("Tageszeitung")
        if not (known or department or _DATE_PART.search(rest)):
            return title
        title, stripped = title[: seam.start()], seam[0]


def teaser_on_page(tree: Any, title: str, searched: str | None, first_paragraph: str) -> str | None:
    """Find the teaser between the headline and the first paragraph.

    Returns:
        The teaser as printed on the page, or None.
    """
    beginning = folded(first_paragraph)[:60]
    after_title, hinted, wanted = False, "", set(_words(searched or ""))
    versions: list[str] = []
    for element in tree.iter("h1", "h2", "p", "div", "span", "li", "strong"):
        text = " ".join("".join(element.itertext()).split())
        if element.tag == "h1" or folded(text) == folded(title):
            after_title = True
            continue
        if not SHORTEST_TEASER <= len(text) <= LONGEST_TEASER or len(list(element.iter("p"))) > 2:
            continue
        if element.find(".//h1") is not None or folded(title)[:40] in folded(text):
            continue
        hint = any(_TEASER_CLASS.search(element.get(name) or "") for name in ("class", "itemprop", "data-testid"))
        alike = bool(wanted) and len(wanted & set(_words(text))) >= ALIKE * len(wanted)
        if alike and (after_title or hint):
            versions.append(text)
        elif after_title and beginning and folded(text).startswith(beginning):
            break
        elif after_title and hint and not hinted and not _in_list_of_links(element):
            hinted = text
    shortest = min(versions, key=len, default=hinted)
    whole = [text for text in versions if text.endswith(shortest) and len(text) <= WHOLE * len(shortest)]
    return max(whole, key=len, default=shortest) or None


def _in_list_of_links(element: Any) -> bool:
    return any(one.tag in ("a", "aside", "nav", "footer") for one in [element, *element.iterancestors()])


def _words(text: str) -> list[str]:
    return re.findall(r"\w{3,}", text.casefold())
