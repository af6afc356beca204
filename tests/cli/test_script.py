"""``narrate script --spoken``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from narrate.german import verbalize
from narrate.reading import read_article
from narrate.script import write_script
from narrate.voices.cast import make_cast
from narrate.voices.engines.espeak.engine import EspeakEngine
from narrate.voices.speak import Pronunciation, utterances
from tests.cli.test_main import Run
from tests.cli.test_main import run as run

ARTICLE = """Der Markt am Fluss. Ein Besuch am Morgen.
Am 6. April beginnt der Tag um 4:20 Uhr. Alles bleibt, wie es ist.
01 Die KI
„Wir zahlen 7,40 € und keinen Cent mehr“, sagte Anna Berg. Sie blieb ruhig.
"""


@pytest.fixture
def article(tmp_path: Path) -> Path:
    """Write a small article."""
    path = tmp_path / "artikel.txt"
    path.write_text(ARTICLE, "utf-8")
    return path


def test_only_what_changes_is_shown(run: Run, article: Path) -> None:
    """Printed and spoken stand side by side in their sentence; others are counted, and shown with --all."""
    done = run("script", str(article), "--spoken")
    assert done.returncode == 0
    assert "Am [6. → sechsten] April beginnt der Tag um [4:20 Uhr → vier Uhr zwanzig]." in done.stdout
    assert "[KI → K I]" in done.stdout
    assert "Anna Berg: „Wir zahlen [7,40 € → sieben Euro vierzig] und keinen Cent mehr“" in done.stdout
    assert "Alles bleibt" not in done.stdout
    assert "\x1b" not in done.stdout
    assert "Alles bleibt, wie es ist." in run("script", str(article), "--spoken", "--all").stdout


def test_json_holds_what_render_would_say(run: Run, article: Path, espeak: EspeakEngine) -> None:
    """Every sentence that would be spoken is there, in order, with what is said for it."""
    done = run("script", str(article), "--spoken", "--json")
    facts = json.loads(done.stdout)
    script = write_script(read_article(article, 10_000))
    said = list(utterances(script, make_cast(script, espeak.voices(), {}), None, Pronunciation({"espeak": espeak})))
    assert [fact["printed"] for fact in facts] == [one.text for one in said]
    for fact, one in zip(facts, said, strict=True):
        if "[[" not in one.spoken:
            assert fact["spoken"] == one.spoken == verbalize(one.text)
    assert any(fact["changes"] for fact in facts)


def test_a_lexicon_is_shown_as_ipa(run: Run, article: Path, tmp_path: Path) -> None:
    """Phonemes are shown between slashes, an alias as it is."""
    (tmp_path / "namen.tsv").write_text("Fluss\t/ˈfluːs/\tFluhs\nMorgen\tMoagen\n", "utf-8")
    done = run("script", str(article), "--spoken", "--lexicon", "namen.tsv")
    assert "[Fluss → /ˈfluːs/]" in done.stdout
    assert "[Morgen → Moagen]." in done.stdout
