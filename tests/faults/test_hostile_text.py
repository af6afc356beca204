"""Articles that are empty, endless, in no encoding, or full of what nobody sees."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from narrate.german import utterances, verbalize
from narrate.reading.source import Reading, read_content
from narrate.script import write_script
from tests.cli.test_main import Run, assert_one_sentence, run

__all__ = ["run"]

ROOT = Path(__file__).parents[2]
# As main, and then the most memory that the process held, in kB.
MEASURED = """
import re, sys
from narrate.cli import main
try:
    main()
finally:
    # Not getrusage: it counts what the process was forked from, too.
    sys.stderr.write("\\n" + re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
"""
LARGEST_RSS_KB = 300_000
UNSEEN = "\0\x01\x08\x0b\x1b\x7f\x85\x9f\u00ad\u061c\u200b\u200d\u200e\u200f\u202a\u202e\u2066\u2069\ufeff\ufff9"
HIDDEN = f"Der M{UNSEEN}arkt am Fluss.\nEin Besuch am Mor{UNSEEN}gen, und niemand sieht {UNSEEN}etwas davon.\n"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("leer.txt", b""), ("leer.html", b""), ("leer.md", b""), ("leer.script.toml", b""),
        ("weiss.txt", b" \t\r\n\x0b\x0c\xc2\xa0\xe2\x80\x8b\n" * 50), ("bom.txt", b"\xef\xbb\xbf"),
        ("marken.txt", b"--- *** ... !!! ???\n> \n# \n"), ("marken.md", b"# \n\n***\n\n![](a.png)\n\n- \n"),
        ("marken.html", b"<html><body><p></p><div>&nbsp;&#8203;</div><img src=a alt=''></body></html>"),
        ("skript.html", b"<html><body><script>Ein Satz.</script><style>p{}</style></body></html>"),
        ("zeichen.txt", "\u202e\u200b\u2066".encode() * 20),
    ],
)  # fmt: skip
def test_what_holds_no_word_is_refused(run: Run, tmp_path: Path, name: str, content: bytes) -> None:
    """Row 13: empty, only spaces, only markup: 65 in one sentence, and no folder is made."""
    (tmp_path / name).write_bytes(content)
    assert_one_sentence(run("render", name), 65, name)
    assert not (tmp_path / "audio").exists()


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["a.txt", "a.md", "a.html", "a.script.toml", "-"])
def test_fifty_megabytes_are_refused_at_once(tmp_path: Path, kind: str) -> None:
    """Row 14: 50 MB of text, from a file or a pipe: 65 that names --max-size, under 300 MB, at once."""
    given = tmp_path / "viel.txt"
    given.write_bytes(b"Ein Satz, und noch einer. " * 2_000_000)
    name = kind if kind == "-" else f"viel.{kind.partition('.')[2]}"
    if kind != "-":
        given = given.rename(tmp_path / name)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with given.open("rb") as stream:
        before = os.times()
        done = subprocess.run(
            [sys.executable, "-c", MEASURED, "render", name],
            stdin=stream, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        after = os.times()
    said, _, peak_kb = done.stderr.rpartition("\n")
    assert done.returncode == 65, done.stderr
    assert "--max-size" in said
    assert int(peak_kb) < LARGEST_RSS_KB
    assert (
        after.children_user + after.children_system - before.children_user - before.children_system < 20
    )  # a hang, not a measure of speed


def spoken_words(article: str, form: Any = "auto") -> str:
    """Return every word of the script of an article, its title first."""
    script = write_script(read_content(article.encode("utf-8", "surrogatepass"), Reading(format=form)))
    return " ".join(
        [script.title, *(segment.text for section in script.sections for segment in section.segments)]
    )  # fmt: skip


@pytest.mark.parametrize("sign", sorted(set(UNSEEN)), ids=lambda sign: f"U+{ord(sign):04X}")
@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_what_nobody_sees_is_gone(sign: str, form: str) -> None:
    """Row 15: controls, bidirectional and zero-width marks are in no title and no sentence, whatever the format."""
    body = f"Der M{sign}arkt am Fluss\n\nEin Besuch am Mor{sign}gen, und das ist alles, was es hier zu lesen gibt.\n"
    if form == "html":
        title, _, text = body.partition("\n\n")
        body = f"<html><body><article><h1>{title}</h1><p>{text}</p><p>{text}</p></article></body></html>"
    words = spoken_words(f"# {body}" if form == "markdown" else body, form)
    assert sign not in words
    assert "Markt am Fluss" in words or sign in "\x0b\x85\x0c"  # these break a line, and nothing is lost


def test_lone_surrogates_are_no_text() -> None:
    """Row 15: half of a character, as bytes that are nearly UTF-8, becomes no half of a character in a script."""
    words = spoken_words("Der Markt am Fluss.\nEin Besuch \ud83d am Morgen, und das ist alles.\n")
    words.encode("utf-8")


@pytest.mark.slow
def test_hidden_signs_reach_no_file(run: Run, tmp_path: Path) -> None:
    """Row 15: transcripts, chapters, page and feed of such an article are well-formed and hold none of them."""
    (tmp_path / "a.txt").write_bytes(HIDDEN.encode())
    assert run("init", "show", "--title", "T", "--author", "A", "--base-url", "https://a.example").returncode == 0
    done = run("render", "a.txt", "--show", "show", "-q", "--json")
    assert done.returncode == 0, done.stderr
    episode = tmp_path / "show" / "der-markt-am-fluss"
    forbidden = set(UNSEEN) - {"\u200b"}
    for path in [*episode.glob("*.[vsjht]*"), tmp_path / "show" / "feed.xml"]:
        text = path.read_text("utf-8")
        if path.suffix == ".json":
            text = json.dumps(json.loads(text), ensure_ascii=False)
        if path.suffix in (".xml", ".svg"):
            etree.fromstring(text.encode(), etree.XMLParser(resolve_entities=False))
        assert not forbidden & set(text), path.name
    assert run("verify", "show").returncode == 0


GERMAN = "Größe zählt, sagt die Bäuerin über ihre Äpfel, und der Müller hört ihr dabei gern zu.\n"


@pytest.mark.parametrize(
    ("content", "form"),
    [
        (b"\xff\xfe" + GERMAN.encode("utf-16-le"), "text"),
        (b"\xfe\xff" + GERMAN.encode("utf-16-be"), "text"),
        (GERMAN.encode("cp1252"), "text"),
        (f'<meta charset="koi8-r"><p>{GERMAN}</p><p>{GERMAN}</p>'.encode(), "html"),
        (f'<meta charset="utf-8"><p>{GERMAN}</p><p>{GERMAN}</p>'.encode("cp1252"), "html"),
        (b"\xff\xfe" + f'<meta charset="utf-8"><p>{GERMAN}</p><p>{GERMAN}</p>'.encode("utf-16-le"), "html"),
    ],
    ids=["utf-16-le", "utf-16-be", "windows-1252", "a-lie-over-utf-8", "a-lie-over-1252", "mark-over-meta"],
)  # fmt: skip
def test_no_encoding_becomes_rubbish(content: bytes, form: Any) -> None:
    """Row 16: the mark counts before bytes that are UTF-8, these before what a page says; umlauts are umlauts."""
    article = read_content(content, Reading(format=form))
    words = " ".join([article.title, *(text for one in article.sections for text in one.paragraphs)])
    assert "Größe zählt" in words
    assert "Müller hört" in words


@pytest.mark.parametrize("byte", [b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d"])
def test_a_byte_of_no_encoding_is_told_with_its_place(run: Run, tmp_path: Path, byte: bytes) -> None:
    """Row 16: a byte that neither UTF-8 nor Windows-1252 has ends with 65 and its offset, never as rubbish aloud."""
    (tmp_path / "a.txt").write_bytes(b"Der Markt gr\xfc\xdft.\n" + byte)
    assert_one_sentence(run("script", "a.txt"), 65, f"0x{byte[0]:02x}", "offset 17")


@pytest.mark.slow
@pytest.mark.parametrize(
    "paragraph",
    [
        "‮שלום עולם, זה יום יפה מאוד בעיר הגדולה.‬",
        "Der Хлеб kostet 3 €, sagt 田中さん, und שלום heißt Frieden, Ωmega das Ende.",
        "Sie lacht 😀👩‍👩‍👧‍👦🏳️‍🌈 und winkt 👋🏽 zum Abschied, 🇩🇪 und 1️⃣ bleibt 1️⃣.",
        "Gro\u0308\u0308\u0308\u0308ße Ze\u0301\u0300\u0302\u0303\u0304" + "\u0301" * 500 + "n fallen a" + "\u20dd" * 200 + " auf.",
    ],
    ids=["right-to-left", "mixed-scripts", "emoji", "combining"],
)  # fmt: skip
def test_other_scripts_are_spoken_or_passed_over(run: Run, tmp_path: Path, paragraph: str) -> None:
    """Row 17: right-to-left, mixed scripts, emoji and stacked marks make an episode that is as it should be."""
    (tmp_path / "a.txt").write_text(f"Der \u202eMarkt\u202c 😀 am Fluss.\n{paragraph}\nDamit endet der Tag.\n", "utf-8")
    done = run("render", "a.txt", "-o", "out", "-q", "--language", "de")
    assert done.returncode == 0, done.stderr
    manifest = json.loads((tmp_path / "out" / "episode.json").read_text("utf-8"))
    assert not set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069") & set(manifest["title"])
    assert run("verify", "out").returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    "part", ["a", "A", "ä", "XIV", ".", "a.", "1", "-", '"', "„", "(", "@", "/", "😀", "e\u0301", "1€"]
)
def test_a_million_characters_without_a_space(part: str) -> None:
    """Row 18: 10^6 characters in one line take the text stage seconds, in pieces that a voice can speak."""
    length = 1_000_000 // len(part.encode()) if len(part.encode()) > 1 else 1_000_000
    article = (
        "Der Markt\n" + part * (length // len(part) if len(part.encode()) == 1 else length) + "\nEin Satz am Ende."
    )
    begun = time.process_time()
    script = write_script(read_content(article.encode(), Reading(language="de")))
    texts = [segment.text for section in script.sections for segment in section.segments]
    pieces = [piece for text in texts for piece in utterances(text)]
    spoken = [verbalize(piece) for piece in pieces[:20]]
    assert time.process_time() - begun < 30  # a hang, not a measure of speed
    assert max(map(len, pieces)) <= 600
    assert max(map(len, spoken)) < 100_000
