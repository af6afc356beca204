"""Who says a quote."""

from __future__ import annotations

import pytest

from narrate.model import Article, ArticleSection, Speaker
from narrate.script import write_script

INTRO = "Die Försterin Ilka Brandt und der Bürgermeister Otto Kranz trafen sich in Kiel."
SAID = "„Der Wald ist für alle da“"


def speaker_of(*paragraphs: str) -> Speaker | None:
    """Return the speaker of the last quote in a script, or None where all is narrated."""
    script = write_script(Article("Ein Titel", None, (ArticleSection(None, paragraphs),)))
    found = [segment.speaker for section in script.sections for segment in section.segments if segment.role == "quote"]
    return found[-1] if found else None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (f"{SAID}, sagte Brandt am Montag.", "Ilka Brandt"),
        (f"{SAID}, sagte Försterin Ilka Brandt.", "Ilka Brandt"),
        (f"{SAID}, sagte die Försterin.", "Ilka Brandt"),
        (f"{SAID}, sagte der Zeitung zufolge Bürgermeister Otto Kranz.", "Otto Kranz"),
        (f"{SAID}, so Kranz.", "Otto Kranz"),
        ("Brandt erklärte: „Der Wald ist für alle da.“", "Ilka Brandt"),
        ("Am Abend sagte Kranz: „Der Wald ist für alle da.“", "Otto Kranz"),
        ("Kranz zeigte auf die Karte und fragte: „Wem gehört der Wald?“", "Otto Kranz"),
        ("Brandt fragte den Bürgermeister: „Wem gehört der Wald?“", "Ilka Brandt"),
        ("Laut Kranz ist der Wald „für wirklich alle Menschen da“.", "Otto Kranz"),
        ("Brandt war müde. „Der Wald ist für alle da“, sagte sie.", "Ilka Brandt"),
        ("Kranz nickte. Er sagte: „Der Wald ist für alle da.“", "Otto Kranz"),
        (f"{SAID}, sagte Brandt. „Er gehört niemandem.“", "Ilka Brandt"),
        (f"{SAID}, sagte Kranz, „und er gehört niemandem.“", "Otto Kranz"),
    ],
)
def test_cues(text: str, name: str) -> None:
    """The subject of the verb of saying speaks: named, by role, by pronoun, before or after the quote."""
    speaker = speaker_of(INTRO, text)
    assert speaker is not None
    assert speaker.name == name
    assert speaker.gender == ("f" if name == "Ilka Brandt" else "m")


@pytest.mark.parametrize(
    "text",
    [
        "„Der Wald ist für alle da.“",
        "„Der Wald ist für alle da“, heißt es in dem Bericht.",
        "Auf dem Schild stand: „Betreten des Waldes verboten.“",
        "Die Zeitschrift „Wald und Leute“ erscheint monatlich.",
        "Brandt nannte das „verrückt“.",
    ],
)
def test_when_unsure_the_reporter_reads(text: str) -> None:
    """Without a sure speaker, or with a few words only, the voice does not change."""
    assert speaker_of("Es regnete in Kiel.", text) is None


def test_a_spokesperson_is_one_speaker_per_body() -> None:
    """Somebody without a name is called by role and body."""
    speaker = speaker_of("„Wir ermitteln in alle Richtungen“, sagte eine Sprecherin der Polizei.")
    assert speaker == Speaker("Sprecherin der Polizei", "f")


def test_a_full_name_given_later_is_used() -> None:
    """A surname stands for the full name wherever the article gives it."""
    speaker = speaker_of("„Wir fangen noch einmal an“, sagte Brandt.", INTRO)
    assert speaker == Speaker("Ilka Brandt", "f")
