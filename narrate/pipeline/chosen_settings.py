"""From keys of the configuration to the settings of an episode."""

from __future__ import annotations

from pathlib import Path

from narrate.model import settings
from narrate.model.settings import Announcements, Encoding, Gaps, Music, Settings, Target
from narrate.pipeline.options import ArticleJob, RunOptions
from narrate.settings import AUTO, Chosen

OFF = "off"
GAPS = ("sentence", "paragraph", "voice", "chapter", "long")
PARTS = ("intro", "outro", "chapter_jingle", "bed")
ANNOUNCED = ("opening", "chapter", "closing")


def settings_of(chosen: Chosen, run_options: RunOptions, article_job: ArticleJob) -> Settings:
    """Return an episode's settings.

    Args:
        chosen: By key.
        run_options: Whether clips alone or a page are made.
        article_job: Its name and day.
    """
    notice, cover = chosen["disclosure"], chosen["cover"]
    return Settings(
        gaps=Gaps(**{f"{kind}_ms": chosen[f"gaps.{kind}"] for kind in GAPS}),
        target=Target(chosen["loudness.target"], chosen["loudness.ceiling"]),
        encoding=Encoding(_or_auto(chosen["encoding.bitrate"]), _or_auto(chosen["encoding.sample_rate"])),
        notice=None if notice == OFF else notice,
        album=chosen["title"],
        artist=chosen["author"],
        published=article_job.published,
        cover=Path(cover) if cover else None,
        slug=article_job.slug,
        emoji=chosen["emoji"],
        clips_only=run_options.clips_only,
        page=run_options.page,
        music=_music(chosen),
        announcements=Announcements(**{part: _unless_off(chosen[f"announce.{part}"]) for part in ANNOUNCED}),
    )


def _music(chosen: Chosen) -> Music:
    files = {part: _unless_off(chosen[f"music.{part}"]) for part in PARTS}
    return Music(
        **{part: Path(name) for part, name in files.items() if name},
        level_lu=chosen["music.level"],
        bed_level_lu=chosen["music.bed_level"],
        fade_ms=chosen["music.fade_ms"],
    )


def _or_auto(value: int | str) -> int:
    return settings.AUTO if value == AUTO else int(value)


def _unless_off(value: str | None) -> str | None:
    return None if value is None or value.casefold() == OFF else value
