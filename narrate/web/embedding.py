"""What others take of a page: snippets for a CMS, and facts for machines."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from narrate.model.episode import Episode
from narrate.model.show import Show

if TYPE_CHECKING:
    from narrate.web.episode_page import EpisodeView

FRAME_HEIGHT_PX = 420
DIGITAL_SOURCES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
# schema.org has names of its own for the terms of the IPTC.
SCHEMA_SOURCES = {
    "algorithmicMedia": "https://schema.org/AlgorithmicMediaDigitalSource",
    "trainedAlgorithmicMedia": "https://schema.org/TrainedAlgorithmicMediaDigitalSource",
}


def frame_snippet(view: EpisodeView) -> str:
    """Return an ``<iframe>`` that shows the player with its chapters."""
    return (
        f'<iframe src="{_address(view, "?embed" if view.base else "index.html?embed")}" '
        f'title="{escape(view.title)}" width="100%" height="{FRAME_HEIGHT_PX}" loading="lazy" '
        f'allow="autoplay; clipboard-write" style="border:0"></iframe>'
    )


def audio_snippet(view: EpisodeView) -> str:
    """Return an ``<audio>`` with its captions; from another host both need CORS."""
    track = ""
    if view.captions:
        track = (
            f'\n  <track kind="captions" src="{_address(view, view.captions)}" '
            f'srclang="{escape(view.language)}" label="{escape(view.text["captions"])}">'
        )
    audio = _address(view, view.audio or "")
    shared = ' crossorigin="anonymous"' if view.base else ""
    return f'<audio controls preload="metadata"{shared} src="{audio}">{track}\n</audio>'


def _address(view: EpisodeView, path: str) -> str:
    return escape(f"{view.base or ''}{path}")


def linked_data(episode: Episode, view: EpisodeView, show: Show | None) -> dict[str, object]:
    """Return the episode as schema.org describes it.

    Args:
        episode: The page's.
        view: Of the page.
        show: Or None.

    Source:
        schema.org: PodcastEpisode, AudioObject, digitalSourceType.
    """
    base = view.base or ""
    term = episode.digital_source_type.removeprefix(DIGITAL_SOURCES)
    length = f"PT{round(episode.duration_ms / 1000)}S"
    sound = view.audio and {
        "@type": "AudioObject",
        "contentUrl": base + view.audio,
        "encodingFormat": "audio/mpeg",
        "duration": length,
        "bitrate": f"{episode.bitrate_kbps} kbps" if episode.bitrate_kbps else None,
        "inLanguage": view.language,
        "digitalSourceType": SCHEMA_SOURCES.get(term),
        "caption": view.captions and {
            "@type": "MediaObject",
            "contentUrl": base + view.captions,
            "encodingFormat": "text/vtt",
        },
    }  # fmt: skip
    series = show and {
        "@type": "PodcastSeries",
        "name": view.show,
        "url": f"{show.base_url}/",
        "webFeed": f"{show.base_url}/feed.xml",
    }
    whole = {
        "@context": "https://schema.org",
        "@type": "PodcastEpisode",
        "name": view.title,
        "description": view.teaser,
        "url": base,
        "image": view.cover and base + view.cover,
        "datePublished": view.published and view.published[0],
        "dateModified": view.updated and view.updated[0],
        "duration": length,
        "inLanguage": view.language,
        "author": view.author and {"@type": "Person", "name": view.author},
        "isBasedOn": view.article,
        "digitalSourceType": SCHEMA_SOURCES.get(term),
        "usageInfo": view.notice,
        "associatedMedia": sound,
        "partOfSeries": series,
    }
    kept = _filled(whole)
    assert isinstance(kept, dict)  # noqa: S101 - for the type only
    return kept


def _filled(value: object) -> object:
    """Leave out what is not known."""
    if isinstance(value, dict):
        return {name: filled for name, one in value.items() if (filled := _filled(one)) not in (None, "", {})}
    return value
