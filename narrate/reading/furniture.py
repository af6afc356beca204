"""What stands around an article on its page and is never spoken."""

from __future__ import annotations

import re
from typing import Any

from narrate.reading.blocks import Block, folded

LINKED = 0.9  # of the letters of a list or paragraph: it leads elsewhere and says nothing here
SHORTEST_END = 80  # characters; a shorter last line without a stop is not text

_FURNITURE = re.compile(
    r"(?:(?:Lesen|Hören|Sehen) Sie (?:auch|hier|dazu|mehr)\b.*|(?:Auch|Mehr)(?: zum Thema| dazu| aus .{1,40}|"
    r" interessant)\s*:?.*|"
    r"Zum Thema:?.*|Lesezeit\b.*|\d+ Min(?:\.|uten) Lesezeit|.{0,60}\b[Nn]ewsletter\b.{0,30}(?:abonnieren|"
    r"anmelden|bestellen|informiert Sie|kostenlos|per Mail).{0,230}|.{0,40}(?:abonnieren|"
    r"[Aa]nmeld).{0,30}\b[Nn]ewsletter\b.{0,60}|Anzeige|Werbung|"
    r"Podcast|Video|Liveblog|FAQ|"
    r"Ein Klick für den Datenschutz|Für die Darstellung von .{1,60} nutzen wir .*|"
    r"Empfohlener (?:redaktioneller )?Inhalt|"
    r"An dieser Stelle (?:finden Sie|steht) .*|Dieses Element enthält Daten.*|Externer Inhalt|Hier klicken.*|"
    r"Artikel (?:merken|teilen|anhören)|"
    r"(?:Teilen|Drucken|Kommentare?|Kommentieren|Merken)|Zur Startseite|Zurück zur .{1,40}|"
    r"Ihre? (?:Cookie|Datenschutz)-?[Ee]instellungen.*|.{0,80}\d{2}\.\d{2}\.\d{4} \| \d+:\d{2} min|"
    r"2 Wochen .{0,20}testen|(?:Jetzt )?(?:\d+ \w+ )?kostenlos (?:testen|abonnieren)|.{0,80}\bTesten Sie\b.*|"
    r"Fehler gefunden\?.*|"
    r"Zum (?:Artikel|Video|Podcast|Liveblog|Newsletter)\s?:.*|.{2,60}\bist (?:Redakteur|Redaktor|Reporter|"
    r"Korrespondent|Autor)(?:in)?\b.{0,160}|"
    r"(?:Foto|Bild|Fotos|Bilder|Grafik|Symbolbild|Archivbild|Video|Bildrechte|©)\s?[:©].{0,160}|"
    r"Quelle: (?:[A-Z]{2,6}|.{0,30}dpa.{0,30})|[|/·•]+)",
)
_CAPTION_TAIL = re.compile(r"\d{2}\.\d{2}\.\d{4} \| \d+:\d{2} min$")
_BY = re.compile(
    r"(?:[Vv]on|[Tt]ext|[Aa]utor(?:in)?):? [A-ZÄÖÜ][\w.’-]+(?: (?:[a-z]{2,3} )?[A-ZÄÖÜ][\w.’-]+){1,3}(?:(?:,|"
    r" und) .{3,60})?"
)
BOX = re.compile(r"player|teaser|related|recommend|podcast|newsletter|promo|listing|sidebar|footer", re.IGNORECASE)
_BLOCKS = frozenset(
    {"div", "p", "ul", "ol", "h1", "h2", "h3", "h4", "section", "article", "blockquote", "figure", "table"}
)
_ENDS = re.compile(r"[.!?…:][\"“”’»«)\]]*$")


def tidy(tree: Any) -> None:
    """Take lists and paragraphs of nothing but links out of a page, and make headings plain.

    Args:
        tree: An lxml tree; it is changed.
    """
    for element in list(tree.iter("ul", "ol", "p")):
        letters = _letters(element)
        linked = sum(_letters(link) for link in element.iter("a"))
        if element.getparent() is None or letters <= 12:
            continue
        if linked >= LINKED * letters or (element.tag != "p" and _all_lead_away(element)):
            element.drop_tree()
    for cite in [one for quote in tree.iter("blockquote") for one in quote.iter("cite", "footer")]:
        name = " ".join("".join(cite.itertext()).split()).lstrip("—–- ")
        for child in list(cite):
            cite.remove(child)
        cite.tag, cite.text = "p", f"— {name}" if name else ""
    for heading in list(tree.iter("h2", "h3", "h4")):
        if any((link.get("href") or "#")[0] != "#" for link in heading.iter("a")) and heading.getparent() is not None:
            heading.drop_tree()
            continue
        text = " ".join(" ".join(heading.itertext()).split())
        for child in list(heading):
            heading.remove(child)
        heading.text = text


def _all_lead_away(element: Any) -> bool:
    """Tell whether every item of a list is a title with a link, and none a sentence."""
    items = list(element.iter("li"))
    return len(items) > 1 and all(
        item.find(".//a") is not None
        and _letters(item.find(".//a")) >= 0.4 * _letters(item)
        and not "".join(item.itertext()).rstrip().endswith((".", ",", ";"))
        for item in items
    )


def _letters(element: Any) -> int:
    return len("".join("".join(element.itertext()).split()))


def is_furniture(block: Block) -> bool:
    """Tell whether a block is a caption, an advertisement, a by-line or a link elsewhere."""
    if block.kind in ("quote", "embed"):
        return False
    return bool(_FURNITURE.fullmatch(block.text) or _CAPTION_TAIL.search(block.text) or _BY.fullmatch(block.text))


def without_end(blocks: list[Block]) -> list[Block]:
    """Leave out what follows the last sentence: headings and names of boxes, departments, links."""
    end = len(blocks)
    while end > 1:
        block = blocks[end - 1]
        listed = block.kind == "item" and any(one.kind == "paragraph" for one in blocks[end - 2 : end - 1])
        if block.kind in ("quote", "embed") or listed or _ENDS.search(block.text) or len(block.text) >= SHORTEST_END:
            if block.kind != "heading":
                break
        elif block.kind == "item" and blocks[end - 2].kind == "item":
            break
        end -= 1
    return blocks[:end]


def headings_back(blocks: list[Block], tree: Any, title: str) -> list[Block]:
    """Put headings of a page back that its extraction lost: those right over a paragraph that it kept."""
    above: dict[str, str] = {}
    heading = ""
    for element in tree.iter("h2", "h3", "h4", "p", "ul", "ol", "blockquote", "div"):
        if element.tag == "div" and any(child.tag in _BLOCKS for child in element):
            continue
        text = " ".join("".join(element.itertext()).split())
        if not text:
            continue
        if element.tag in ("h2", "h3", "h4"):
            heading = "" if _boxed(element) or folded(title) in folded(text) else text
            continue
        if heading:
            above.setdefault(folded(text), heading)
        heading = ""
    kept: list[Block] = []
    said = {folded(block.text) for block in blocks if block.kind == "heading"}
    for block in blocks:
        lost = above.get(folded(block.text)) if block.kind == "paragraph" else None
        if lost and folded(lost) not in said:
            said.add(folded(lost))
            kept.append(Block("heading", lost.replace("\u00ad", "")))
        kept.append(block)
    return kept


def _boxed(element: Any) -> bool:
    """Tell whether an element is inside a box beside the text."""
    return any(
        one.tag in ("aside", "nav", "footer", "figure", "form") or (near < 4 and BOX.search(one.get("class") or ""))
        for near, one in enumerate(element.iterancestors())
    )
