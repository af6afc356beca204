"""WebVTT."""

from __future__ import annotations

import html
import io
import itertools
import json

import jsonschema
import lxml.html
import srt as srt_reader
import webvtt
from hypothesis import given
from hypothesis import strategies as st

from narrate.episode.transcript import REPORTER, SRT_CHARACTERS, VTT_CHARACTERS, srt, timestamp, vtt
from narrate.episode.transcript_text import transcript_html, transcript_json, transcript_text
from narrate.episode.words import Word, Words
from narrate.model import Chapter, Cue
from narrate.system.text import plain

NAMES = st.one_of(st.none(), st.text(st.characters(categories=["L", "P", "S", "Zs"]), min_size=1).filter(str.strip))
TEXTS = st.lists(st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=30), min_size=1)


def cue(start: int, end: int, text: str, speaker: str | None = None) -> Cue:
    """Return a cue of narration."""
    return Cue(start, end, start * 44, end * 44, "narration", speaker, 0, text)


@given(st.lists(st.tuples(st.integers(1, 50_000), NAMES, TEXTS), min_size=1, max_size=8))
def test_every_cue_comes_back_with_its_speaker_and_words(parts: list[tuple[int, str | None, list[str]]]) -> None:
    """Any text and any name survive: cues, times, speakers and words are read back as they were."""
    cues, at = [], 0
    for length, name, words in parts:
        cues.append(cue(at, at + length, " ".join(words), name))
        at += length + 10
    read = webvtt.from_buffer(io.StringIO(vtt(cues).decode())).captions
    assert len(read) == len(cues)
    for written, back in zip(cues, read, strict=True):
        assert back.start == timestamp(written.start_ms)
        assert back.end == timestamp(written.end_ms)
        assert html.unescape(back.voice or "") == " ".join((written.speaker or REPORTER).split())
        assert html.unescape(back.text).split() == written.text.split()


def test_lines_are_short_and_markup_is_escaped() -> None:
    """Lines hold at most 65 characters; &, < and > are written as entities."""
    data = vtt([cue(0, 9000, "Die Firma Kraut & Rüben <Nord> baut " * 5, "A <b>")]).decode()
    body = data.split("\n\n")[1].split("\n")[1:]
    assert body[0].startswith("<v A &lt;b&gt;>")
    assert all(
        len(html.unescape(line.removeprefix("<v A &lt;b&gt;>").removesuffix("</v>"))) <= VTT_CHARACTERS for line in body
    )
    assert "&amp;" in data
    assert "<Nord>" not in data


def test_times_show_hours() -> None:
    """A time has hours, minutes, seconds and milliseconds after a point."""
    assert timestamp(3_661_007) == "01:01:01.007"


WILD = st.text(max_size=300) | st.sampled_from(
    [
        "a --> b",
        "-->",
        "</v><v Ada>",
        "&amp;",
        "<00:00:01.000>",
        "😀 & <b>",
        "\0",
        "a\n\nb",
        "\u2028",
        "\ud800",
        "W" * 200,
    ]
)


@st.composite
def episodes(draw: st.DrawFn) -> tuple[list[Cue], Words]:
    """Return cues of any text by anybody, with words or without."""
    cues, words, at = [], [], 0
    for text, name, length in draw(st.lists(st.tuples(WILD, st.none() | WILD, st.integers(200, 9000)), max_size=6)):
        cues.append(cue(at, at + length, text, name))
        offsets = list(range(0, len(text), 7))[: length // 20]
        own = (Word(start, min(start + 5, len(text)), at + 10 * n, at + 10 * n + 9) for n, start in enumerate(offsets))
        words.append(tuple(own) if draw(st.booleans()) else ())
        at += length + 10
    return cues, tuple(words)


@given(episodes())
def test_vtt_holds_any_text_with_words(made: tuple[list[Cue], Words]) -> None:
    """With times inside the cues, and whatever is said by whom, cues come back with times, names and words."""
    cues, words = made
    written = vtt(cues, words).decode()
    if cues:
        read = webvtt.from_buffer(io.StringIO(written)).captions
        spoken = [one for one in cues if plain(one.text)]
        assert [(one.start, one.end) for one in read if one.text] == [
            (timestamp(one.start_ms), timestamp(one.end_ms)) for one in spoken
        ]
    for block in written.rstrip("\n").split("\n\n")[1:]:
        lines = block.split("\n")
        assert "-->" in lines[0]
        assert not any("-->" in line for line in lines[1:])


def test_words_have_their_times_inside_the_cue() -> None:
    """A word's time stands before it, not at the very start of the cue, and none where words are unknown."""
    made = [cue(1000, 3000, "Kraut & Rüben"), cue(4000, 5000, "Ende")]
    words = ((Word(0, 5, 1000, 1500), Word(6, 7, 1500, 1700), Word(8, 13, 1700, 3000)), ())
    body = vtt(made, words).decode()
    assert "<v Reporter>Kraut <00:00:01.500>&amp; <00:00:01.700>Rüben</v>" in body
    assert "<v Reporter>Ende</v>" in body


@given(episodes())
def test_srt_has_two_short_lines_and_all_words(made: tuple[list[Cue], Words]) -> None:
    """Every piece has one or two lines of 32 characters at most; times ascend within their cue; no word is lost."""
    cues, words = made
    read = list(srt_reader.parse(srt(cues, words).decode()))
    lines = [line for piece in read for line in piece.content.split("\n")]
    assert all(len(line) <= SRT_CHARACTERS for line in lines)
    assert all(1 <= len(piece.content.split("\n")) <= 2 for piece in read)
    assert [piece.index for piece in read] == list(range(1, len(read) + 1))
    times = [(piece.start.total_seconds(), piece.end.total_seconds()) for piece in read]
    assert all(start <= end for start, end in times)
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(times))
    said = "".join(lines).replace(" ", "")
    for one in cues:
        assert plain(one.text).replace("-->", "→").replace(" ", "") in said


