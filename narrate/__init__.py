"""Turn a written German article into a chaptered podcast episode in several voices.

Two lines make an episode::

    import narrate
    episode = narrate.render("article.md", into="out")

Every name of ``__all__`` is public and documented in ``docs/api.md``; everything else may change. Names are imported
when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from narrate.checks.episode.verify import verify
    from narrate.checks.finding import Finding
    from narrate.episode.manifest import load_episode
    from narrate.german import verbalize
    from narrate.model import (
        Article,
        ArticleSection,
        Chapter,
        Cue,
        Mark,
        Progress,
        Quoted,
        Script,
        ScriptSection,
        Segment,
        Speaker,
        Speech,
        Utterance,
        Voice,
    )
    from narrate.model.episode import CastMember, Clip, Episode, EpisodeFile, Publication, Soundbite, StandIn
    from narrate.model.errors import (
        EngineUnavailable,
        InputMissing,
        InputUnreadable,
        ManifestDamaged,
        NarrateError,
        OutputRefused,
        PermissionRefused,
        RenderWarning,
        ServiceBusy,
        SoundError,
        StorageError,
        SynthesisError,
        WrongUse,
    )
    from narrate.pipeline.session import Session, render
    from narrate.reading import Reading, read_article
    from narrate.script import write_script
    from narrate.voices.engines import Engine, PiecewiseEngine, SimpleEngine

__version__ = "0.1.0"

_NAMES = {
    "narrate.pipeline.session": ("Session", "render"),
    "narrate.reading": ("Reading", "read_article"),
    "narrate.script": ("write_script",),
    "narrate.german": ("verbalize",),
    "narrate.checks.episode.verify": ("verify",),
    "narrate.checks.finding": ("Finding",),
    "narrate.episode.manifest": ("load_episode",),
    "narrate.model": (
        "Article", "ArticleSection", "Chapter", "Cue", "Mark", "Progress", "Quoted", "Script", "ScriptSection",
        "Segment", "Speaker", "Speech", "Utterance", "Voice",
    ),
    "narrate.model.episode": (
        "CastMember", "Clip", "Episode", "EpisodeFile", "Publication", "Soundbite", "StandIn",
    ),
    "narrate.model.errors": (
        "EngineUnavailable", "InputMissing", "InputUnreadable", "ManifestDamaged", "NarrateError", "OutputRefused",
        "PermissionRefused", "RenderWarning", "ServiceBusy", "SoundError", "StorageError", "SynthesisError", "WrongUse",
    ),
    "narrate.voices.engines": ("Engine", "PiecewiseEngine", "SimpleEngine"),
}  # fmt: skip
_MODULE_OF = {name: module for module, names in _NAMES.items() for name in names}

__all__ = [
    "Article",
    "ArticleSection",
    "CastMember",
    "Chapter",
    "Clip",
    "Cue",
    "Engine",
    "EngineUnavailable",
    "Episode",
    "EpisodeFile",
    "Finding",
    "InputMissing",
    "InputUnreadable",
    "ManifestDamaged",
    "Mark",
    "NarrateError",
    "OutputRefused",
    "PermissionRefused",
    "PiecewiseEngine",
    "Progress",
    "Publication",
    "Quoted",
    "Reading",
    "RenderWarning",
    "Script",
    "ScriptSection",
    "Segment",
    "ServiceBusy",
    "Session",
    "SimpleEngine",
    "SoundError",
    "Soundbite",
    "Speaker",
    "Speech",
    "StandIn",
    "StorageError",
    "SynthesisError",
    "Utterance",
    "Voice",
    "WrongUse",
    "__version__",
    "load_episode",
    "read_article",
    "render",
    "verbalize",
    "verify",
    "write_script",
]  # fmt: skip


def __getattr__(name: str) -> object:
    """Import a public name."""
    module = _MODULE_OF.get(name)
    if module is None:
        raise AttributeError(f"module 'narrate' has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module(module), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Return the public names."""
    return __all__
