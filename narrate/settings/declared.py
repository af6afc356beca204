"""Every setting, declared once.

TOML keys, ``NARRATE_…`` variables, options of the command line, ``narrate config show`` and ``docs/settings.md`` come
from here. A new setting is an entry of this table, and a field of :class:`narrate.model.settings.Settings` if it shapes
the episode.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from narrate.model import settings as model
from narrate.model.settings import SAMPLE_RATES_HZ, Settings
from narrate.settings.kinds import (
    ADDRESS,
    AUTO,
    ENGINE,
    FILE,
    FILES,
    NOTICE,
    SWITCH,
    TEXT,
    Kind,
    matching,
    number,
    one_of,
    template,
)

BITRATES_KBPS = (64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_D = Settings()
_GAP = number(0, 10_000, whole=True)


def _or_auto(*values: int) -> Kind:
    return one_of(AUTO, *values, use=lambda value: model.AUTO if value == AUTO else int(value))


@dataclass(frozen=True, slots=True)
class Setting:
    """Something that can be chosen.

    Attributes:
        kind: What its value may be.
        help: What it is, in a few words, units included.
        default: Where nobody chose.
        unset: What happens where the default is None, in a few words.
        option: Its own option on the command line; all others are chosen with ``--set``.
        field: Its place in :class:`narrate.model.settings.Settings`, where it has one.
    """

    kind: Kind
    help: str
    default: Any = None
    unset: str = ""
    option: str | None = None
    field: str | None = None

    @property
    def about(self) -> str:
        """What it is, and what may be written."""
        return f"{self.help}: {self.kind.allowed}" if self.kind.allowed else self.help


SETTINGS: Mapping[str, Setting] = {
    "engine": Setting(
        ENGINE, "engine of voices that name none; auto is the best that is installed and offline", AUTO,
        option="--engine",
    ),
    "fallback": Setting(ENGINE, "engine that speaks what the chosen voices fail to speak", option="--fallback"),
    "gaps.sentence": Setting(_GAP, "ms of silence between sentences", _D.gaps.sentence_ms, field="gaps.sentence_ms"),
    "gaps.paragraph": Setting(
        _GAP, "ms of silence between paragraphs", _D.gaps.paragraph_ms, field="gaps.paragraph_ms"
    ),
    "gaps.voice": Setting(_GAP, "ms of silence where the voice changes", _D.gaps.voice_ms, field="gaps.voice_ms"),
    "gaps.chapter": Setting(_GAP, "ms of silence before a chapter", _D.gaps.chapter_ms, field="gaps.chapter_ms"),
    "gaps.long": Setting(
        _GAP, "ms more after a sentence of 12 s, less after shorter ones", _D.gaps.long_ms, field="gaps.long_ms"
    ),
    "rate": Setting(number(50, 200), "speed of all voices, in percent of their own", 100, option="--rate"),
    "loudness.target": Setting(
        number(-30, -10), "integrated loudness in LUFS", _D.target.loudness_lufs, option="--loudness",
        field="target.loudness_lufs",
    ),
    "loudness.ceiling": Setting(
        number(-9, -0.1), "highest true peak in dBTP", _D.target.ceiling_dbtp, field="target.ceiling_dbtp"
    ),
    "encoding.bitrate": Setting(
        _or_auto(*BITRATES_KBPS), "constant bit rate in kbit/s; auto is 64 for speech at 32 kHz, else 96", AUTO,
        option="--bitrate", field="encoding.bitrate_kbps",
    ),
    "encoding.sample_rate": Setting(
        _or_auto(*SAMPLE_RATES_HZ), "sample rate in Hz; auto is the show's, else the lowest that loses nothing", AUTO,
        option="--sample-rate", field="encoding.sample_rate_hz",
    ),
    "lexicon.files": Setting(FILES, "pronunciation lexicons, each as [SCOPE=]FILE", ()),
    "disclosure": Setting(
        NOTICE, "sentence that says first that the voices are synthetic; off leaves it out", _D.notice,
        option="--disclosure", field="notice",
    ),
    "announce.opening": Setting(
        template("opening"), "said after the disclosure; off for nothing", field="announcements.opening"
    ),
    "announce.chapter": Setting(
        template("chapter"), "said instead of a heading, as in Kapitel {number}: {title}",
        field="announcements.chapter",
    ),
    "announce.closing": Setting(template("closing"), "said last", field="announcements.closing"),
    "music.intro": Setting(FILE, "audio file to play first; off for none", field="music.intro"),
    "music.outro": Setting(FILE, "audio file to play last", field="music.outro"),
    "music.chapter_jingle": Setting(
        FILE, "audio file to play before every chapter but the first", field="music.chapter_jingle"
    ),
    "music.bed": Setting(FILE, "audio file to play under speech", field="music.bed"),
    "music.level": Setting(
        number(-20, 0), "LU of music alone, relative to speech", _D.music.level_lu, field="music.level_lu"
    ),
    "music.bed_level": Setting(
        number(-40, -10), "LU of the bed under speech, relative to it", _D.music.bed_level_lu,
        field="music.bed_level_lu",
    ),
    "music.fade_ms": Setting(
        number(0, 5_000, whole=True), "ms that the bed, and music that is cut, takes to fade", _D.music.fade_ms,
        field="music.fade_ms",
    ),
    "emoji": Setting(
        one_of("silent", "named"), "whether emoji are left out or called by name", _D.emoji, option="--emoji",
        field="emoji",
    ),
    "title": Setting(TEXT, "name of the show", _D.album, option="--album", field="album"),
    "author": Setting(
        TEXT, "who publishes the show", unset="the article's author, else the title", option="--artist",
        field="artist",
    ),
    "cover": Setting(FILE, "picture of the show, JPEG or PNG", unset="generated", option="--cover", field="cover"),
    "description": Setting(TEXT, "what the show is about"),
    "language": Setting(
        matching(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", "a tag like de or de-AT", "TAG"), "language, a BCP 47 tag", "de"
    ),
    "category": Setting(TEXT, "category of Apple Podcasts, as in News > Politics", "News"),
    "explicit": Setting(SWITCH, "whether the show is not for children", False),
    "link": Setting(ADDRESS, "website of the show"),
    "base_url": Setting(ADDRESS, "address where the show's folder is served"),
    "guid": Setting(
        matching(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", "a UUID", "UUID"),
        "the podcast's GUID, which never changes", unset="made once, and kept in show.json",
    ),
    "copyright": Setting(TEXT, "name of the rights holder"),
    "owner.name": Setting(TEXT, "name in the feed's owner tag"),
    "owner.email": Setting(
        matching(r"[^@\s]+@[^@\s]+\.[^@\s]+", "an address with @", "ADDRESS"), "email address, published in the feed"
    ),
    "sign.certificate": Setting(
        FILE, "PEM file of the certificates that sign the MP3s (Content Credentials), the signer's first",
        option="--sign",
    ),
    "sign.key": Setting(FILE, "PEM file of the private key that signs; only its path is kept", option="--sign-key"),
    "sign.tsa": Setting(ADDRESS, "RFC 3161 time stamp service; uses the network", option="--sign-tsa"),
    "feed.newest": Setting(number(1, 1_000_000, whole=True), "how many episodes the feed names", unset="all"),
    "funding.url": Setting(ADDRESS, "address where listeners can give"),
    "funding.text": Setting(TEXT, "text of that link", unset="Unterstützen"),
}  # fmt: skip
FILE_KEYS = tuple(key for key, setting in SETTINGS.items() if setting.kind.is_file)


def keys_below(table: str) -> Iterator[str]:
    """Yield the last parts of the keys of a table, such as ``sentence`` of ``gaps``."""
    yield from (key.removeprefix(f"{table}.") for key in SETTINGS if key.startswith(f"{table}."))
