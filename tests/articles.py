"""Small scripts for tests."""

from __future__ import annotations

from narrate.model import Role, Script, ScriptSection, Segment, Speaker

ADA = Speaker("Ada Beispiel", "f")
BEN = Speaker("Ben Muster", "m")


def segment(text: str, role: Role = "narration", speaker: Speaker | None = None, starts: bool = True) -> Segment:
    """Return a segment."""
    return Segment(role, speaker, text, starts)


def small_script(word: str = "Hafen") -> Script:
    """Return a script of three chapters with three speakers."""
    return Script(
        "Der Markt am Fluss",
        "Ein Besuch am Morgen.",
        (
            ScriptSection(
                None,
                (
                    segment("Der Markt am Fluss.", "headline"),
                    segment("Ein Besuch am Morgen.", "teaser"),
                    segment(f"Am {word} beginnt der Tag früh. Die Boote legen an."),
                ),
            ),
            ScriptSection(
                "Die Händler",
                (
                    segment("Eine Händlerin lacht und sagt:"),
                    segment("„Wer spät kommt, bekommt keinen Fisch mehr!“", "quote", ADA, starts=False),
                    segment("Dann wiegt sie die Ware ab."),
                ),
            ),
            ScriptSection(
                "Ein Brief",
                (
                    segment("Ein Kunde schreibt:"),
                    segment("Ich komme seit Jahren hierher. Der Weg ist weit.", "post", BEN),
                    segment("Und doch bin ich jeden Samstag da.", "post", BEN),
                    segment("Quelle: eigene Erfindung.", "attribution"),
                ),
            ),
        ),
    )
