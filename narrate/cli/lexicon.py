"""``narrate lexicon``: what a pronunciation lexicon does for an article and an engine."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from narrate.cli.main import result
from narrate.cli.options import choice_options, chosen_from, open_article, open_cache, reading_options
from narrate.model import Script

if TYPE_CHECKING:
    from narrate.lexicon import Entry, Lexicon, Match
    from narrate.voices.engines import Engine


@click.group(epilog="\b\nExample:\n  narrate lexicon check namen.tsv article.txt")
def lexicon() -> None:
    """Check pronunciation lexicons: PLS 1.0, or columns of printed and spoken."""


@lexicon.command(epilog="\b\nExample:\n  narrate lexicon check namen.pls article.txt --engine espeak")
@click.argument("file", type=click.Path(path_type=Path, readable=False))
@click.argument("article", metavar="[ARTICLE]", required=False)
@choice_options
@reading_options
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def check(file: Path, article: str | None, as_json: bool, **options: Any) -> None:
    """Show which entries an article uses, and which the engine cannot speak as written."""
    from narrate.lexicon import read_lexicon
    from narrate.pipeline import Engines

    read = read_lexicon(file)
    with ExitStack() as stack:
        engines = stack.enter_context(closing(Engines(chosen_from(options), stack.enter_context(open_cache(True)))))
        name = engines.name
        unspeakable = _unspeakable(read.entries, engines[name])
    script = None if article is None else open_article(article, options).script
    findings = Findings(file, name, len(read.entries), unspeakable, None if script is None else _uses(read, script))
    if as_json:
        click.echo(json.dumps(result([]) | {"lexicon": findings.facts()}, ensure_ascii=False))
    else:
        click.echo("\n".join(findings.lines()))


@dataclass(frozen=True, slots=True)
class Use:
    """An entry and where the article has it.

    Attributes:
        entry: The entry.
        forms: Every form found, with how often.
    """

    entry: Entry
    forms: dict[str, int]

    @property
    def count(self) -> int:
        """How often it was found in any form."""
        return sum(self.forms.values())


def _unspeakable(entries: Sequence[Entry], engine: Engine) -> list[Entry]:
    return [entry for entry in entries if entry.ipa is not None and engine.pronounce(entry.ipa) is None]


def _uses(read: Lexicon, script: Script) -> list[Use]:
    """Return every entry with the forms an article has of it, the entries in the order of the file."""
    uses = {id(entry): Use(entry, {}) for entry in read.entries}
    for text, match in _matches(read, script):
        forms = uses[id(match.entry)].forms
        form = text[match.start : match.end]
        forms[form] = forms.get(form, 0) + 1
    return list(uses.values())


def _matches(read: Lexicon, script: Script) -> Iterator[tuple[str, Match]]:
    from narrate.german import utterances
    from narrate.lexicon import find

    for section in script.sections:
        for text in [section.heading or "", *(segment.text for segment in section.segments)]:
            for utterance in utterances(text):
                for match in find(utterance, [read]):
                    yield utterance, match


@dataclass(frozen=True, slots=True)
class Findings:
    """What there is to tell about a lexicon.

    Attributes:
        file: The lexicon.
        engine: Name of the engine.
        entries: How many it has.
        unspeakable: Entries with IPA that the engine cannot speak as written.
        uses: Every entry's uses in the article; None without an article.
    """

    file: Path
    engine: str
    entries: int
    unspeakable: list[Entry]
    uses: list[Use] | None

    def facts(self) -> dict[str, object]:
        """Return the findings as JSON values."""
        facts: dict[str, object] = {"file": str(self.file), "engine": self.engine, "entries": self.entries}
        if self.uses is not None:
            facts["hit"] = [
                _named(use.entry) | {"count": use.count, "forms": use.forms} for use in self.uses if use.forms
            ]
            facts["not_hit"] = [_named(use.entry) for use in self.uses if not use.forms]
        facts["unspeakable"] = [
            _named(entry) | {"ipa": entry.ipa, "says": entry.alias or entry.printed} for entry in self.unspeakable
        ]
        return facts

    def lines(self) -> Iterator[str]:
        """Yield the findings as lines of text."""
        yield f"{self.file}: {self.entries} {'entry' if self.entries == 1 else 'entries'}"
        if self.uses is not None:
            hit = sorted((use for use in self.uses if use.forms), key=lambda use: -use.count)
            yield from _block("In the article:", [_found(use) for use in hit])
            missed = [f"{use.entry.printed}  ({use.entry.source})" for use in self.uses if not use.forms]
            yield from _block("Never in the article:", missed)
        yield from _block(f"Not spoken as written by the engine '{self.engine}':", map(_instead, self.unspeakable))


def _named(entry: Entry) -> dict[str, object]:
    return {"printed": entry.printed, "source": entry.source}


def _found(use: Use) -> str:
    others = [form for form in use.forms if form != use.entry.printed]
    return f"{use.count:>4}  {use.entry.printed}" + (f"  (also: {', '.join(others)})" if others else "")


def _instead(entry: Entry) -> str:
    says = f"says '{entry.alias}'" if entry.alias else "reads what is printed"
    return f"{entry.printed} /{entry.ipa}/  ({entry.source}): {says} instead"


def _block(title: str, lines: Sequence[str] | Iterator[str]) -> Iterator[str]:
    rows = list(lines)
    if rows:
        yield f"\n{title}"
        yield from (f"  {row}" for row in rows)
