"""Files, encodings and formats."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrate.model.errors import InputUnreadable, NarrateError
from narrate.reading import Reading, read_article, read_content

TEXT = "Grüße aus Köln\n\nDie Bürger hörten „schöne Worte“ und gingen später wieder nach Hause – müde, aber froh."
PLAIN = read_content(TEXT.encode(), Reading())


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode("utf-8-sig"), TEXT.encode("utf-16"), TEXT.encode("utf-16-le"), TEXT.encode("utf-16-be"),
        TEXT.encode("utf-32"), TEXT.encode("cp1252"), TEXT.replace("\n", "\r\n").encode("cp1252"),
        TEXT.encode().replace("Grüße".encode(), "Grüße".encode("cp1252")),
    ],
)  # fmt: skip
def test_every_encoding_of_german_is_read(content: bytes) -> None:
    """Unicode with and without marks, Windows-1252, and a file of both give one article."""
    assert read_content(content, Reading()) == PLAIN


def test_a_wrong_charset_does_not_garble_a_page() -> None:
    """Bytes that are UTF-8 are UTF-8 whatever the page says; ISO-8859-1 is read as Windows-1252."""
    page = '<html><head><meta charset="{}"><title>Größe</title></head><body><article><h1>Größe</h1><p>{}</p></article></body></html>'
    said = "Die Bürger sagten „ja“ – und gingen nach Hause, wo sie den ganzen Abend lang blieben und schwiegen."
    for content in (
        page.format("iso-8859-1", said).encode(),
        page.format("utf-8", said).encode("cp1252"),
        page.format("iso-8859-1", said).encode("cp1252"),
    ):
        article = read_content(content, Reading())
        assert (article.title, article.sections[0].paragraphs) == ("Größe", (said,))


def test_standard_input_and_suffixes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dash is standard input; what a format is shows in the name, else in the first line."""
    marked = "# Der Titel\n\nEin *schöner* Satz, der **nicht** allzu kurz ist.\n"
    path = tmp_path / "a.md"
    path.write_text(marked)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(marked.encode())))
    assert read_article("-") == read_article(path)
    assert read_article(path).sections[0].paragraphs == ("Ein schöner Satz, der nicht allzu kurz ist.",)
    assert read_article(path, how=Reading(format="text")).title == "# Der Titel"


ENGLISH = "The council met on Monday and decided that the harbour will grow. " * 4
DUTCH = "De gemeenteraad kwam maandag bijeen en besloot dat de haven zal groeien. " * 4


@pytest.mark.parametrize(("text", "language"), [(ENGLISH, "English"), (DUTCH, "Dutch")])
def test_another_language_is_refused_unless_said(text: str, language: str) -> None:
    """An article that is not German is named and refused; --language has it read."""
    with pytest.raises(InputUnreadable, match=f"is in {language}"):
        read_content(text.encode(), Reading())
    assert read_content(text.encode(), Reading(language="de-AT")).language == "de-AT"


def test_german_with_many_names_is_german() -> None:
    """Names, numbers and foreign titles do not make German foreign."""
    text = (
        "Ergebnisse\n\nReal Madrid – Manchester City 3:1, Inter Mailand – Atlético Madrid 0:0, Paris Saint-Germain – FC "
        "Barcelona 2:2, Bayern München – FC Arsenal 1:0. Tore: Kane, Bellingham, Vinícius Júnior, Dembélé, Lewandowski."
    )
    assert read_content(text.encode(), Reading()).title == "Ergebnisse"


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_explained(content: bytes) -> None:
    """No bytes raise anything but an explained failure."""
    for kind in ("auto", "html", "markdown", "text"):
        try:
            article = read_content(content, Reading(format=kind))
        except NarrateError as error:
            assert error.exit_code == 65
        else:
            assert article.title or article.sections
