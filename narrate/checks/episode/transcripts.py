"""Whether every transcript tells what the cues say, when they say it.

Source:
    W3C WebVTT, SubRip, Podcasting 2.0's JSON transcripts 1.0.
"""

from __future__ import annotations

import html
import itertools
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from narrate.checks.episode.manifest import AGAIN
from narrate.checks.feed.rules import is_file
from narrate.checks.finding import Finding
from narrate.model import Cue
from narrate.model.episode import Episode

LARGEST_BYTES = 100_000_000
TOLERANCE_MS = 1  # a format that counts in seconds may round
WORD_TOLERANCE_MS = 50  # an engine's marks may lie a little outside what is heard
VTT_SPAN = re.compile(r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})[ \t]+-->[ \t]+(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})(?:[ \t].*)?")  # fmt: skip # noqa: E501
SRT_SPAN = re.compile(r"(\d{2,}):([0-5]\d):([0-5]\d),(\d{3}) --> (\d{2,}):([0-5]\d):([0-5]\d),(\d{3})\s*")
VTT_TAG = re.compile(r"<[^<>]*>")
VOICE = re.compile(r"<v(?:\.[^ \t>]*)?[ \t]+([^<>]*)>")
WORDS_FILE = "words.json"


@dataclass(frozen=True, slots=True)
class Line:
    """A piece of a transcript.

    Attributes:
        start_ms: From the start of the episode.
        end_ms: Half-open.
        text: Its words.
        speaker: Or None where it names nobody.
    """

    start_ms: int
    end_ms: int
    text: str
    speaker: str | None


class Broken(ValueError):
    """A transcript that breaks its format; its message says how."""


def transcripts(folder: Path, episode: Episode) -> Iterator[Finding]:
    """Compare every transcript with the cues."""
    cues = episode.cues
    for name, read in TIMED.items():
        content = _content(folder / name)
        if content is None:
            continue
        try:
            problem = _compare(read(content), cues)
        except Broken as broken:
            yield _error("transcript-format", f"{broken}; {AGAIN}.", name)
        else:
            if problem:
                yield _error(problem[0], f"{problem[1]}; {AGAIN}.", name)
    for name, plain in PLAIN.items():
        content = _content(folder / name)
        if content is not None and not _holds_all(_bare(plain(content)), cues):
            yield _error("transcript-text", f"It does not hold every sentence in order; {AGAIN}.", name)
    content = _content(folder / WORDS_FILE)
    if content is not None and (told := _words_problem(content, cues)):
        yield _error("words", f"{told}; {AGAIN}.", WORDS_FILE)


def _content(path: Path) -> str | None:
    """Return a transcript; one that cannot be read or decoded is a matter of its digest."""
    try:
        if not is_file(path) or path.stat().st_size > LARGEST_BYTES:
            return None
        return path.read_bytes().decode("utf-8", "replace")
    except OSError:
        return None


def vtt_lines(content: str) -> list[Line]:
    """Read WebVTT.

    Raises:
        Broken: It is none.
    """
    head, *blocks = re.split(r"\n{2,}", content.removeprefix("\ufeff").replace("\r\n", "\n").strip("\n"))
    if not re.match(r"WEBVTT(?:[ \t\n]|$)", head):
        raise Broken("It does not begin with WEBVTT")
    lines: list[Line] = []
    for block in blocks:
        if block.startswith(("NOTE", "STYLE", "REGION")):
            continue
        rows = block.split("\n")
        shape = next((shape for row in rows[:2] if (shape := VTT_SPAN.fullmatch(row))), None)
        if shape is None:
            raise Broken(f"Cue {len(lines) + 1} has no valid WebVTT times")
        text = "\n".join(rows[1 if VTT_SPAN.fullmatch(rows[0]) else 2 :])
        if re.search(r"&(?!(?:amp|lt|gt|nbsp|lrm|rlm|#\d+|#x[0-9a-fA-F]+);)", text) or "<" in VTT_TAG.sub("", text):
            raise Broken(f"Cue {len(lines) + 1} holds a bare & or <")
        voice = VOICE.search(text)
        lines.append(_line(shape, html.unescape(VTT_TAG.sub("", text)), html.unescape(voice[1]) if voice else None))
    return lines


def srt_lines(content: str) -> list[Line]:
    """Read SubRip.

    Raises:
        Broken: It is none.
    """
    lines: list[Line] = []
    blocks = re.split(r"\n{2,}", content.removeprefix("\ufeff").replace("\r\n", "\n").strip("\n"))
    for number, block in enumerate(blocks, 1):
        count, _, rest = block.partition("\n")
        span, _, text = rest.partition("\n")
        shape = SRT_SPAN.fullmatch(span)
        if count.strip() != str(number) or shape is None:
            raise Broken(f"Cue {number} has no valid SubRip number or times")
        lines.append(_line(shape, text, None))
    return lines


def _line(shape: re.Match[str], text: str, speaker: str | None) -> Line:
    parts = [int(part or 0) for part in shape.groups()[:8]]
    start, end = ((((h * 60) + m) * 60 + s) * 1000 + ms for h, m, s, ms in (parts[:4], parts[4:]))
    return Line(start, end, text, speaker)


