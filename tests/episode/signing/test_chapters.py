"""Chapters of a signed file, as players find them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mutagen.id3 import ID3

from narrate.audio.timeline import one_line
from narrate.episode.signing.chapters import LINK_BYTES, TITLE_BYTES
from narrate.episode.signing.sign import Credentials, signable, signable_title
from narrate.model import Chapter
from narrate.model.errors import SoundError
from tests.episode.signing.test_sign import (
    authority,
    credentials,
    needs_ffprobe,
    packets,
    players_chapters,
    signed,
    signed_copy,
    signer,
)
from tests.episode.test_tags import TITLES, mp3, tag

__all__ = ["authority", "credentials", "signed", "signer"]


@needs_ffprobe
def test_sound_and_chapters_are_as_before(signed: Path) -> None:
    """Packets are the same to the bit, and mutagen and ffprobe find every chapter where it was."""
    plain = signed.with_name("plain.mp3")
    assert packets(signed) == packets(plain)
    assert players_chapters(signed) == players_chapters(plain) == [(text, n * 1000) for n, text in enumerate(TITLES)]
    read = ID3(signed)
    assert read.version == (2, 4, 0)
    assert [str(read[f"CHAP:chp{n}"].sub_frames["TIT2"]) for n in range(4)] == TITLES
    assert set(ID3(plain)) - set(read) == set()


LONG = "Größe – " * 40


def test_titles_are_cut_to_what_players_read() -> None:
    """126 bytes stay, 127 are cut between words, without half a sign, and shown as cut."""
    fits = "x" * TITLE_BYTES
    assert signable_title(fits) == fits
    cut = signable_title(LONG)
    assert len(cut.encode()) <= TITLE_BYTES
    assert LONG.startswith(cut[:-1])
    assert cut.endswith(("Größe…", "–…"))
    assert len(signable_title("x" * 200)) == TITLE_BYTES - 2
    family = "👩‍👩‍👧"
    assert signable_title(family * 20) == family * (123 // len(family.encode())) + "…"
    accented = "e\u0301"
    assert signable_title(accented * 60) == accented * 41 + "…"


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=250))
def test_any_title_can_be_signed(title: str) -> None:
    """Every title comes to at most 126 bytes on one line, and begins as it did."""
    cut, whole = signable_title(title), one_line(title)
    assert len(cut.encode()) <= TITLE_BYTES
    assert cut == whole or (cut.endswith("…") and whole.startswith(cut[:-1]))


def test_links_and_pictures_that_hide_chapters_are_left_out() -> None:
    """A link of 124 bytes stays, a longer one and every picture go; times stay."""
    link = "https://a.example/"
    fits, long = link.ljust(LINK_BYTES, "x"), link.ljust(LINK_BYTES + 1, "x")
    chapters = (Chapter(0, 5, "a", fits, "a.jpg"), Chapter(5, 9, "b", long), Chapter(9, 12, "c"))
    assert signable(chapters) == (Chapter(0, 5, "a", fits), Chapter(5, 9, "b"), Chapter(9, 12, "c"))
    # An umlaut of a path takes six bytes in the tag.
    assert signable([Chapter(0, 5, "a", link + "ä" * 50)]) == (Chapter(0, 5, "a"),)


@needs_ffprobe
@pytest.mark.parametrize("size", [TITLE_BYTES, TITLE_BYTES + 1, 200])
def test_every_player_finds_the_chapters_of_a_signed_file(tmp_path: Path, credentials: Credentials, size: int) -> None:
    """At the very limits of title and link ffprobe and mutagen count as many chapters as before."""
    link = "https://a.example/".ljust(LINK_BYTES, "x")
    chapters = signable([Chapter(n * 1000, n * 1000 + 1000, "ä" + "x" * (size - 2), link) for n in range(3)])
    path = signed_copy(mp3(tmp_path / "plain.mp3", tag(chapters=chapters)), credentials)
    assert players_chapters(path) == [(chapter.title, chapter.start_ms) for chapter in chapters]
    assert len(ID3(path).getall("CHAP")) == 3


@needs_ffprobe
def test_as_many_chapters_as_a_table_holds(tmp_path: Path, credentials: Credentials) -> None:
    """255 chapters survive."""
    chapters = [Chapter(n * 10, n * 10 + 10, f"Kapitel {n}") for n in range(255)]
    path = signed_copy(mp3(tmp_path / "plain.mp3", tag(chapters=chapters)), credentials)
    assert len(players_chapters(path)) == 255


@pytest.mark.parametrize(
    "chapter",
    [
        Chapter(0, 4000, "x" * (TITLE_BYTES + 1)),
        Chapter(0, 4000, "x", "https://a.example/".ljust(LINK_BYTES + 1, "x")),
    ],
)
def test_lost_chapters_are_not_published(tmp_path: Path, credentials: Credentials, chapter: Chapter) -> None:
    """A chapter that players would lose is an error, and no file is left."""
    plain = mp3(tmp_path / "plain.mp3", tag(chapters=[chapter]))
    with pytest.raises(SoundError, match="hide chapters"):
        signed_copy(plain, credentials)
    assert [path.name for path in tmp_path.iterdir()] == ["plain.mp3"]
