"""Printed against spoken, for an editor's eye."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import click

from narrate.german import verbalize
from narrate.german.alignment import Pair, changes
from narrate.model import Script, Utterance


@dataclass(frozen=True, slots=True)
class Readable:
    """An engine whose notation is shown as IPA between slashes.

    Attributes:
        engine: The engine that will speak.
    """

    engine: Any

    def pronounce(self, ipa: str) -> str | None:
        """Return the IPA where the engine can say it, else None."""
        return None if self.engine.pronounce(ipa) is None else f"/{ipa}/"


def view(script: Script, said: Sequence[Utterance], everything: bool) -> str:
    """Return each chapter's sentences that are not said as printed, the changes marked in place."""
    lines: list[str] = []
    shown = 0
    for chapter, section in enumerate(script.sections):
        own = [one for one in said if one.chapter == chapter]
        marked = [(one, _marked(one)) for one in own]
        lines.append(f"\n{chapter + 1}. {section.heading or script.title}")
        for one, (text, changed) in marked:
            shown += changed
            if changed or everything:
                lines.append(f"   {one.speaker or 'reporter'}: {text}")
    total = len(said)
    lines.insert(0, f"{script.title}  ({shown} of {total} sentences are not said as printed)")
    return "\n".join(lines)


def facts(said: Sequence[Utterance]) -> list[dict[str, object]]:
    """Return every sentence with what is said for it and what differs, for a program."""
    return [
        {
            "chapter": one.chapter,
            "role": one.role,
            "speaker": one.speaker,
            "printed": one.text,
            "spoken": one.spoken,
            "changes": [{"printed": printed, "spoken": spoken} for printed, spoken in _changed(one)],
        }
        for one in said
    ]


def _changed(one: Utterance) -> Iterator[tuple[str, str]]:
    for pair in changes(one.text, one.spoken, verbalize):
        yield one.text[pair.printed_start : pair.printed_end], one.spoken[pair.spoken_start : pair.spoken_end]


def _marked(one: Utterance) -> tuple[str, bool]:
    """Return the printed sentence with each change in brackets, and whether there is any."""
    found = changes(one.text, one.spoken, verbalize)
    parts: list[str] = []
    at = 0
    for pair in found:
        parts += [one.text[at : pair.printed_start], _bracket(one, pair)]
        at = pair.printed_end
    return "".join([*parts, one.text[at:]]), bool(found)


def _bracket(one: Utterance, pair: Pair) -> str:
    printed = one.text[pair.printed_start : pair.printed_end]
    spoken = one.spoken[pair.spoken_start : pair.spoken_end] or "–"
    return f"[{click.style(printed, dim=True)} → {click.style(spoken, fg='cyan', bold=True)}]"
