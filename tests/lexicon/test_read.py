"""Lexicon files: columns and PLS."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrate.lexicon import Entry, Lexicon, ScopedLexicon, builtin, lexicons_for, read_lexicon
from narrate.lexicon.pls import parse_pls
from narrate.lexicon.tsv import parse_tsv
from narrate.model import Voice
from narrate.model.errors import InputMissing, InputUnreadable, NarrateError

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<lexicon version="1.0" alphabet="ipa" xml:lang="de-DE"'
    ' xmlns="http://www.w3.org/2005/01/pronunciation-lexicon">\n'
)


def pls(body: str) -> list[Entry]:
    """Read lexemes as PLS."""
    return parse_pls(f"{HEAD}{body}\n</lexicon>".encode(), "x.pls")


def test_columns(tmp_path: Path) -> None:
    """Two columns are a respelling, slashes make it IPA, a third column is the alias; the rest is skipped."""
    path = tmp_path / "namen.tsv"
    path.write_bytes(
        "\ufeff# Namen\r\n\r\nWeChat\tWitschätt\r\nCloud\t/klaʊd/\nDeep Mind\t/ˈdiːp/\tDiepmeind\t\n".encode()
    )
    assert read_lexicon(path).entries == (
        Entry("WeChat", "Witschätt", None, f"{path}:3"),
        Entry("Cloud", None, "klaʊd", f"{path}:4"),
        Entry("Deep Mind", "Diepmeind", "ˈdiːp", f"{path}:5"),
    )


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("WeChat", "1 columns"),
        ("WeChat Witschätt", "write the printed word, a tab"),
        ("a\tb\tc\td", "4 columns"),
        ("a\tb\tc", "column 3 needs IPA"),
        ("a\t/b", "between two slashes"),
        ("a\t//", "between two slashes"),
        ("a\t/b/, /c/", "between two slashes"),
        ("\tb", "letter"),
    ],
)
def test_lines_that_are_no_entry(line: str, words: str) -> None:
    """A line of another form is refused with file and line, and what to write."""
    with pytest.raises(InputUnreadable, match=rf"x\.tsv:3: .*{words}") as told:
        parse_tsv(f"# eins\n\n{line}\n", "x.tsv")
    assert told.value.exit_code == 65


def test_pls() -> None:
    """Lexemes with one or more graphemes, alias and phoneme, metadata and examples left alone."""
    assert pls(
        "<metadata><rdf xmlns='urn:x'><lexeme/>Text</rdf></metadata>\n"
        "<lexeme><grapheme>Cloud</grapheme><grapheme> Claud\n</grapheme><phoneme>klaʊd</phoneme>"
        "<example>Die Cloud.</example></lexeme>\n"
        "<lexeme><grapheme>KfW</grapheme><alias>Ka eff We</alias></lexeme>"
    ) == [
        Entry("Cloud", None, "klaʊd", "x.pls:4"),
        Entry("Claud", None, "klaʊd", "x.pls:5"),
        Entry("KfW", "Ka eff We", None, "x.pls:6"),
    ]


@pytest.mark.parametrize(
    ("body", "alias", "ipa"),
    [
        ("<phoneme>a</phoneme><phoneme>b</phoneme>", None, "a"),
        ("<phoneme>a</phoneme><phoneme prefer='true'>b</phoneme>", None, "b"),
        ("<alias>A</alias><phoneme>b</phoneme>", "A", "b"),
        ("<alias prefer='true'>A</alias><phoneme>b</phoneme>", "A", None),
        ("<alias>A</alias><alias prefer='true'>B</alias>", "B", None),
        ("<phoneme alphabet='ipa'>a</phoneme>", None, "a"),
    ],
)
def test_what_pls_prefers(body: str, alias: str | None, ipa: str | None) -> None:
    """The first counts, or the preferred one; a phoneme before an alias, unless the alias is preferred."""
    assert pls(f"<lexeme><grapheme>X</grapheme>{body}</lexeme>") == [Entry("X", alias, ipa, "x.pls:3")]


ENTITY_BOMB = (
    '<?xml version="1.0"?><!DOCTYPE lexicon [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]><lexicon>&j;</lexicon>"
)


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (ENTITY_BOMB, "entities"),
        ('<!DOCTYPE lexicon [<!ENTITY x SYSTEM "file:///etc/passwd">]><lexicon>&x;</lexicon>', "entities"),
        ('<!DOCTYPE lexicon SYSTEM "http://example.org/pls.dtd"><lexicon/>', "document type"),
        ("<lexicon/>", "PLS 1.0"),
        ("<html/>", "PLS 1.0"),
        ("", "not well-formed"),
        (HEAD + "<lexeme>", "x.pls:3: not well-formed"),
        (HEAD + "\n<lexem/></lexicon>", "x.pls:4: <lexem>"),
        (HEAD + "<lexeme><grapheme>X</grapheme></lexeme></lexicon>", "x.pls:3: .*alias"),
        (HEAD + "<lexeme><alias>X</alias></lexeme></lexicon>", "grapheme"),
        (HEAD.replace("de-DE", "en") + "</lexicon>", "German"),
        (HEAD.replace('n="1.0" a', 'n="2.0" a') + "</lexicon>", "version"),
        (
            HEAD.replace('"ipa"', '"x-sampa"')
            + "<lexeme><grapheme>X</grapheme><phoneme>a</phoneme></lexeme></lexicon>",
            "x-sampa.*IPA",
        ),
        (HEAD.replace("UTF-8", "klingon") + "</lexicon>", "encod"),
    ],
)
def test_documents_that_are_no_lexicon(document: str, words: str) -> None:
    """Attacks, other documents and mistakes are refused in one sentence, with the line where there is one."""
    with pytest.raises(InputUnreadable, match=words) as told:
        parse_pls(document.encode(), "x.pls")
    assert "x.pls" in told.value.message
    assert "\n" not in told.value.message


MARKUP = st.sampled_from(
    [HEAD, "</lexicon>", "<lexeme>", "</lexeme>", "<grapheme>", "</grapheme>", "<alias prefer='true'>", "</alias>",
     "<phoneme>", "</phoneme>", "<meta/>", "App", "klaʊd", "&amp;", "&x;", "<!DOCTYPE a>", "<![CDATA[x]]>", "<?p?>"]
)  # fmt: skip


@given(st.one_of(st.lists(MARKUP).map(lambda parts: "".join(parts).encode()), st.binary(), st.text().map(str.encode)))
def test_any_bytes_are_a_lexicon_or_an_error(content: bytes) -> None:
    """PLS never raises anything but a NarrateError, whatever the bytes."""
    with contextlib.suppress(NarrateError):
        assert all(entry.printed and (entry.alias or entry.ipa) for entry in parse_pls(content, "x.pls"))


LINES = st.lists(st.sampled_from(["App", "\t", "/", "ˈa", "#", "\n", "\r", " ", "\u2028", "x"]), max_size=40)


@given(st.one_of(LINES.map("".join), st.text()))
def test_any_text_is_a_lexicon_or_an_error(text: str) -> None:
    """Columns never raise anything but a NarrateError; every entry has a word and a way to say it."""
    with contextlib.suppress(NarrateError):
        assert all(entry.printed and (entry.alias or entry.ipa) for entry in parse_tsv(text, "x.tsv"))


@given(st.binary(max_size=200))
def test_any_file_is_a_lexicon_or_an_error(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    """A file of any bytes, with either name, is read or refused with a NarrateError."""
    folder = tmp_path_factory.mktemp("files")
    for name in ("x.tsv", "x.pls"):
        (folder / name).write_bytes(content)
        with contextlib.suppress(NarrateError):
            read_lexicon(folder / name)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    """No file, a folder, a file too large, and bytes that are not UTF-8 have a sentence and a code each."""
    with pytest.raises(InputMissing, match="fehlt"):
        read_lexicon(tmp_path / "fehlt.tsv")
    with pytest.raises(InputUnreadable, match="folder"):
        read_lexicon(tmp_path)
    (tmp_path / "gross.tsv").write_bytes(b"#" * 2_000_001)
    with pytest.raises(InputUnreadable, match="2 MB"):
        read_lexicon(tmp_path / "gross.tsv")
    (tmp_path / "latin.tsv").write_bytes("A\tB\nÄpp\tÄpp\n".encode("latin-1"))
    with pytest.raises(InputUnreadable, match=r"latin\.tsv:2: byte 0xc4"):
        read_lexicon(tmp_path / "latin.tsv")


def test_xml_is_known_by_its_beginning(tmp_path: Path) -> None:
    """A PLS document under another name is read as one; UTF-16 too, as XML may be."""
    document = HEAD.replace("UTF-8", "UTF-16") + "<lexeme><grapheme>Ö</grapheme><alias>Oe</alias></lexeme></lexicon>"
    (tmp_path / "namen.xml").write_text(document.replace("UTF-16", "UTF-8"), "utf-8")
    (tmp_path / "namen.pls").write_text(document, "utf-16")
    for name in ("namen.xml", "namen.pls"):
        assert [entry.printed for entry in read_lexicon(tmp_path / name).entries] == ["Ö"]


def test_the_narrower_scope_comes_first() -> None:
    """A voice's lexicon before its engine's, before everyone's; the later one of a scope first; others not at all."""
    show, engine, voice, later, other = (Lexicon((Entry(name, "x", None, "x:1"),)) for name in "abcde")
    scoped = [
        ScopedLexicon(show), ScopedLexicon(voice, "espeak", "de+m8"), ScopedLexicon(engine, "espeak"),
        ScopedLexicon(later), ScopedLexicon(other, "piper"), ScopedLexicon(other, "espeak", "de"),
    ]  # fmt: skip
    assert lexicons_for(Voice("espeak", "de+m8"), scoped) == (voice, engine, later, show)


def test_the_built_in_lexicon_is_whole() -> None:
    """Every entry has IPA and an alias, no printed form comes twice, and it is read once."""
    entries = builtin().entries
    assert builtin() is builtin()
    assert all(entry.ipa and entry.alias for entry in entries)
    assert len({entry.printed for entry in entries}) == len(entries)


def test_a_name_that_no_file_can_have_is_no_lexicon(tmp_path: Path) -> None:
    """An endless name is that of a missing file, in a line that ends, and no fault of the disk."""
    with pytest.raises(InputMissing) as raised:
        read_lexicon(tmp_path / ("x" * 5000))
    assert len(raised.value.message) < 200
