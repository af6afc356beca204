"""Bytes to clean text."""

from __future__ import annotations

import os
import threading
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrate.model.errors import InputMissing, InputUnreadable, NarrateError, PermissionRefused
from narrate.reading import read_article
from narrate.reading.decode import clean_text, decode


def written(folder: Path, content: bytes) -> Path:
    """Write an article and return where."""
    path = folder / "a.txt"
    path.write_bytes(content)
    return path


def test_a_byte_order_mark_is_not_read(tmp_path: Path) -> None:
    """UTF-8 with and without a mark is the same article."""
    plain = read_article(written(tmp_path, "Größe\nÄrger.".encode()))
    assert read_article(written(tmp_path, "\ufeffGröße\nÄrger.".encode())) == plain


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r", "\u2028", "\u0085", "\x0c"])
def test_every_line_end_is_one(tmp_path: Path, ends: str) -> None:
    """A line ends in any of the ways in use."""
    article = read_article(written(tmp_path, f"Titel{ends}Ein Satz.".encode()))
    assert (article.title, article.sections[0].paragraphs) == ("Titel", ("Ein Satz.",))


def test_what_nobody_sees_is_dropped(tmp_path: Path) -> None:
    """Controls, zero-width and bidirectional marks vanish; the text is in NFC."""
    article = read_article(written(tmp_path, "Ha\0l\u200blo\u202e W\x9felt u\u0308ber\ufeff Soft\u00adware".encode()))
    assert article.title == "Hallo Welt über Software"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b" \n\t", "empty"),
        (b"---\n***\n...", "no words"),
        (b"<p></p><br/>&nbsp;", "no words"),
        (b"Gr\x81n", "0x81 at offset 2"),
        (b"\x89PNG\0\xff\xff", "PNG image"),
        (b"%PDF-1.7 ...", "a PDF, not text"),
        (b"PK\x03\x04abc", "a Word"),
        (b"\0\1\xfe\xff\3\4abc", "binary.*offset 2"),
    ],
)
def test_what_cannot_be_read_is_explained(tmp_path: Path, content: bytes, said: str) -> None:
    """Empty, binary and wrongly encoded files end with one sentence that says what to do."""
    with pytest.raises(InputUnreadable, match=said) as caught:
        read_article(written(tmp_path, content))
    assert caught.value.message.count("\n") == 0


def test_missing_folder_and_forbidden(tmp_path: Path) -> None:
    """No file, a folder and a file without permission are three different failures."""
    with pytest.raises(InputMissing):
        read_article(tmp_path / "none.txt")
    with pytest.raises(InputMissing):
        read_article(tmp_path / "a\0b")
    with pytest.raises(InputUnreadable, match="folder"):
        read_article(tmp_path)
    path = written(tmp_path, b"Titel")
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")
    with pytest.raises(PermissionRefused):
        read_article(path)


def test_too_large_names_the_option(tmp_path: Path) -> None:
    """A file over the limit is refused, one of exactly the limit is read."""
    path = written(tmp_path, b"Titel 1234")
    assert read_article(path, 10).title == "Titel 1234"
    with pytest.raises(InputUnreadable, match="--max-size"):
        read_article(path, 9)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs a device without end")
def test_a_device_without_end_is_refused() -> None:
    """No more than the limit is read of a device."""
    with pytest.raises(InputUnreadable, match="--max-size"):
        read_article(Path("/dev/zero"), 1000)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_read(tmp_path: Path) -> None:
    """A named pipe is read to its end."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(b"Titel\nText.",))
    writer.start()
    assert read_article(pipe).title == "Titel"
    writer.join()


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_explained(content: bytes) -> None:
    """Whatever the bytes, there is clean text or a deliberate failure."""
    try:
        text = decode(content, "a.txt")
    except NarrateError:
        return
    assert text == clean_text(text)


@given(st.text())
def test_clean_text_is_clean(text: str) -> None:
    """Cleaned text has no control character but line feed and tab, and is in NFC."""
    clean = clean_text(text)
    assert not [letter for letter in clean if unicodedata.category(letter) == "Cc" and letter not in "\n\t"]
    assert unicodedata.is_normalized("NFC", clean)
