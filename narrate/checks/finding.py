"""What a checker found: where, how grave, and what to do about it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule.

    Attributes:
        line: Counted from 1, or None where the file has no lines.
        severity: ``error`` where players or directories insist, ``warning`` where they recommend, ``note`` for
            what is only worth knowing.
        rule: Short name of the rule, the same forever.
        message: One sentence: what is wrong, and what to do.
        file: Path below what was checked, with forward slashes.
    """

    line: int | None
    severity: Severity
    rule: str
    message: str
    file: str = "feed.xml"

    def facts(self) -> dict[str, object]:
        """Return it as ``--json`` prints it."""
        return asdict(self)

    def __str__(self) -> str:
        """Return it as one line of text."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        line = f"{place}: {self.severity}: {self.message} [{self.rule}]"
        return "".join(sign if sign.isprintable() else " " for sign in line)