def json_lines(content: str) -> list[Line]:
    """Read a transcript in JSON.

    Raises:
        Broken: It is none.
    """
    try:
        whole = json.loads(content)
        if not isinstance(whole["version"], str):
            raise Broken("Its version is not a string")
        return [
            Line(
                _ms(each["startTime"]), _ms(each["endTime"]), str(each["body"]), str(each.get("speaker") or "") or None
            )
            for each in whole["segments"]
        ]
    except Broken:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise Broken("It is not a JSON transcript with segments") from error


def _ms(seconds: Any) -> int:
    if isinstance(seconds, bool):
        raise TypeError("a time is a number")
    return round(float(seconds) * 1000)


def _compare(lines: Sequence[Line], cues: Sequence[Cue]) -> tuple[str, str] | None:
    """Compare lines with cues. A cue may be cut into several lines, but no line spans two."""
    at = 0
    for number, cue in enumerate(cues, 1):
        own = []
        while at < len(lines) and lines[at].end_ms <= cue.end_ms + TOLERANCE_MS:
            own.append(lines[at])
            at += 1
        if not own or not _fills(own, cue):
            return "transcript-times", f"Its lines are not where cue {number} of the manifest is"
        told, said = _bare("".join(line.text for line in own)), _bare(cue.text)
        if told not in {said, _bare(f"{cue.speaker or ''}:") + said} and not _with_name(own, said, cue.speaker):
            return "transcript-text", f"It does not say what cue {number} of the manifest says"
        if any(line.speaker and cue.speaker and _bare(str(line.speaker)) != _bare(cue.speaker) for line in own):
            return "transcript-speaker", f"Another speaks there than in cue {number} of the manifest"
    return ("transcript-times", "It has lines after the last cue") if at < len(lines) else None


def _fills(own: Sequence[Line], cue: Cue) -> bool:
    """Tell whether lines begin and end with their cue and follow each other."""
    ordered = all(line.start_ms <= line.end_ms for line in own) and all(
        before.end_ms <= after.start_ms + TOLERANCE_MS for before, after in itertools.pairwise(own)
    )
    edges = abs(own[0].start_ms - cue.start_ms), abs(own[-1].end_ms - cue.end_ms)
    return ordered and max(edges) <= TOLERANCE_MS


def _with_name(own: Sequence[Line], said: str, speaker: str | None) -> bool:
    """Tell whether the first line, or each, has a name in front, as SubRip needs it to tell who speaks."""
    name = _bare(f"{speaker}:") if speaker else None
    texts = [_bare(line.text) for line in own]
    # The reporter has no name of their own in the manifest, so any may stand there.
    cut = [text.removeprefix(name) if name else text.partition(":")[2] for text in texts]
    return said in {"".join(cut), "".join((cut[0], *texts[1:]))}


def _bare(text: str) -> str:
    """Return a text without blanks and controls, which formats set as they like."""
    return "".join(sign for sign in text if sign.isprintable() and not sign.isspace())


def _holds_all(text: str, cues: Sequence[Cue]) -> bool:
    # Headings may stand in capitals.
    text, at = text.casefold(), 0
    for cue in cues:
        said = _bare(cue.text).casefold()
        at = text.find(said, at)
        if at < 0:
            return False
        at += len(said)
    return True


def _html_text(content: str) -> str:
    from lxml import etree
    from lxml import html as pages

    try:
        parser = pages.HTMLParser(no_network=True, huge_tree=False)
        root = pages.document_fromstring(content.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError):
        return ""
    return "".join(root.itertext())


def _words_problem(content: str, cues: Sequence[Cue]) -> str | None:
    """Return what is wrong with the times of words, or None."""
    try:
        whole = json.loads(content)
    except (ValueError, RecursionError):
        return "It is not JSON"
    if not isinstance(whole, dict) or whole.get("version") != 1 or not isinstance(whole.get("cues"), list):
        return "It is not a JSON object with version 1 and cues"
    if len(whole["cues"]) != len(cues):
        return f"It has {len(whole['cues'])} cues and the manifest {len(cues)}"
    for number, (words, cue) in enumerate(zip(whole["cues"], cues, strict=True), 1):
        if not isinstance(words, list) or not all(_is_word(word) for word in words):
            return f"A word of cue {number} is not start, end, start_ms, end_ms"
        length = len(cue.text)
        if any(not 0 <= start < end <= length for start, end, _, _ in words) or _falls(word[:2] for word in words):
            return f"The words of cue {number} are not in its text, in order"
        low, high = cue.start_ms - WORD_TOLERANCE_MS, cue.end_ms + WORD_TOLERANCE_MS
        if any(not low <= start <= end <= high for _, _, start, end in words) or _falls(word[2:3] for word in words):
            return f"The words of cue {number} are not spoken inside it, in order"
    return None


def _is_word(word: Any) -> bool:
    return isinstance(word, list) and len(word) == 4 and all(type(value) is int for value in word)


def _falls(values: Iterator[list[int]]) -> bool:
    listed = list(values)
    return listed != sorted(listed)


def _error(rule: str, message: str, path: str) -> Finding:
    return Finding(None, "error", rule, message, path)


TIMED: dict[str, Callable[[str], list[Line]]] = {
    "transcript.vtt": vtt_lines,
    "transcript.srt": srt_lines,
    "transcript.json": json_lines,
}
PLAIN: dict[str, Callable[[str], str]] = {"transcript.html": _html_text, "transcript.txt": str}
