"""IPA for the embedded engine."""

from __future__ import annotations

import re
import struct
import subprocess
import sys
from itertools import product
from pathlib import Path

import espeakng_loader
import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrate.lexicon import builtin
from narrate.voices.engines.espeak import worker as espeak_worker
from narrate.voices.engines.espeak.engine import EspeakEngine
from narrate.voices.engines.espeak.phonemes import CONSONANTS, MERGED, VOWELS, espeak_notation
from narrate.voices.engines.espeak.text import fit

ECHO = r"""
import ctypes, json, sys
library = ctypes.CDLL(sys.argv[1])
library.espeak_Initialize(2, 0, b"espeak-ng-data", 0x8000)
library.espeak_SetVoiceByName(b"de")
receive = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)(lambda *_: 0)
library.espeak_SetSynthCallback(receive)
library.espeak_Synth(b"a\0", ctypes.c_size_t(2), 0, 1, 0, 0x101, None, None)  # the flag stays for what follows
library.espeak_TextToPhonemes.restype = ctypes.c_char_p
def echo(text):
    place, found = ctypes.c_char_p(text.encode()), []
    while place.value is not None:
        found.append((library.espeak_TextToPhonemes(ctypes.byref(place), 1, 2) or b"").decode())
    return " ".join(found)
print(json.dumps([echo(text) for text in json.load(sys.stdin)]))
"""


def echo(texts: list[str]) -> list[str]:
    """Return the IPA that espeak-ng itself tells for texts with mnemonics."""
    import json

    data = Path(espeakng_loader.get_data_path())
    command = [sys.executable, "-c", ECHO, espeakng_loader.get_library_path()]
    done = subprocess.run(command, input=json.dumps(texts), cwd=data.parent, capture_output=True, text=True, check=True)
    found: list[str] = json.loads(done.stdout)
    return found


def names_of_the_german_table() -> set[str]:
    """Return the phonemes that the wheel's German table holds or reaches, from ``phontab``."""
    content = (Path(espeakng_loader.get_data_path()) / "phontab").read_bytes()
    tables: list[tuple[str, int, set[str]]] = []
    at = 4
    for _ in range(content[0]):
        count, included = content[at], content[at + 1]
        name = content[at + 4 : at + 36].rstrip(b"\0").decode()
        at += 36
        rows = [struct.unpack_from("<4s12x", content, at + 16 * row)[0] for row in range(count)]
        tables.append((name, included, {row.rstrip(b"\0").decode("latin-1") for row in rows}))
        at += 16 * count
    reached: set[str] = set()
    number = [name for name, _, _ in tables].index("de") + 1
    while number:
        _, number, names = tables[number - 1]
        reached |= names
    return reached


def test_every_name_is_in_the_german_table() -> None:
    """Each phoneme we write is one that the German voice has or reaches; it ends a word at an unknown one."""
    known = names_of_the_german_table()
    for name in {*VOWELS.values(), *CONSONANTS.values()}:
        rest = name
        while rest:
            length = next((size for size in (4, 3, 2, 1) if rest[:size] in known), 0)
            assert length, name
            rest = rest[length:]


def test_no_two_names_are_read_as_one() -> None:
    """Where two names together begin with a longer name, a bar parts them."""
    known = names_of_the_german_table()
    names = {*VOWELS.values(), *CONSONANTS.values()}
    for one, other in product(names, names):
        both = one + other
        last = next(one[at:] for at in range(len(one)) if one[at:] in known or at == len(one) - 1)
        longer = any((last + other)[:size] in known for size in range(len(last) + 1, 5) if size <= len(last + other))
        if longer:
            assert both[len(one) - 1 : len(one) + 1] in MERGED, both


@pytest.mark.parametrize("sign", sorted({*VOWELS, *CONSONANTS}))
def test_every_sign_gives_sound(espeak: EspeakEngine, sign: str) -> None:
    """Each sign we translate makes a word longer, so it is heard."""
    voice = espeak.voices()[1]
    bare, word = (espeak_notation(f"ˈɪs{inside}baː") for inside in ("", sign))
    assert bare
    assert word
    short, long = (len(espeak.synthesize(notation, voice).pcm) for notation in (bare, word))
    assert long > short, word


# espeak's own IPA is broader than ours: these are one phoneme to it.
BROAD = str.maketrans({"ʁ": "ɾ", "r": "ɾ", "ɹ": "ɾ", "ɡ": "g", "ː": "", ".": ""})


@pytest.mark.parametrize(
    ("ipa", "heard"),
    [
        ("ˈviːtʃæt", "vˈitʃɛt"),
        ("ˈdiːp ˈlɜːnɪŋ", "dˈip lˈœnɪŋ"),
        ("ˈɡuːɡl̩", "gˈugəl"),
        ("klaʊd", "klˈaʊt"),
        ("ˈfeɪsbʊk", "fˈɛɪsbʊk"),
        ("ˈdʒɔɪstɪk", "dʒˈɔøstɪk"),
        ("rɛstoˈʁɑ̃ː", "ɾɛstoɾˈɑ̃"),
        ("ˈhat.saː", "hˈatsɑ"),
        ("t͡sviː", "tsvˈi"),
        ("naˈtsi̯oːn", "natsjˈon"),
        ("θɪŋk", "θˈɪŋk"),
        ("ðə ˈweɪ", "ðə wˈɛɪ"),
        ("ˈtʃaɪnə", "tʃˈaɪnə"),
        ("ˌoʊpənˈeɪ.aɪ", "ˌoʊpənˈɛɪaɪ"),
        ("yːbɐ", "ˈybɜ"),
        ("ˈstɑːrkɹɑːft", "stˈɑɾkɾɑft"),
        ("'ju:zɐ", "jˈuzɜ"),
    ],
)
def test_espeak_says_what_was_written(ipa: str, heard: str) -> None:
    """The IPA that espeak-ng tells for the mnemonics is the one that was meant."""
    notation = espeak_notation(ipa)
    assert notation is not None
    assert re.search(r"\s", notation) is None
    assert [said.translate(BROAD) for said in echo([notation])] == [heard.translate(BROAD)]


