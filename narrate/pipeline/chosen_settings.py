"""From the keys of the configuration to the settings of an episode."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from narrate.model.settings import Announcements, Encoding, Gaps, Music, Settings, Target
from narrate.pipeline.options import ArticleJob, RunOptions
from narrate.settings import SETTINGS, Chosen

PARTS = {"gaps": Gaps, "target": Target, "encoding": Encoding, "music": Music, "announcements": Announcements}


def settings_of(chosen: Chosen, run_options: RunOptions, article_job: ArticleJob) -> Settings:
    """Return an episode's settings: every declared one in its field."""
    values: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    for key, setting in SETTINGS.items():
        if setting.field:
            part, _, name = setting.field.rpartition(".")
            values[part][name] = setting.kind.use(chosen[key])
    return Settings(
        **values[""],
        **{part: made(**values[part]) for part, made in PARTS.items()},
        published=article_job.published,
        slug=article_job.slug,
        clips_only=run_options.clips_only,
        page=run_options.page,
    )
