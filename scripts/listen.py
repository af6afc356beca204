"""An ear in the checks: how well a machine understands the voices, in a table by voice: ``scripts/listen``.

Each article is rendered with each engine, the MP3 decoded and cut at its cues, and each cue heard alone by Whisper
base (see ``ear.py``), which knows nothing of the text. Word and character error are those of what it wrote down. It
ranks voices for a machine and finds one that cannot be understood; it says nothing of how pleasant a voice is.

With ``--times`` the starts of words in ``words.json`` are compared with Whisper's own, for words that it wrote down as
they are printed. Whisper looks for words in steps of 20 ms and does not see silence: it is a second opinion, no ruler.

The model comes with the extra ``listen``; neither narrate nor its tests need it.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from narrate.audio.ffmpeg import decode_file
from scripts.bench import SAMPLE
from scripts.bench_engines import available
from scripts.ear import Ear, Errors, Heard, errors, missing, plain_words

UNAVAILABLE = 69  # as narrate ends where an engine is missing
LONGEST_S = 36_000
SAMPLE_BYTES = 2
FEW_WORDS = 20  # of a voice that says no more than this, the error is chance
WORST = 5
WHOLE = "*whole*"
CLOSE_MS = 250
PROGRAM = "from narrate.cli import main; main()"
Start = tuple[str, float]


@dataclass(frozen=True, slots=True)
class Part:
    """One cue of an episode, cut out of its MP3.

    Attributes:
        voice: Who says it.
        speaker: For whom; empty is the reporter.
        text: As printed.
        pcm: Signed 16-bit little-endian mono.
        rate_hz: Sample rate.
        starts: Each printed word with its start in milliseconds from the start of the cue.
    """

    voice: str
    speaker: str
    text: str
    pcm: bytes
    rate_hz: int
    starts: tuple[Start, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """What the ear made of a part.

    Attributes:
        part: What was said.
        heard: What was heard.
        errors: Between the two.
    """

    part: Part
    heard: Heard
    errors: Errors


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    Attributes:
        voice: Its name, or that of the whole.
        judged: All it said.
    """

    voice: str
    judged: tuple[Judged, ...]

    @property
    def errors(self) -> Errors:
        """All errors together."""
        return sum((one.errors for one in self.judged), Errors())

    def line(self) -> str:
        """Return the row as a line of a Markdown table."""
        named = dict.fromkeys(one.part.speaker for one in self.judged if one.part.speaker)
        speakers = "" if self.voice == WHOLE else ", ".join(named)
        found = self.errors
        figures = f"{len(self.judged)} | {found.words} | {found.word_percent:.1f} | {found.character_percent:.1f}"
        return f"| {self.voice} | {speakers} | {figures} |"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much error is let pass.

    Attributes:
        whole: Word error of an article by one engine, in per cent.
        voice: Word error of a voice with more than a few words, in per cent.
    """

    whole: float = float("inf")
    voice: float = float("inf")


@dataclass(slots=True)
class Listening:
    """One article by one engine.

    Attributes:
        article: The name of its file.
        engine: Its name.
        judged: Its cues, in their order.
    """

    article: str
    engine: str
    judged: list[Judged] = field(default_factory=list)

    def rows(self) -> list[Row]:
        """Return a row for each voice, and one for the whole."""
        ranked = sorted(self.judged, key=_voice_of)
        return [
            *(Row(voice, tuple(theirs)) for voice, theirs in groupby(ranked, key=_voice_of)),
            Row(WHOLE, tuple(self.judged)),
        ]

    def table(self) -> str:
        """Return the rows as a Markdown table."""
        head = ["| voice | speakers | cues | words | WER % | CER % |", "|---|---|---|---|---|---|"]
        return "\n".join([f"{self.article}, {self.engine}:\n", *head, *(row.line() for row in self.rows())])

    def complaints(self, limits: Limits) -> list[str]:
        """Return a sentence for each limit that is exceeded, with the cues that were understood worst."""
        *voices, whole = self.rows()
        found = []
        for row in [*(row for row in voices if row.errors.words > FEW_WORDS), whole]:
            limit = limits.whole if row is whole else limits.voice
            if row.errors.word_percent > limit:
                name = f"{self.article}, {self.engine}, {row.voice}"
                found += [f"{name}: a word error of {row.errors.word_percent:.1f} %, over {limit:g} %", *_worst(row)]
        return found

    def times(self) -> str:
        """Return how far the starts of words are from where Whisper hears them."""
        off = [off for one in self.judged for off in offsets_ms(one.part.starts, one.heard)]
        if not off:
            return "word starts: none to compare"
        amounts = [abs(one) for one in off]
        share = 100 * sum(one <= CLOSE_MS for one in amounts) / len(amounts)
        return (
            f"word starts against Whisper's: {len(off)} words, median error {statistics.median(amounts):.0f} ms, "
            f"95 % within {np.percentile(amounts, 95):.0f} ms, {share:.1f} % within {CLOSE_MS} ms; "
            f"signed median {statistics.median(off):+.0f} ms (positive: ours is later)"
        )


def _voice_of(judged: Judged) -> str:
    return judged.part.voice


def _worst(row: Row) -> Iterator[str]:
    """Yield what was said and heard of the cues with the most errors."""
    for one in sorted(row.judged, key=lambda one: -one.errors.word_edits)[:WORST]:
        if one.errors.word_edits:
            yield f"  said:  {one.part.text}\n  heard: {one.heard.text}"


def offsets_ms(starts: Sequence[Start], heard: Heard) -> list[float]:
    """Return by how much later than heard each word begins, for words that were heard as they are printed.

    Args:
        starts: Printed words with their starts.
        heard: What the ear made of them.
    """
    found = [(word, start) for word, start, _ in heard.words]
    ours = [_comparable(word) or f"printed {number}" for number, (word, _) in enumerate(starts)]
    theirs = [_comparable(word) or f"heard {number}" for number, (word, _) in enumerate(found)]
    blocks = SequenceMatcher(None, ours, theirs, autojunk=False).get_matching_blocks()
    return [starts[one.a + step][1] - found[one.b + step][1] for one in blocks for step in range(one.size)]


def _comparable(word: str) -> str:
    """Return a word as it is compared; nothing for figures and for what is said as several words."""
    plain = plain_words(word)
    return plain[0] if len(plain) == 1 and word.strip("„“”»«\"'‚‘’(),.;:!?–…").isalpha() else ""


def render(article: Path, engine: str, folder: Path) -> None:
    """Render an article with one engine, remembering nothing of other runs.

    Args:
        article: File to read.
        engine: Who speaks.
        folder: Where the episode goes.
    """
    command = [sys.executable, "-c", PROGRAM, "render", str(article), "--engine", engine, "-o", str(folder), "-q"]
    with tempfile.TemporaryDirectory(prefix="narrate-listen-") as cache:
        done = subprocess.run(command, check=False, env=os.environ | {"NARRATE_CACHE_DIR": cache})
    if done.returncode:
        sys.exit(done.returncode)  # it has said why


def parts_of(folder: Path) -> list[Part]:
    """Return the cues of an episode, in their order.

    Args:
        folder: Of the episode.
    """
    manifest = json.loads((folder / "episode.json").read_bytes())
    words = json.loads((folder / "words.json").read_bytes())["cues"] if (folder / "words.json").exists() else []
    rate_hz = manifest["sample_rate_hz"]
    pcm = decode_file(folder / manifest["audio"], "mp3", rate_hz, LONGEST_S)
    voices = {one["speaker"]: one["voice"] for one in manifest["cast"]}
    found = []
    for number, cue in enumerate(manifest["cues"]):
        cut = pcm[SAMPLE_BYTES * cue["start_sample"] : SAMPLE_BYTES * cue["end_sample"]]
        starts = _starts(cue, words[number]) if words else ()
        speaker = cue["speaker"] or ""
        found.append(Part(voices[cue["speaker"]], speaker, cue["text"], cut, rate_hz, starts))
    return found


def _starts(cue: dict[str, Any], words: Sequence[Sequence[int]]) -> tuple[Start, ...]:
    return tuple((cue["text"][first:end], float(start_ms - cue["start_ms"])) for first, end, start_ms, _ in words)


def first_of_each(parts: Sequence[Part], most: int | None) -> list[Part]:
    """Return the first parts of each voice.

    Args:
        parts: In their order.
        most: How many of each voice; None is all.
    """
    said: dict[str, int] = {}
    found = []
    for part in parts:
        said[part.voice] = said.get(part.voice, 0) + 1
        if most is None or said[part.voice] <= most:
            found.append(part)
    return found


def listen(article: Path, engine: str, hear: Callable[[bytes, int], Heard], most: int | None) -> Listening:
    """Render an article with one engine and hear it.

    Args:
        article: File to read.
        engine: Who speaks.
        hear: The ear.
        most: Cues of each voice to hear; None is all.
    """
    made = Listening(article.name, engine)
    with tempfile.TemporaryDirectory(prefix="narrate-listen-") as folder:
        render(article, engine, Path(folder) / "out")
        parts = parts_of(Path(folder) / "out")
    for part in first_of_each(parts, most):
        heard = hear(part.pcm, part.rate_hz)
        made.judged.append(Judged(part, heard, errors(part.text, heard.text)))
    return made


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("article", nargs="*", type=Path, default=[SAMPLE], help="articles to hear; default: the sample")
    parser.add_argument("--engine", action="append", default=[], help="hear this one; default: all that are offline")
    parser.add_argument(
        "--limit", type=float, default=float("inf"), help="highest word error of the whole, in per cent"
    )
    parser.add_argument("--voice-limit", type=float, default=float("inf"), help="the same of a single voice")
    parser.add_argument("--first", type=int, help="hear only so many cues of each voice")
    parser.add_argument("--times", action="store_true", help="compare word starts with Whisper's")
    return parser.parse_args()


def main() -> int:
    """Hear and print; return 1 where a limit is exceeded."""
    options = arguments()
    if lacking := missing():
        print(lacking, file=sys.stderr)
        return UNAVAILABLE
    names = available(options.engine)
    if not names or len(names) < len(options.engine):
        return UNAVAILABLE  # it was said what is missing
    ear = Ear()
    complaints = []
    for article in options.article:
        for name in names:
            made = listen(article.resolve(), name, ear.hear, options.first)
            print(made.table() + (f"\n\n{made.times()}" if options.times else "") + "\n", flush=True)
            complaints += made.complaints(Limits(options.limit, options.voice_limit))
    print("\n".join(complaints), file=sys.stderr, end="\n" if complaints else "")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
