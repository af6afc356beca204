"""Texts and phonemes as Piper is given them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from piper.phoneme_ids import DEFAULT_PHONEME_ID_MAP

from narrate.voices.engines.piper.engine import PiperEngine
from narrate.voices.engines.piper.words import fit, notation
from tests.voices.engines.tiny_piper import FEW_SIGNS, change_config, make_tiny_voice


@given(st.text())
def test_phonemes_come_from_us_alone(text: str) -> None:
    """Whatever a text holds, it is one line, and without our notation there are no phonemes in it."""
    fitted = fit(text.replace("⟦", ""))
    assert "[[" not in fitted
    assert not set(fitted) & set("\0\n\r")
    fitted.encode()


@pytest.mark.parametrize(
    ("text", "fitted"),
    [
        ("Sie nutzt ⟦vˈiː_tʃˈat⟧, gern.", "Sie nutzt [[vˈiː tʃˈat,]] gern."),
        ("„⟦vˈiː⟧“ und ⟦vˈiː⟧.", "[[vˈiː]] und [[vˈiː.]]"),
        ("KI-⟦vˈiː⟧-Gruppe", "KI-[[vˈiː]]Gruppe"),
        ("Da, ⟦vˈiː⟧ ⟦vˈiː⟧!", "Da,[[vˈiː vˈiː!]]"),
        ("Das ⟦¿⟧ Haus", "Das ⟦¿⟧ Haus"),
    ],
)
def test_notation_keeps_its_pauses(text: str, fitted: str) -> None:
    """A comma behind phonemes is heard, and words do not run into each other."""
    assert fit(text) == fitted


@pytest.mark.parametrize(
    ("ipa", "written"),
    [
        ("ˈviː ˈtʃæt", "⟦vˈiː_tʃˈɛt⟧"),
        ("ɡʁoːs", "⟦ɡrˈoːs⟧"),
        ("ˈbʁɔʏ̯.tɪ.ɡn̩", "⟦brˈɔøtɪɡən⟧"),
        ("ˈçeːmiː", "⟦c\u0327ˈeːmiː⟧"),
        ("¿§", None),
        ("θɪŋk", None),
        ("ˈ", None),
        ("", None),
    ],
)
def test_ipa_is_written_as_models_know_it(ipa: str, written: str | None) -> None:
    """IPA becomes the signs that German models are trained with; what they never met has no notation."""
    assert notation(ipa, [DEFAULT_PHONEME_ID_MAP]) == written


@given(st.text("abeiou ˈˌːˑ.ʁɐɡʃ‿t͡sθ⟧]\n", max_size=20))
def test_notation_is_one_word(ipa: str) -> None:
    """Notation is a single word of signs that every model has, or there is none."""
    written = notation(ipa, [set("abeiouˈˌːrɜɡʃts")])
    if written is not None:
        assert written.split() == [written]
        assert fit(written).startswith("[[")
        assert set(written) <= set("⟦⟧_abeiouˈˌːrɜɡʃts")


def test_a_sign_that_one_model_lacks_has_no_notation(tmp_path: Path) -> None:
    """Any installed voice may have to speak a notation; without a voice there is none."""
    assert PiperEngine(str(tmp_path)).pronounce("ʃa") is None
    path = make_tiny_voice(tmp_path)
    assert PiperEngine(str(tmp_path)).pronounce("ʃa") is not None
    change_config(path, phoneme_id_map=FEW_SIGNS)
    assert PiperEngine(str(tmp_path)).pronounce("ʃa") is None
    assert PiperEngine(str(tmp_path)).pronounce("ta") is not None
