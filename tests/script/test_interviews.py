"""Interviews: whose turn it is."""

from __future__ import annotations

import pytest

from narrate.reading import read_text
from narrate.reading.markdown import read_markdown
from narrate.script import write_script

INTRO = "Ein Gespräch im Hafen\n\nKapitänin Jana Thoms fährt seit zwanzig Jahren. Thoms hat viel gesehen und erzählt gern davon.\n\n"


def said(text: str) -> list[tuple[str | None, str]]:
    """Return speaker and text of everything under title and introduction."""
    script = write_script(read_text(text))
    return [
        (one.speaker.name if one.speaker else None, one.text) for section in script.sections for one in section.segments
    ][2:]


@pytest.mark.parametrize(
    ("asks", "answers"),
    [("Frage", "Antwort"), ("Redaktion", "Jana Thoms"), ("Nordblatt", "Thoms"), ("Frage", "J. T."), ("NB", "JT")],
)
def test_labels_tell_who_speaks(asks: str, answers: str) -> None:
    """Questions are read by the reporter, answers by whom the label means; labels are not spoken but listed."""
    text = INTRO + (
        f"{asks}: Wie war der Sturm?\n\n{answers}: Er war lang.\n\nUnd er war kalt.\n\n{asks}: Hatten Sie Angst?\n\n"
        f"{answers}: Nein, nie.\n\nDas Gespräch führte Birte Onken."
    )
    assert said(text) == [
        (None, "Wie war der Sturm?"), ("Jana Thoms", "Er war lang."), ("Jana Thoms", "Und er war kalt."),
        (None, "Hatten Sie Angst?"), ("Jana Thoms", "Nein, nie."), (None, "Das Gespräch führte Birte Onken."),
    ]  # fmt: skip
    assert set(write_script(read_text(text)).omitted) == {f"{asks}:", f"{answers}:"}


def test_bold_questions() -> None:
    """Questions in bold are the reporter's, what follows each is the answer of whom the article is about."""
    turns = "".join(f"**Was war {what}?**\n\nEs war {what}, sehr sogar.\n\n" for what in ("gut", "schlecht", "neu"))
    script = write_script(read_markdown("# " + INTRO + turns))
    spoken = [(one.speaker.name if one.speaker else None) for section in script.sections for one in section.segments][
        2:
    ]
    assert spoken == [None, "Jana Thoms"] * 3


def test_a_report_with_labels_is_no_interview() -> None:
    """Facts in a list (Ort:, Preis:) and one line with a colon are narration."""
    text = INTRO + "Ort: Nordstadt\n\nPreis: zehn Euro\n\nJana Thoms: „So ist das nun einmal auf See.“\n\nEnde."
    assert {name for name, words in said(text) if words.startswith(("Ort", "Preis"))} == {None}
