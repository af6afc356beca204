"""``narrate say``."""

from __future__ import annotations

import wave
from pathlib import Path

import pytest
from mutagen.id3 import ID3
from mutagen.mp3 import MP3

from tests.cli.test_main import Run, assert_one_sentence
from tests.cli.test_main import run as run

pytestmark = pytest.mark.slow


def test_a_line_becomes_a_wave_file(run: Run, tmp_path: Path) -> None:
    """Sound is written whole, and longer words take longer."""
    for name, text in (("kurz.wav", "Ja."), ("lang.wav", "Am 6. April 1999 um 19.45 Uhr. Danach auch.")):
        assert run("say", text, "-o", name).returncode == 0
    lengths = []
    for name in ("kurz.wav", "lang.wav"):
        with wave.open(str(tmp_path / name)) as file:
            assert file.getnchannels() == 1
            assert any(file.readframes(file.getnframes()))
            lengths.append(file.getnframes() / file.getframerate())
    assert lengths[0] < 1 < 3 < lengths[1]
    assert not list(tmp_path.glob(".*"))


def test_an_mp3_says_that_its_voice_is_synthetic(run: Run, tmp_path: Path) -> None:
    """The mark stands in the tag, as in an episode."""
    assert run("say", "Guten Tag.", "-o", "gruss.mp3", "--voice", "de+m8@-1").returncode == 0
    path = tmp_path / "gruss.mp3"
    info = MP3(path).info
    assert info is not None
    assert info.length > 0.4
    assert "synthetisch" in str(ID3(path)["TXXX:AI-DISCLOSURE"])


def test_it_tells_what_is_said(run: Run) -> None:
    """With -v the spoken form is on stderr, sentence by sentence."""
    done = run("say", "Am 6. April. Um 8.15 Uhr.", "-o", "x.wav", "-v")
    assert done.stderr.splitlines() == ["Am sechsten April.", "Um acht Uhr fünfzehn."]


def test_a_lexicon_counts(run: Run, tmp_path: Path) -> None:
    """The user's pronunciation is what is said."""
    (tmp_path / "namen.tsv").write_text("Zapp\tSäpp\n", "utf-8")
    done = run("say", "Die Zapp.", "-o", "x.wav", "-v", "--lexicon", "namen.tsv")
    assert done.stderr == "Die Säpp.\n"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("", "-o", "x.wav"), 65),
        (("…", "-o", "x.wav"), 65),
        (("a" * 20_001, "-o", "x.wav"), 65),
        (("Ja.", "-o", "x.ogg"), 73),
        (("Ja.", "-o", "x.wav", "--voice", "de+niemand"), 69),
        (("Ja.", "-o", "x.wav", "--voice", "keiner:x"), 69),
        (("Ja.", "-o", "da/.wav"), 73),
    ],
)
def test_bad_input_gets_one_sentence(run: Run, tmp_path: Path, arguments: tuple[str, ...], code: int) -> None:
    """What cannot be said or written is told in a sentence, and nothing is left behind."""
    done = run("say", *arguments)
    assert_one_sentence(done, code)
    assert not list(tmp_path.glob("x.*"))