def test_a_bar_parts_what_is_no_affricate(espeak: EspeakEngine) -> None:
    """A syllable's end inside "ts" or "ai" is heard."""
    voice = espeak.voices()[0]
    for apart, joined in (("hat.saː", "hatsaː"), ("ˈna.ɪf", "ˈnaɪf")):
        one, other = espeak_notation(apart), espeak_notation(joined)
        assert one
        assert other
        assert espeak.synthesize(one, voice).pcm != espeak.synthesize(other, voice).pcm


@pytest.mark.parametrize("ipa", ["", " ", "ʘa", "ˈstɑː(ɹ)", "ʃ", "ˈ", "abc!", "WeChat", "˥a", "[[a]]", "a]]b"])
def test_what_has_no_mnemonics(ipa: str) -> None:
    """IPA with a sign the voice lacks, without a vowel, or that is no IPA has no notation."""
    assert espeak_notation(ipa) is None


SIGNS = st.sampled_from([*VOWELS, *CONSONANTS, "ˈ", "ˌ", ".", " ", "ː", "͡", "ʰ", "̃", "x", "̩"])


@given(st.one_of(st.lists(SIGNS, max_size=12).map("".join), st.text(max_size=10)))
def test_any_text_has_one_notation_or_none(ipa: str) -> None:
    """Whatever is written: None, or brackets around signs that neither end the brackets nor part the word."""
    notation = espeak_notation(ipa)
    if notation is not None:
        assert notation.startswith("[[")
        assert notation.endswith("]]")
        assert not re.search(r"[\s\[\]]", notation[2:-2])
        assert "'" in notation or "," in notation


def test_the_flag_changes_no_other_text(espeak: EspeakEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Text without mnemonics has the same samples and marks as when espeak-ng is not asked to read any."""
    source = Path(espeak_worker.__file__).read_text("utf-8")
    copy = tmp_path / "worker.py"
    copy.write_text(source.replace("UTF8 | PHONEMES", "UTF8"), "utf-8")
    assert copy.read_text("utf-8") != source
    monkeypatch.setattr(espeak_worker, "__file__", str(copy))
    plain = EspeakEngine()
    for text in (
        "Am 3. Mai [sic] kamen 1.200 Gäste – „mehr“ als je (zuvor)!",
        "Das KI-Team: [1] & [2] <b>x</b>",
        "é ]] ]",
    ):
        for voice in espeak.voices():
            assert plain.synthesize(text, voice) == espeak.synthesize(text, voice)
    plain.close()


def test_mnemonics_sound_like_the_same_word(espeak: EspeakEngine) -> None:
    """What espeak-ng says for a word and what it says for the same phonemes in brackets are the same samples."""
    voice = espeak.voices()[0]
    assert espeak.synthesize("Klaud.", voice).pcm == espeak.synthesize("[[kl'aUd]].", voice).pcm


PLACES = [
    "{}",
    "„{}“",
    "({})",
    "[{}]",
    "»{}«",
    "‚{}‘",
    "{}-Dienst",
    "Big-{}-Analyse",
    "und/oder/{}",
    "…{}",
    "–{}",
    "{}.",
    "{}!",
]


@pytest.mark.parametrize("place", PLACES)
def test_mnemonics_are_spoken_in_any_place(espeak: EspeakEngine, place: str) -> None:
    """Behind quotes, brackets and signs espeak-ng drops mnemonics; ours are spoken, and every word has its mark."""
    voice = espeak.voices()[0]
    text = f"Sie nennt {place.format('[[vi:tSEt]]')} neu."
    without = espeak.synthesize(f"Sie nennt {place.format('')} neu.", voice)
    speech = espeak.synthesize(text, voice)
    assert len(speech.pcm) - len(without.pcm) > speech.rate_hz * 2 * 0.1
    assert [mark.word for mark in speech.marks] == text.split()
    assert [mark.position for mark in speech.marks] == [text.index(word) for word in text.split()]


@given(st.text(st.sampled_from("[ aä„(-.\n\0\1]"), max_size=30))
def test_fitting_moves_nothing_but_spaces(text: str) -> None:
    """Taking the added spaces out gives the text, and every position leads back to its own sign."""
    fitted = fit(text)
    added = set(fitted.spaces)
    kept = [(place, sign) for place, sign in enumerate(fitted.text) if place not in added]
    assert len(kept) == len(text)
    assert all(sign == text[number] or text[number] in "\n\0\1" for number, (_, sign) in enumerate(kept))
    events = [number for place, _ in kept for number in (place + 1, 7)]
    assert fitted.in_original(events)[::2] == list(range(1, len(text) + 1))


def test_the_built_in_lexicon_can_be_spoken() -> None:
    """Every pronunciation that narrate brings, and its plural, is one the embedded engine can say."""
    assert [entry for entry in builtin().entries if entry.ipa and not espeak_notation(entry.ipa)] == []
