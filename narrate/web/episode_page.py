"""The page of an episode: to listen, to read along, to share and to embed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from urllib.parse import quote

from narrate.model.episode import Episode
from narrate.model.settings import NOTICE
from narrate.model.show import Show
from narrate.system.text import plain
from narrate.web.colours import colour_of
from narrate.web.embedding import audio_snippet, frame_snippet, linked_data
from narrate.web.passages import Part, parts_of, word_lists
from narrate.web.picture import inline_waveform
from narrate.web.rendering import rendered, script_json, web_address
from narrate.web.texts import clock, day_in, megabytes, texts_in

LIST_TITLE_CHARACTERS = 40
DESCRIPTION_CHARACTERS = 200
TRANSCRIPTS = ("vtt", "srt", "json", "html", "txt")
IN_SCRIPT = ("copied", "copied_link", "not_copied")


@dataclass(frozen=True, slots=True)
class PageParts:
    """What a page is made of beside its episode.

    Attributes:
        key: Digest of everything the page is made of, for the caller to see whether it is up to date.
        words: Content of ``words.json``, or None: then sentences are highlighted, and no words.
        waveform_svg: As ``narrate.episode.waveform`` makes it, or None.
    """

    key: str
    words: object = None
    waveform_svg: bytes | None = None


@dataclass(frozen=True, slots=True)
class ChapterView:
    """A chapter in the list of chapters; addresses are relative to the page, ``sound`` plays it, ``clip`` saves it."""

    number: int
    title: str
    short: str
    start: str
    sound: str | None
    clip: str | None
    url: str | None
    image: str | None


@dataclass(frozen=True, slots=True)
class Downloads:
    """Address and size of the MP3; address, name and size of each transcript."""

    whole: tuple[str, str] | None
    transcripts: list[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class EpisodeView:
    """What the template shows; addresses are relative to the page, texts are on one line."""

    key: str
    text: Mapping[str, str]
    title: str
    teaser: str
    author: str
    language: str
    notice: str
    published: tuple[str, str] | None
    updated: tuple[str, str] | None
    duration: str
    duration_ms: int
    article: str | None
    show: str | None
    base: str | None
    audio: str | None
    cover: str | None
    captions: str | None
    chapters: list[ChapterView]
    voices: list[tuple[str | None, int]]
    parts: list[Part]
    waveform: dict[str, object] | None
    downloads: Downloads

    @property
    def description(self) -> str:
        """One or two lines for search engines and link previews."""
        return _shortened(self.teaser or self.title, DESCRIPTION_CHARACTERS)


def episode_page(
    episode: Episode,
    parts: PageParts,
    show: Show | None = None,
    folder: str | None = None,
    language: str | None = None,
) -> bytes:
    """Return ``index.html`` of an episode; equal arguments give equal bytes.

    Args:
        episode: Every link is to a file that it lists.
        parts: What the page is made of beside it.
        show: The episode's, or None: then the page links to nothing outside its folder.
        folder: Name of the episode's folder in the show; the slug where it is not given.
        language: Of the interface; that of the show, else German.
    """
    text = texts_in(language or (show.language if show else "de"))
    view = _view(episode, parts, text, show, f"{show.base_url}/{quote(folder or episode.slug)}/" if show else None)
    return rendered(
        "episode.html.j2",
        scripted=True,
        **{one.name: getattr(view, one.name) for one in fields(view)},
        description=view.description,
        linked=script_json(linked_data(episode, view, show)),
        snippets={"page": frame_snippet(view), "audio": audio_snippet(view) if view.audio else None},
        played=script_json(_played(episode, view, parts.words)),
    )


def _view(
    episode: Episode, parts: PageParts, text: Mapping[str, str], show: Show | None, base: str | None
) -> EpisodeView:
    script, publication = episode.script, episode.publication
    files = {file.path: file.size_bytes for file in episode.files}
    audio = episode.audio if episode.audio in files else None
    return EpisodeView(
        key=parts.key,
        text=text,
        title=plain(episode.title),
        teaser=plain(script.teaser or ""),
        author=plain(script.author or ""),
        language=script.language or "de",
        notice=plain(episode.notice or (NOTICE if text["lang"] == "de" else text["notice"])),
        published=_day(publication.published if publication else episode.dated or script.published, text["lang"]),
        updated=_day(publication.updated if publication else None, text["lang"]),
        duration=clock(episode.duration_ms),
        duration_ms=episode.duration_ms,
        article=web_address(script.url),
        show=plain(show.title) if show else None,
        base=base,
        audio=quote(audio) if audio else None,
        cover=quote(episode.cover) if episode.cover and episode.cover in files else None,
        captions="transcript.vtt" if "transcript.vtt" in files else None,
        chapters=list(_chapters(episode, files, audio)),
        voices=_voices(episode),
        parts=parts_of(episode),
        waveform=inline_waveform(parts.waveform_svg),
        downloads=_downloads(files, audio, text),
    )


def _day(day: date | None, language: str) -> tuple[str, str] | None:
    """Return a day for machines and for people."""
    if day is None:
        return None
    day = day.date() if isinstance(day, datetime) else day
    return day.isoformat(), day_in(day, language)


def _chapters(episode: Episode, files: Mapping[str, int], audio: str | None) -> Iterator[ChapterView]:
    clips = {clip.chapter: clip.path for clip in episode.clips if clip.path in files}
    for number, chapter in enumerate(episode.chapters):
        title, clip, image = plain(chapter.title), clips.get(number), chapter.image
        yield ChapterView(
            number=number,
            title=title,
            short=_shortened(title, LIST_TITLE_CHARACTERS),
            start=clock(chapter.start_ms),
            sound=f"{quote(audio)}#t={chapter.start_ms / 1000:g}" if audio else clip and quote(clip),
            clip=quote(clip) if clip else None,
            url=web_address(chapter.url),
            image=quote(image) if image and image in files else None,
        )


def _shortened(title: str, characters: int) -> str:
    """Cut at a word or a hyphen where one ends in the second half."""
    if len(title) <= characters:
        return title
    kept = title[: characters - 2]
    at = max(kept.rfind(" "), kept.rfind("-"))
    return f"{(kept[:at] if at > characters // 2 else kept).rstrip(' ,;:–-')} …"


def _voices(episode: Episode) -> list[tuple[str | None, int]]:
    """Return name and colour of everyone heard, in the order in which they speak."""
    speakers = episode.speakers()
    heard = dict.fromkeys(cue.speaker for cue in episode.cues)
    return [(plain(name) if name else None, colour_of(speakers, name)) for name in heard]


def _downloads(files: Mapping[str, int], audio: str | None, text: Mapping[str, str]) -> Downloads:
    def size(path: str) -> str:
        return megabytes(files[path], text["lang"])

    transcripts = [
        (path, text[f"as_{form}"], size(path)) for form in TRANSCRIPTS if (path := f"transcript.{form}") in files
    ]
    return Downloads((quote(audio), size(audio)) if audio else None, transcripts)


def _played(episode: Episode, view: EpisodeView, words: object) -> dict[str, object]:
    """Return what the script needs: times, and the words that it shows."""
    return {
        "cues": [[cue.start_ms, cue.end_ms] for cue in episode.cues],
        "words": word_lists(words, episode.cues),
        "chapters": [[one.start_ms, one.end_ms, plain(one.title)] for one in episode.chapters],
        "duration": episode.duration_ms,
        "title": view.title,
        "artist": view.show or view.author,
        "cover": view.cover,
        "text": {name: view.text[name] for name in IN_SCRIPT},
    }
