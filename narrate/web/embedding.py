"""What others take of a page: snippets for a CMS, and facts for machines."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from narrate.model.show import Show

FRAME_HEIGHT_PX = 420
DIGITAL_SOURCES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
# schema.org has names of its own for the terms of the IPTC.
SCHEMA_SOURCES = {
    "algorithmicMedia": "https://schema.org/AlgorithmicMediaDigitalSource",
    "trainedAlgorithmicMedia": "https://schema.org/TrainedAlgorithmicMediaDigitalSource",
}


def frame_snippet(facts: Mapping[str, Any]) -> str:
    """Return an ``<iframe>`` that shows the player with its chapters.

    Args:
        facts: Of the page.
    """
    return (
        f'<iframe src="{_address(facts, "?embed" if facts["base"] else "index.html?embed")}" '
        f'title="{escape(facts["title"])}" width="100%" height="{FRAME_HEIGHT_PX}" loading="lazy" '
        f'allow="autoplay; clipboard-write" style="border:0"></iframe>'
    )


def audio_snippet(facts: Mapping[str, Any]) -> str:
    """Return an ``<audio>`` with its captions; from another host both need CORS.

    Args:
        facts: Of the page, with sound.
    """
    track = ""
    if facts["captions"]:
        track = (
            f'\n  <track kind="captions" src="{_address(facts, facts["captions"])}" '
            f'srclang="{escape(facts["language"])}" label="{escape(facts["text"]["captions"])}">'
        )
    audio = _address(facts, facts["audio"])
    shared = ' crossorigin="anonymous"' if facts["base"] else ""
    return f'<audio controls preload="metadata"{shared} src="{audio}">{track}\n</audio>'


def _address(facts: Mapping[str, Any], path: str) -> str:
    return escape(f"{facts['base'] or ''}{path}")


def linked_facts(manifest: Mapping[str, Any], facts: Mapping[str, Any], show: Show | None) -> dict[str, Any]:
    """Return the episode as schema.org describes it.

    Args:
        manifest: As in ``episode.json``.
        facts: Of the page.
        show: Or None.

    Source:
        schema.org: PodcastEpisode, AudioObject, digitalSourceType.
    """
    base = facts["base"] or ""
    term = str(manifest.get("digital_source_type") or "").removeprefix(DIGITAL_SOURCES)
    length = f"PT{round(manifest['duration_ms'] / 1000)}S"
    sound = facts["audio"] and {
        "@type": "AudioObject",
        "contentUrl": base + facts["audio"],
        "encodingFormat": "audio/mpeg",
        "duration": length,
        "bitrate": manifest.get("bitrate_kbps") and f"{manifest['bitrate_kbps']} kbps",
        "inLanguage": facts["language"],
        "digitalSourceType": SCHEMA_SOURCES.get(term),
        "caption": facts["captions"] and {
            "@type": "MediaObject",
            "contentUrl": base + facts["captions"],
            "encodingFormat": "text/vtt",
        },
    }  # fmt: skip
    series = show and {
        "@type": "PodcastSeries",
        "name": facts["show"],
        "url": f"{show.base_url}/",
        "webFeed": f"{show.base_url}/feed.xml",
    }
    whole = {
        "@context": "https://schema.org",
        "@type": "PodcastEpisode",
        "name": facts["title"],
        "description": facts["teaser"],
        "url": base,
        "image": facts["cover"] and base + facts["cover"],
        "datePublished": facts["published"] and facts["published"][0],
        "dateModified": facts["updated"] and facts["updated"][0],
        "duration": length,
        "inLanguage": facts["language"],
        "author": facts["author"] and {"@type": "Person", "name": facts["author"]},
        "isBasedOn": facts["article"],
        "digitalSourceType": SCHEMA_SOURCES.get(term),
        "usageInfo": facts["notice"],
        "associatedMedia": sound,
        "partOfSeries": series,
    }
    kept = _filled(whole)
    assert isinstance(kept, dict)  # noqa: S101 - for the type only
    return kept


def _filled(value: Any) -> Any:
    """Leave out what is not known."""
    if isinstance(value, dict):
        return {name: filled for name, one in value.items() if (filled := _filled(one)) not in (None, "", {})}
    return value
