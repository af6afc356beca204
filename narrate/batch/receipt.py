"""What became of one article: a few hundred bytes, whatever the episode weighs."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Status = Literal["made", "unchanged", "failed"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one article.

    Attributes:
        source: As the batch names the article.
        status: Whether it was made, was there already, or failed.
        folder: Of its episode, in the show; None where it failed.
        title: Of the episode, or None.
        duration_ms: Of its sound; 0 where it failed.
        seconds: That it took, wall time.
        code: Exit code that ``narrate render`` would end with; 0 where nothing failed.
        message: What failed and what to do, or None.
        warnings: What a person has to be told.
        attempts: How often it was begun.
        stages: Wall time in seconds of each stage.
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
    stages: dict[str, float] = field(default_factory=dict)

    def facts(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self) | {"warnings": list(self.warnings)}


def receipt_of(facts: dict[str, Any]) -> Receipt:
    """Return the receipt that :meth:`Receipt.facts` describes.

    Raises:
        KeyError, TypeError, ValueError: They describe none.
    """
    return Receipt(**{**facts, "warnings": tuple(facts["warnings"])})


def failed(source: str, code: int, message: str, attempts: int = 1) -> Receipt:
    """Return the receipt of an article that was not made.

    Args:
        source: As the batch names it.
        code: Exit code.
        message: One sentence.
        attempts: How often it was begun.
    """
    return Receipt(source, "failed", code=code, message=message, attempts=attempts)
