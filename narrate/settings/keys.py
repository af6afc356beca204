"""Every key that can be chosen, and how its value is read."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from narrate.model.errors import InputUnreadable
from narrate.model.settings import SAMPLE_RATES_HZ, Settings
from narrate.script.announce import parts_of
from narrate.voices.cast import VOICE_FORM, parse_voice
from narrate.voices.engines import check_options
from narrate.voices.engines.opening import shown

LONGEST_GAP_MS = 10_000
LONGEST_FADE_MS = 5_000
LONGEST_KEY = 80  # that is repeated in a message
OFF = "off"  # written where something that was chosen shall not be after all
FILE_KEYS = ("cover", "music.intro", "music.outro", "music.chapter_jingle", "music.bed", "sign.certificate", "sign.key")
BITRATES_KBPS = (64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
AUTO = "auto"  # what follows from what is heard


@dataclass(frozen=True, slots=True)
class Key:
    """Something that can be chosen.

    Attributes:
        default: Where nobody chose.
        read: Turns what was written into a value; raises ValueError with what to write instead.
        about: What it is, in a few words.
    """

    default: Any
    read: Callable[[Any], Any]
    about: str


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("some text in quotation marks")
    return " ".join("".join(sign if sign.isprintable() else " " for sign in value).split())


def _notice(value: Any) -> str:
    text = _text(value)
    if text.casefold() == OFF:
        return OFF
    if not any(map(str.isalpha, text)):
        raise ValueError("a sentence that can be said, or off")
    return text


def _file(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise ValueError("the name of a file, or off")
    return value


def _template(kind: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        text = _text(value)
        if text != OFF:
            parts_of(text, kind)
        return text

    return read


def _between(least: float, most: float, whole: bool = False) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        wanted = f"a {'whole ' if whole else ''}number from {least:g} to {most:g}"
        try:
            number = float(value) if isinstance(value, str) else value
        except ValueError:
            raise ValueError(wanted) from None
        if isinstance(number, bool) or not isinstance(number, int | float) or not least <= number <= most:
            raise ValueError(wanted)
        if whole and number != int(number):
            raise ValueError(wanted)
        return int(number) if whole else float(number)

    return read


def _one_of(*values: Any) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        found = next((one for one in values if str(one) == str(value)), None)
        if found is None:
            raise ValueError(f"one of {', '.join(map(str, values))}")
        return found

    return read


def _texts(value: Any) -> tuple[str, ...]:
    values = value.split(os.pathsep) if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(one, str) and one for one in values):
        raise ValueError('a list of file names: ["names.tsv"]')
    return tuple(values)


def _yes_or_no(value: Any) -> bool:
    words = {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False}
    found = value if isinstance(value, bool) else words.get(str(value).lower())
    if found is None or (isinstance(value, int) and not isinstance(value, bool)):
        raise ValueError("true or false")
    return bool(found)


def _matching(pattern: str, wanted: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise ValueError(wanted)
        return value

    return read


def _address(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"https?://[^\s/?#@]+(?:/[^\s?#]*)?", value):
        raise ValueError("an address that begins with https://")
    return value.rstrip("/")


_D = Settings()
_GAP = _between(0, LONGEST_GAP_MS, whole=True)
KEYS: dict[str, Key] = {
    "engine": Key("auto", _text, "engine of the voices that name none"),
    "fallback": Key(None, _text, "engine for what the chosen one cannot speak"),
    "gaps.sentence": Key(_D.gaps.sentence_ms, _GAP, "ms of silence between sentences, 0 to 10000"),
    "gaps.paragraph": Key(_D.gaps.paragraph_ms, _GAP, "ms of silence between paragraphs, 0 to 10000"),
    "gaps.voice": Key(_D.gaps.voice_ms, _GAP, "ms of silence where the voice changes, 0 to 10000"),
    "gaps.chapter": Key(_D.gaps.chapter_ms, _GAP, "ms of silence before a chapter, 0 to 10000"),
    "gaps.long": Key(_D.gaps.long_ms, _GAP, "ms more after a sentence of 12 s, less after shorter ones, 0 to 10000"),
    "rate": Key(100, _between(50, 200), "per cent of each voice's own speed, 50 to 200"),
    "loudness.target": Key(_D.target.loudness_lufs, _between(-30, -10), "LUFS of each voice, -30 to -10"),
    "loudness.ceiling": Key(_D.target.ceiling_dbtp, _between(-9, -0.1), "dBTP, the highest peak, -9 to -0.1"),
    "encoding.bitrate": Key(
        AUTO, _one_of(AUTO, *BITRATES_KBPS), "auto (64 for speech at 32 kHz, else 96), or kbit/s, 64 to 320"
    ),
    "encoding.sample_rate": Key(
        AUTO, _one_of(AUTO, *SAMPLE_RATES_HZ), "Hz: auto (the lowest that loses nothing), 32000, 44100 or 48000"
    ),
    "lexicon.files": Key((), _texts, "pronunciations, [SCOPE=]FILE"),
    "disclosure": Key(_D.notice, _notice, "spoken first; off leaves it out"),
    "announce.opening": Key(None, _template("opening"), "said after the disclosure; off for nothing"),
    "announce.chapter": Key(None, _template("chapter"), "said instead of a heading, as in Kapitel {number}: {title}"),
    "announce.closing": Key(None, _template("closing"), "said last"),
    "music.intro": Key(None, _file, "sound file, heard first; off for none"),
    "music.outro": Key(None, _file, "sound file, heard last"),
    "music.chapter_jingle": Key(None, _file, "sound file, before every chapter but the first"),
    "music.bed": Key(None, _file, "sound file, under speech"),
    "music.level": Key(_D.music.level_lu, _between(-20, 0), "LU against speech, -20 to 0"),
    "music.bed_level": Key(_D.music.bed_level_lu, _between(-40, -10), "LU against speech, under it, -40 to -10"),
    "music.fade_ms": Key(_D.music.fade_ms, _between(0, LONGEST_FADE_MS, whole=True), "ms, of bed and cuts, 0 to 5000"),
    "emoji": Key(_D.emoji, _one_of("silent", "named"), "silent, or named: said by their names"),
    "title": Key(_D.album, _text, "name of the show"),
    "author": Key(None, _text, "who publishes it"),
    "cover": Key(None, _text, "picture of the show"),
    "description": Key(None, _text, "what the show is about"),
    "language": Key("de", _matching(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", "a tag like de or de-AT"), "BCP 47"),
    "category": Key("News", _text, "Apple's, as in News > Politics"),
    "explicit": Key(False, _yes_or_no, "whether it is not for children"),
    "link": Key(None, _address, "the show's web site"),
    "base_url": Key(None, _address, "where the show's folder is served"),
    "guid": Key(None, _matching(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", "a UUID"), "the podcast's, for ever"),
    "copyright": Key(None, _text, "name of the owner of the rights"),
    "owner.name": Key(None, _text, "for the feed's owner tag"),
    "owner.email": Key(None, _matching(r"[^@\s]+@[^@\s]+\.[^@\s]+", "an address with @"), "published in the feed"),
    "sign.certificate": Key(None, _file, "PEM: the certificates that sign, the signer's first"),
    "sign.key": Key(None, _file, "PEM: the private key, as a path only"),
    "sign.tsa": Key(None, _address, "time stamp service; asks the network"),
    "feed.newest": Key(None, _between(1, 1_000_000, whole=True), "episodes that the feed names; all where not chosen"),
    "funding.url": Key(None, _address, "where listeners give"),
    "funding.text": Key(None, _text, "what the link says"),
}


def read_setting(text: str) -> tuple[str, Any]:
    """Read ``KEY=VALUE`` as it is written on the command line.

    Raises:
        InputUnreadable: It has not this form, or there is no such key or value.
    """
    key, equals, value = text.partition("=")
    if not equals:
        raise InputUnreadable(f"'{text[:60]}': write KEY=VALUE, as in gaps.chapter=2000.")
    return key.strip(), read_value("--set", key.strip(), value.strip(), written=True)


def read_value(origin: str, key: str, value: Any, written: bool = False) -> Any:
    """Return the value of a key; ``written`` where it is text that may stand for a number or a list."""
    if key.startswith("voices."):
        return _checked(origin, key, value, _voice)
    if key.startswith("lexicon.words."):
        return _checked(origin, key, value, _text)
    if key.startswith("engines.") and key.count(".") == 2:
        return _engine_setting(origin, key, value, written)
    if key not in KEYS:
        known = [*KEYS, "voices.reporter", "engines.openai.base_url", "lexicon.words.NAME"]
        last = key.rpartition(".")[2]
        near = get_close_matches(key, known, 1, 0.6) or [one for one in known if one.rpartition(".")[2] == last][:1]
        hint = f"did you mean '{near[0]}'?" if near else f"known are {', '.join(known)}."
        raise InputUnreadable(f"{origin}: there is no key '{key[:LONGEST_KEY]}'; {hint}")
    return _checked(origin, key, value, KEYS[key].read)


def _engine_setting(origin: str, key: str, value: Any, written: bool) -> Any:
    _, engine, name = key.split(".")
    values = [_literal(value), value] if written else [value]
    wrong = [check_options(engine, {name: one}) for one in values]
    if None not in wrong:
        raise InputUnreadable(f"{origin}: {key[:LONGEST_KEY]}: {wrong[-1]}")
    return values[wrong.index(None)]


def _literal(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (ValueError, RecursionError):
        return text


def _voice(value: Any) -> str:
    text = _text(value)
    try:
        parse_voice(text, "auto")
    except ValueError as error:
        raise ValueError(f"a voice as {VOICE_FORM} ({error})") from None
    return text


def _checked(origin: str, key: str, value: Any, read: Callable[[Any], Any]) -> Any:
    try:
        return read(value)
    except ValueError as error:
        raise InputUnreadable(
            f"{origin}: {key[:LONGEST_KEY]} = {shown(value)!r} cannot be used; write {error}."
        ) from error
