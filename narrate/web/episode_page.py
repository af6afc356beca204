"""The page of an episode: to listen, to read along, to share and to embed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from narrate.model.settings import NOTICE
from narrate.model.show import Show
from narrate.system.text import plain
from narrate.web.colours import colour_of
from narrate.web.embedding import audio_snippet, frame_snippet, linked_facts
from narrate.web.passages import parts_of, speakers_of, word_lists
from narrate.web.picture import inline_waveform
from narrate.web.rendering import rendered, script_json, web_address
from narrate.web.texts import clock, day_in, megabytes, texts_in

LIST_TITLE_CHARACTERS = 40
DESCRIPTION_CHARACTERS = 200
TRANSCRIPTS = ("vtt", "srt", "json", "html", "txt")
IN_SCRIPT = ("copied", "copied_link", "not_copied")


def episode_page(
    manifest: Mapping[str, Any],
    words: object = None,
    waveform_svg: bytes | None = None,
    show: Show | None = None,
    *,
    key: str,
    folder: str | None = None,
    language: str | None = None,
) -> bytes:
    """Return ``index.html`` of an episode.

    Args:
        manifest: As in ``episode.json``; every link is to a file that it lists.
        words: Content of ``words.json``, or None: then sentences are highlighted, and no words.
        waveform_svg: As :func:`narrate.episode.waveform.waveform` makes it, or None.
        show: The episode's, or None: then the page links to nothing outside its folder.
        key: What the page is made of, for the caller to see whether it is up to date.
        folder: Name of the episode's folder in the show; the slug where it is not given.
        language: Of the interface; that of the show, else German.

    Returns:
        UTF-8; equal arguments give equal bytes.

    Raises:
        KeyError, TypeError, ValueError: The manifest has not the shape that a render writes.
    """
    text = texts_in(language or (show.language if show else "de"))
    script = manifest["script"]
    files = {file["path"]: file["size_bytes"] for file in manifest["files"]}
    audio = manifest["audio"] if manifest.get("audio") in files else None
    base = f"{show.base_url}/{quote(folder or manifest['slug'])}/" if show else None
    facts = {
        "key": key,
        "text": text,
        "title": plain(manifest["title"]),
        "teaser": plain(script.get("teaser") or ""),
        "author": plain(script.get("author") or ""),
        "language": script.get("language") or "de",
        "notice": plain(manifest.get("notice") or (NOTICE if text["lang"] == "de" else text["notice"])),
        "published": _day(_published(manifest), text["lang"]),
        "updated": _day((manifest.get("publication") or {}).get("updated"), text["lang"]),
        "duration": clock(manifest["duration_ms"]),
        "duration_ms": manifest["duration_ms"],
        "article": web_address(script.get("url")),
        "show": show and plain(show.title),
        "base": base,
        "audio": quote(audio) if audio else None,
        "cover": quote(manifest["cover"]) if manifest.get("cover") in files else None,
        "captions": "transcript.vtt" if "transcript.vtt" in files else None,
        "chapters": list(_chapters(manifest, files, audio)),
        "voices": _voices(manifest),
        "parts": parts_of(manifest),
        "waveform": inline_waveform(waveform_svg),
        "downloads": _downloads(files, audio, text),
    }
    facts["description"] = _shortened(facts["teaser"] or facts["title"], DESCRIPTION_CHARACTERS)
    facts["linked"] = script_json(linked_facts(manifest, facts, show))
    facts["snippets"] = {"page": frame_snippet(facts), "audio": audio_snippet(facts) if audio else None}
    facts["played"] = script_json(_played(manifest, facts, words))
    return rendered("episode.html.j2", scripted=True, **facts)


def _published(manifest: Mapping[str, Any]) -> str | None:
    publication = manifest.get("publication") or {}
    told: str | None = publication.get("published") or manifest.get("dated") or manifest["script"].get("published")
    return told


def _day(moment: str | None, language: str) -> tuple[str, str] | None:
    """Return a day for machines and for people."""
    if not moment:
        return None
    day = datetime.fromisoformat(moment).date() if "T" in moment else date.fromisoformat(moment)
    return day.isoformat(), day_in(day, language)


def _chapters(manifest: Mapping[str, Any], files: Mapping[str, int], audio: str | None) -> Iterator[dict[str, Any]]:
    clips = {clip["chapter"]: clip["path"] for clip in manifest.get("clips") or () if clip["path"] in files}
    for number, chapter in enumerate(manifest["chapters"]):
        title, clip, image = plain(chapter["title"]), clips.get(number), chapter.get("image")
        sound = f"{quote(audio)}#t={chapter['start_ms'] / 1000:g}" if audio else clip and quote(clip)
        yield {
            "number": number,
            "title": title,
            "short": _shortened(title, LIST_TITLE_CHARACTERS),
            "start": clock(chapter["start_ms"]),
            "sound": sound,
            "clip": quote(clip) if clip else None,
            "url": web_address(chapter.get("url")),
            "image": quote(image) if image in files else None,
        }


def _shortened(title: str, characters: int) -> str:
    """Cut at a word or a hyphen where one ends in the second half."""
    if len(title) <= characters:
        return title
    kept = title[: characters - 2]
    at = max(kept.rfind(" "), kept.rfind("-"))
    return f"{(kept[:at] if at > characters // 2 else kept).rstrip(' ,;:–-')} …"


def _voices(manifest: Mapping[str, Any]) -> list[tuple[str | None, int]]:
    """Return name and colour of everyone heard, in the order in which they speak."""
    speakers = speakers_of(manifest)
    heard = dict.fromkeys(cue["speaker"] for cue in manifest["cues"])
    return [(plain(name) if name else None, colour_of(speakers, name)) for name in heard]


def _downloads(files: Mapping[str, int], audio: str | None, text: Mapping[str, str]) -> dict[str, Any]:
    def size(path: str) -> str:
        return megabytes(files[path], text["lang"])

    return {
        "whole": (quote(audio), size(audio)) if audio else None,
        "transcripts": [
            (path, text[f"as_{form}"], size(path)) for form in TRANSCRIPTS if (path := f"transcript.{form}") in files
        ],
    }


def _played(manifest: Mapping[str, Any], facts: Mapping[str, Any], words: object) -> dict[str, Any]:
    """Return what the script needs: times, and the words that it shows."""
    cues = manifest["cues"]
    return {
        "cues": [[cue["start_ms"], cue["end_ms"]] for cue in cues],
        "words": word_lists(words, cues),
        "chapters": [[one["start_ms"], one["end_ms"], plain(one["title"])] for one in manifest["chapters"]],
        "duration": manifest["duration_ms"],
        "title": facts["title"],
        "artist": facts["show"] or facts["author"],
        "cover": facts["cover"],
        "text": {name: facts["text"][name] for name in IN_SCRIPT},
    }
