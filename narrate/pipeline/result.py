"""What became of one article."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from narrate.model.episode import Episode

Status = Literal["made", "unchanged", "failed"]
HERE: Mapping[str, bool] = {"sent": False}  # fields that stay in the process that made the episode


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one article: a few hundred bytes between processes, whatever the episode weighs.

    Attributes:
        source: As the run names the article.
        status: Whether its episode was made, was up to date already, or failed.
        folder: Name of the episode's folder; None where it failed.
        title: Of the episode, or None.
        duration_ms: Of the episode; 0 where it failed.
        seconds: Wall time.
        code: Exit code that ``narrate render`` would end with; 0 where nothing failed.
        message: What failed and what to do, or None.
        warnings: Sentences to warn the user with.
        attempts: How often it was begun.
        stages: Wall time in seconds of each stage.
        episode: The episode itself, in the process that made it.
        advice: How the voices could be better, or None where the user chose them.
    """

    source: str
    status: Status
    folder: str | None = None
    title: str | None = None
    duration_ms: int = 0
    seconds: float = 0.0
    code: int = 0
    message: str | None = None
    warnings: tuple[str, ...] = ()
    attempts: int = 1
    stages: Mapping[str, float] = field(default_factory=dict)
    episode: Episode | None = field(default=None, metadata=HERE)
    advice: str | None = field(default=None, metadata=HERE)

    def as_json(self) -> dict[str, Any]:
        """Return what is sent and logged of it, as JSON values."""
        return {one.name: getattr(self, one.name) for one in fields(self) if one.metadata.get("sent", True)} | {
            "warnings": list(self.warnings)
        }


def of_episode(source: str, episode: Episode, status: Status = "unchanged", **more: Any) -> Result:
    """Return the result of an article whose episode stands in its store."""
    folder = episode.location.rstrip("/").replace("\\", "/").rpartition("/")[2]
    return Result(source, status, folder, episode.title, episode.duration_ms, episode=episode, **more)


def result_from(values: Mapping[str, Any]) -> Result:
    """Return the result that :meth:`Result.as_json` described.

    Raises:
        KeyError, TypeError, ValueError: The values do not describe one.
    """
    return Result(**{**values, "warnings": tuple(values["warnings"])})


def failed(source: str, code: int, message: str, attempts: int = 1) -> Result:
    """Return the result of an article that failed."""
    return Result(source, "failed", code=code, message=message, attempts=attempts)
