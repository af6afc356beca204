"""The script as a TOML file to edit: chapters, segments, roles, speakers, voices."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from narrate.model import Script
from narrate.model.errors import InputUnreadable
from narrate.script.serialize import BESIDE, script_from_json, script_to_json

SUFFIX = ".script.toml"
VERSION = 1
HEAD = """\
# A script of narrate: who says what, in order. Edit it, then: narrate render FILE
# role: headline, teaser, narration, quote, post, attribution. speaker: a name from [cast], none for the reporter.
# A chapter may have a picture (image = "a file beside this one") and an anchor (its place in the article, behind #).
"""
_TOP = ("title", "teaser", "author", "published", "url", "language", "image", "omitted")
_KEYS = {"version", "cast", "chapter", *_TOP}
_SEGMENT_KEYS = {"role", "speaker", "text", "starts_paragraph"}
_PLACE = re.compile(r"sections\[(?P<section>\d+)\](?:\.segments\[(?P<segment>\d+)\])?(?:\.(?P<key>\w+))?")
_LINE = re.compile(r"\(at line (\d+)")


@dataclass(frozen=True, slots=True)
class ScriptFile:
    """A script and the voices chosen for it.

    Attributes:
        script: What will be heard.
        voices: As on the command line, by full name or ``reporter``; only those that the file names.
    """

    script: Script
    voices: Mapping[str, str]


def write_script_file(script: Script, voices: Mapping[str, str]) -> str:
    """Return a script as TOML, to be edited."""
    facts = script_to_json(script)
    lines = [HEAD + f"version = {VERSION}"]
    lines += [f"{key} = {_value(facts[key])}" for key in _TOP if facts[key]]
    lines.append("\n[cast]")
    genders = {"reporter": None} | {speaker.name: speaker.gender for speaker in script.speakers()}
    for name, gender in genders.items():
        fields = {"voice": voices.get(name), "gender": gender}
        inside = ", ".join(f"{key} = {_value(value)}" for key, value in fields.items() if value)
        lines.append(f"{_value(name)} = {{ {inside} }}")
    sections: Any = facts["sections"]
    for section in sections:
        lines.append("\n[[chapter]]")
        if section["heading"] is not None:
            lines.append(f"heading = {_value(section['heading'])}")
        lines += [f"{key} = {_value(section[key])}" for key in BESIDE if section.get(key) is not None]
        for segment in section["segments"]:
            lines.append(f"\n[[chapter.segment]]\nrole = {_value(segment['role'])}")
            if segment["speaker"] is not None:
                lines.append(f"speaker = {_value(segment['speaker'])}")
            if not segment["starts_paragraph"]:
                lines.append("starts_paragraph = false")
            lines.append(f"text = {_value(segment['text'])}")
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    """Write a string or a list of strings; TOML's strings escape as JSON's do, but for DEL."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def read_script_file(text: str, name: str) -> ScriptFile:
    """Read a script that :func:`write_script_file` wrote and the user edited.

    Returns:
        The script, exactly as the file says, and its voices.

    Raises:
        InputUnreadable: It is not TOML or no script; the message names the line.
    """
    try:
        values = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found = _LINE.search(str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        raise _wrong(name, line, f"this is not TOML ({str(error).partition(' (at')[0]})") from error
    finder = _Finder(text, name)
    finder.known_keys(values, _KEYS, "")
    if values.get("version") != VERSION:
        raise finder.wrong("version", f"version must be {VERSION}")
    cast = values.get("cast", {})
    voices, genders = _cast(cast, finder)
    sections = [_chapter(chapter, number, genders, finder) for number, chapter in enumerate(_tables(values, finder))]
    facts = {key: values.get(key) for key in _TOP} | {"sections": sections, "omitted": values.get("omitted", [])}
    if isinstance(facts["published"], date):
        facts["published"] = facts["published"].isoformat()
    try:
        return ScriptFile(script_from_json(facts), voices)
    except InputUnreadable as error:
        raise finder.explained(error) from error


def _tables(values: Mapping[str, object], finder: _Finder) -> list[Any]:
    chapters = values.get("chapter", [])
    if not isinstance(chapters, list) or not chapters or not all(isinstance(one, dict) for one in chapters):
        raise finder.wrong("chapter", "there must be at least one [[chapter]]")
    return chapters


def _cast(cast: Any, finder: _Finder) -> tuple[dict[str, str], dict[str, str | None]]:
    if not isinstance(cast, dict) or not all(isinstance(one, dict) for one in cast.values()):
        raise finder.wrong("[cast]", 'the cast must look like "Name" = { voice = "de+m3", gender = "m" }')
    voices: dict[str, str] = {}
    for name, member in cast.items():
        finder.known_keys(member, {"voice", "gender"}, json.dumps(name, ensure_ascii=False))
        if member.get("gender") not in (None, "f", "m"):
            raise finder.wrong(json.dumps(name, ensure_ascii=False), 'gender must be "f" or "m"')
        voice = member.get("voice")
        if voice is not None and not isinstance(voice, str):
            raise finder.wrong(json.dumps(name, ensure_ascii=False), "voice must be a text")
        if voice:
            voices[name] = voice
    return voices, {name: member.get("gender") for name, member in cast.items()}


def _chapter(chapter: Any, number: int, genders: Mapping[str, str | None], finder: _Finder) -> dict[str, object]:
    line = finder.chapter(number)
    finder.known_keys(chapter, {"heading", "segment", *BESIDE}, "", line)
    segments = chapter.get("segment", [])
    if not isinstance(segments, list):
        raise _wrong(finder.name, line, "segments are written as [[chapter.segment]]")
    made = []
    for index, segment in enumerate(segments):
        at = finder.segment(number, index)
        if not isinstance(segment, dict):
            raise _wrong(finder.name, at, "segments are written as [[chapter.segment]]")
        finder.known_keys(segment, _SEGMENT_KEYS, "", at)
        speaker = segment.get("speaker")
        if speaker is not None and speaker not in genders:
            raise _wrong(finder.name, finder.key("speaker", at), f"'{speaker}' is not in [cast]; add the name there")
        made.append(segment | {"gender": genders.get(speaker) if isinstance(speaker, str) else None})
    return {"heading": chapter.get("heading"), **{key: chapter.get(key) for key in BESIDE}, "segments": made}


class _Finder:
    """Finds the line that a mistake is in."""

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        self._lines = text.split("\n")
        chapters = [at for at, line in enumerate(self._lines, 1) if re.match(r"\s*\[\[\s*chapter\s*\]\]", line)]
        self._chapters = chapters
        self._segments = [
            at for at, line in enumerate(self._lines, 1) if re.match(r"\s*\[\[\s*chapter\s*\.\s*segment\s*\]\]", line)
        ]

    def key(self, key: str, after: int = 1) -> int:
        """Return the first line at or after another that begins with a key; that line where none does."""
        for at in range(after, len(self._lines) + 1):
            line = self._lines[at - 1].strip()
            if line.startswith(key) or (at > after and line.startswith("[[")):
                return at if line.startswith(key) else after
        return after

    def chapter(self, number: int) -> int:
        """Return the line of a chapter."""
        return self._chapters[number] if number < len(self._chapters) else 1

    def segment(self, chapter: int, index: int) -> int:
        """Return the line of a segment of a chapter."""
        inside = [at for at in self._segments if at > self.chapter(chapter)]
        return inside[index] if index < len(inside) else self.chapter(chapter)

    def known_keys(self, table: Mapping[str, object], known: set[str], above: str, after: int = 1) -> None:
        """Refuse a key that nobody knows."""
        import difflib

        for key in table:
            if key not in known:
                near = difflib.get_close_matches(key, known, 1)
                hint = f"did you mean '{near[0]}'?" if near else f"known are {', '.join(sorted(known))}"
                raise _wrong(self.name, self.key(above or key, after), f"'{key}' is not known; {hint}")

    def wrong(self, key: str, what: str) -> InputUnreadable:
        """Return the error about a key at the top."""
        return _wrong(self.name, self.key(key), what)

    def explained(self, error: InputUnreadable) -> InputUnreadable:
        """Return an error of the script's values with its line."""
        message = error.message.removeprefix("The script cannot be read: ").partition("; correct")[0]
        place = _PLACE.search(message)
        if place is None:
            return _wrong(self.name, self.key(message.partition(" ")[0]), message)
        number = int(place["section"])
        line = self.chapter(number) if place["segment"] is None else self.segment(number, int(place["segment"]))
        key = place["key"] or ""
        return _wrong(self.name, self.key(key, line), message.replace(place[0], key or "this"))


def _wrong(name: str, line: int, what: str) -> InputUnreadable:
    return InputUnreadable(f"{name}, line {line}: {what}; correct it and try again.")