def test_srt_pieces_begin_where_their_words_do() -> None:
    """A long sentence is parted where a word begins, if that is known; the speaker stands where it changes."""
    text = "Die Boote legen an, und auf dem Markt beginnt schon der Verkauf von Fischen"
    offsets = [0, *(n + 1 for n, sign in enumerate(text) if sign == " ")]
    words = tuple(Word(start, start + 1, 100 * n, 100 * n + 90) for n, start in enumerate(offsets))
    read = list(srt_reader.parse(srt([cue(0, 1400, text, "Ada"), cue(1500, 1900, "Ja.", "Ada")], (words, ())).decode()))
    assert [piece.content.split("\n")[0] for piece in read] == [
        "Ada: Die Boote legen an, und auf", "Verkauf von Fischen", "Ja.",
    ]  # fmt: skip
    assert round(read[1].start.total_seconds() * 1000) % 100 == 0


SCHEMA = {
    "type": "object",
    "required": ["version", "segments"],
    "properties": {
        "version": {"const": "1.0.0"},
        "segments": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["startTime", "endTime", "body", "speaker"],
                "additionalProperties": False,
                "properties": {
                    "startTime": {"type": "number", "minimum": 0},
                    "endTime": {"type": "number", "exclusiveMinimum": 0},
                    "body": {"type": "string"},
                    "speaker": {"type": "string", "minLength": 1},
                },
            },
        },
    },
}


@given(episodes())
def test_json_follows_its_schema(made: tuple[list[Cue], Words]) -> None:
    """Segments with speaker, times in seconds and words, exactly as the cues are."""
    cues, _ = made
    read = json.loads(transcript_json(cues))
    jsonschema.validate(read, SCHEMA)
    assert [(one["startTime"], one["body"]) for one in read["segments"]] == [
        (one.start_ms / 1000, plain(one.text)) for one in cues
    ]


@given(episodes(), WILD)
def test_html_and_text_show_any_words(made: tuple[list[Cue], Words], title: str) -> None:
    """Nothing said or named becomes markup: a reader of HTML finds the words as they are, in order; so does the text."""
    cues, _ = made
    chapters = [Chapter(0, cues[-1].end_ms if cues else 1, title)]
    tree = lxml.html.document_fromstring(transcript_html(cues, chapters, title, "de").decode())
    shown = [(each.text or "").replace("\xa0", " ").split() for each in tree.iter("p")]
    assert shown == [plain(one.text).replace("\xa0", " ").split() for one in cues]
    assert {each.tag for each in tree.iter() if isinstance(each.tag, str)} <= {
        "html", "head", "meta", "title", "body", "h1", "cite", "time", "p",
    }  # fmt: skip
    text = transcript_text(cues, chapters, title).decode()
    assert all(plain(one.text) in text for one in cues)


def test_text_names_speakers_where_they_change() -> None:
    """Paragraphs of the article, chapters' titles on lines of their own, a name only where it is another."""
    cues = [
        Cue(0, 10, 0, 0, "narration", None, 0, "Eins."),
        Cue(10, 20, 0, 0, "narration", None, 1, "Zwei."),
        Cue(20, 30, 0, 0, "heading", None, None, "Teil zwei"),
        Cue(30, 40, 0, 0, "quote", "Ada", 2, "Drei."),
        Cue(40, 50, 0, 0, "quote", "Ada", 2, "Vier."),
    ]
    chapters = [Chapter(0, 20, "Titel"), Chapter(20, 50, "Teil zwei")]
    written = transcript_text(cues, chapters, "Titel").decode()
    assert written == "Titel\n\nReporter: Eins.\n\nZwei.\n\nTEIL ZWEI\n\nAda: Drei. Vier.\n"
