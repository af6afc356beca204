"""Lexicons in the W3C's Pronunciation Lexicon Specification.

Source:
    https://www.w3.org/TR/2008/REC-pronunciation-lexicon-20081014/
"""

from __future__ import annotations

from io import BytesIO
from typing import NoReturn
from xml.sax import SAXException, SAXParseException
from xml.sax.handler import ContentHandler, feature_namespaces
from xml.sax.xmlreader import AttributesNSImpl, InputSource, Locator

from defusedxml.common import DefusedXmlException
from defusedxml.sax import make_parser

from narrate.lexicon.entries import Entry, make_entry
from narrate.model.errors import InputUnreadable

PLS = "http://www.w3.org/2005/01/pronunciation-lexicon"
XML = "http://www.w3.org/XML/1998/namespace"
CHILDREN = {
    None: {"lexicon"},
    "lexicon": {"lexeme", "meta", "metadata"},
    "lexeme": {"grapheme", "alias", "phoneme", "example"},
}
UNREAD = {"meta", "metadata", "example"}


def parse_pls(content: bytes, name: str) -> list[Entry]:
    """Read a PLS 1.0 document; document types, entities and anything external are refused.

    Of several aliases or phonemes the preferred one counts, else the first. Where a
    phoneme and an alias are given, the phoneme counts and the alias is for engines
    without phonemes; unless the alias is the preferred one.

    Raises:
        InputUnreadable: Not well-formed, not PLS 1.0 for German, not IPA; or an attack.
    """
    reader = _Reader(name)
    parser = make_parser()
    parser.forbid_dtd = True
    parser.setFeature(feature_namespaces, True)
    parser.setContentHandler(reader)
    source = InputSource()
    source.setByteStream(BytesIO(content))
    try:
        parser.parse(source)
    except DefusedXmlException as error:
        raise InputUnreadable(
            f"{name} has a document type, entities or external references, which are not read; "
            "write the words out and remove <!DOCTYPE …>."
        ) from error
    except SAXParseException as error:
        raise InputUnreadable(
            f"{name}:{error.getLineNumber()}: not well-formed XML ({error.getMessage()}); correct it."
        ) from error
    except (SAXException, ValueError, LookupError) as error:
        raise InputUnreadable(f"{name} cannot be decoded as XML ({error}); save it as UTF-8.") from error
    return reader.entries


class _Reader(ContentHandler):
    """Gathers entries, one lexeme after the other.

    Attributes:
        entries: One for each grapheme.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self.entries: list[Entry] = []
        self._name = name
        self._place: Locator | None = None
        self._open: list[str] = []
        self._unread = 0
        self._alphabet = ""
        self._text: list[str] = []
        self._graphemes: list[tuple[str, int]] = []
        self._spoken: dict[str, list[tuple[bool, str]]] = {}
        self._prefers = False

    def setDocumentLocator(self, locator: Locator) -> None:  # noqa: N802 - named by the base class
        """Note where lines are told."""
        self._place = locator

    def _line(self) -> int:
        return (self._place and self._place.getLineNumber()) or 1

    def startElementNS(  # noqa: N802 - named by the base class
        self, name: tuple[str | None, str], qname: str | None, attrs: AttributesNSImpl
    ) -> None:
        """Begin an element."""
        space, local = name
        if self._unread:
            self._unread += 1
            return
        parent = self._open[-1] if self._open else None
        if space != PLS or local not in CHILDREN.get(parent, ()):
            where = f"in <{parent}>" if parent else f'outside; begin with <lexicon xmlns="{PLS}">'
            self._refuse(f"<{local}> is not an element of PLS 1.0 {where}")
        if local in UNREAD:
            self._unread = 1
            return
        self._open.append(local)
        self._text = []
        if local == "lexicon":
            self._begin_lexicon(attrs)
        elif local == "lexeme":
            self._graphemes, self._spoken = [], {"alias": [], "phoneme": []}
        else:
            self._prefers = attrs.get((None, "prefer")) == "true"
            if local == "phoneme":
                self._check_alphabet(attrs.get((None, "alphabet"), self._alphabet))

    def _begin_lexicon(self, attrs: AttributesNSImpl) -> None:
        version, language = attrs.get((None, "version"), "1.0"), attrs.get((XML, "lang"), "de")
        if version.strip() != "1.0":
            self._refuse(f"version {version!r} is not known; write version 1.0")
        if language.strip().lower().partition("-")[0] != "de":
            self._refuse(f'the lexicon is for texts in {language!r}; narrate reads German: write xml:lang="de"')
        self._alphabet = attrs.get((None, "alphabet"), "ipa")

    def _check_alphabet(self, alphabet: str) -> None:
        if alphabet.strip().lower() != "ipa":
            self._refuse(f'phonemes in the alphabet {alphabet!r} are not read; write them in IPA, alphabet="ipa"')

    def characters(self, content: str) -> None:
        """Gather text."""
        if not self._unread:
            self._text.append(content)

    def endElementNS(self, name: tuple[str | None, str], qname: str | None) -> None:  # noqa: N802
        """End an element."""
        if self._unread:
            self._unread -= 1
            return
        local, text = self._open.pop(), "".join(self._text)
        if local == "grapheme":
            self._graphemes.append((text, self._line()))
        elif local in ("alias", "phoneme"):
            self._spoken[local].append((self._prefers, text))
        elif local == "lexeme":
            self._end_lexeme()

    def _end_lexeme(self) -> None:
        alias, prefers_alias = _preferred(self._spoken["alias"])
        ipa, prefers_ipa = _preferred(self._spoken["phoneme"])
        if not self._graphemes or (alias is None and ipa is None):
            self._refuse("a <lexeme> needs a <grapheme>, and an <alias> or a <phoneme>; add it")
        if prefers_alias and not prefers_ipa:
            ipa = None
        for printed, line in self._graphemes:
            self.entries.append(make_entry(printed, alias, ipa, f"{self._name}:{line}"))

    def _refuse(self, what: str) -> NoReturn:
        raise InputUnreadable(f"{self._name}:{self._line()}: {what}.")


def _preferred(choices: list[tuple[bool, str]]) -> tuple[str | None, bool]:
    """Return the first preferred text, else the first, and whether it is preferred."""
    for prefers, text in choices:
        if prefers:
            return text, True
    return (choices[0][1], False) if choices else (None, False)
