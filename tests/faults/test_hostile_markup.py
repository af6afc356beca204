"""Pages nested without end, and XML that would read files, grow, or ask the network."""

from __future__ import annotations

import resource
import time
from pathlib import Path

import pytest

from narrate.lexicon.pls import PLS
from narrate.model.errors import InputUnreadable
from narrate.reading.html import read_html
from tests.cli.test_main import Run, article, assert_one_sentence, run

__all__ = ["article", "run"]

BODY = (
    "<h1>Der Hafen wächst</h1><p>Der Hafen von Nordstadt soll wachsen, und das ist erst der Anfang einer langen "
    "Geschichte über Schiffe.</p><p>Die Stadt hat beschlossen, dass im nächsten Jahr gebaut wird.</p>"
)
# Some are closed by others of their kind, some hold text in their own way, some are known to no browser.
NESTED = ["div", "span", "b", "ins", "del", "q", "cite", "p", "x-y", "pre", "code", "table><tr><td", "ul><li", "figure", "a href=x",
          "blockquote", "ruby", "math", "label", "object", "video", "address", "section"]  # fmt: skip


def words_of(markup: str) -> str:
    """Return all words that are read of a page."""
    found = read_html(markup)
    return " ".join([found.title, *(text for section in found.sections for text in section.paragraphs)])


@pytest.mark.parametrize("tag", NESTED)
@pytest.mark.parametrize("depth", [256, 10_000])
def test_depth_empties_no_article(tag: str, depth: int) -> None:
    """Row 19: what stands below 256 or 10^4 elements of any kind is read, closed or not."""
    assert "soll wachsen" in words_of(f"<html><body>{f'<{tag}>' * depth}{BODY}{f'</{tag}>' * depth}")
    assert "soll wachsen" in words_of(f"<html><body>{f'<{tag}>' * depth}{BODY}")


@pytest.mark.slow
@pytest.mark.parametrize("tag", ["div", "x-y", "p", "h2", "a href=x", "table><tr><td", "blockquote", "math"])
def test_two_hundred_thousand_elements_deep(tag: str) -> None:
    """Row 19: 2 x 10^5 levels are read too."""
    begun = time.process_time()
    assert "soll wachsen" in words_of(f"<html><body>{f'<{tag}>' * 200_000}{BODY}")
    assert time.process_time() - begun < 60  # a hang, not a measure of speed


@pytest.mark.parametrize(
    "tag", ["svg", "nav", "aside", "template", "select", "button", "noscript", "iframe", "textarea", "title"]
)
@pytest.mark.parametrize("depth", [1, 300, 10_000])
def test_what_is_no_text_is_never_silently_empty(tag: str, depth: int) -> None:
    """Row 19: inside of what a browser does not show as text the article is read, or refused in a sentence."""
    try:
        assert words_of(f"<html><body>{f'<{tag}>' * depth}{BODY}").strip()
    except InputUnreadable as error:
        assert "\n" not in error.message


HEAD = f'<lexicon version="1.0" xmlns="{PLS}" alphabet="ipa" xml:lang="de">'
ENTRY = "<lexeme><grapheme>{}</grapheme><alias>Epp</alias></lexeme></lexicon>"
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BLOWN_UP = f'<?xml version="1.0"?><!DOCTYPE lexicon [<!ENTITY l0 "haha">{LAUGHS}]>{HEAD}{ENTRY.format("&l9;")}'
ATTACKS = {
    "billion laughs": BLOWN_UP,
    "quadratic": f'<!DOCTYPE lexicon [<!ENTITY a "{"a" * 100_000}">]>{HEAD}{ENTRY.format("&a;" * 10_000)}',
    "file": '<!DOCTYPE lexicon [<!ENTITY x SYSTEM "file://{secret}">]>' + HEAD + ENTRY.format("&x;"),
    "parameter": '<!DOCTYPE lexicon [<!ENTITY % x SYSTEM "file://{secret}"> %x;]>' + HEAD + ENTRY.format("App"),
    "external subset": '<!DOCTYPE lexicon SYSTEM "http://127.0.0.1:1/x.dtd">' + HEAD + ENTRY.format("App"),
    "public": '<!DOCTYPE lexicon PUBLIC "-//W3C//DTD PLS 1.0//EN" "http://127.0.0.1:1/">' + HEAD + ENTRY.format("App"),
    "bare": "<!DOCTYPE lexicon>" + HEAD + ENTRY.format("App"),
    "own elements": "<!DOCTYPE lexicon [<!ELEMENT lexicon ANY>]>" + HEAD + ENTRY.format("App"),
    "default attributes": '<!DOCTYPE lexicon [<!ATTLIST alias prefer CDATA "true">]>' + HEAD + ENTRY.format("App"),
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("attack", ATTACKS)
def test_a_document_type_is_refused(run: Run, article: Path, tmp_path: Path, attack: str, encoding: str) -> None:
    """Row 20: any document type in a lexicon ends with 65, at once, and what it points at is not read."""
    (tmp_path / "geheim.txt").write_text("streng-geheim")
    document = ATTACKS[attack].replace("{secret}", str(tmp_path / "geheim.txt"))
    (tmp_path / "l.pls").write_bytes(document.encode(encoding))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = run("render", str(article), "--lexicon", "l.pls")
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert_one_sentence(done, 65, "l.pls", "DOCTYPE")
    assert "streng-geheim" not in done.stdout + done.stderr
    assert used.ru_utime - before.ru_utime < 3


@pytest.mark.parametrize("kind", ["html", "xhtml"])
def test_a_page_reads_no_file_and_grows_no_entity(tmp_path: Path, kind: str) -> None:
    """Row 20: entities that a page declares stay what they are: neither a file nor a billion of anything."""
    secret = tmp_path / "geheim.txt"
    secret.write_text("streng-geheim")
    entities = f'<!ENTITY x SYSTEM "file://{secret}"><!ENTITY l0 "haha">{LAUGHS}'
    head = '<?xml version="1.0"?>' if kind == "xhtml" else ""
    words = words_of(f"{head}<!DOCTYPE html [{entities}]><html><body><p>&x; &l9;</p>{BODY}</body></html>")
    assert "soll wachsen" in words
    assert "streng-geheim" not in words
    assert len(words) < 2000


@pytest.mark.parametrize(
    "front",
    [
        "title: !!python/object/apply:os.system ['touch {mark}']",
        "title: !!python/name:os.system x",
        "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\ntitle: *c",
        "title: &t [*t]",
        "title: " + "[" * 5000,
        "title: 1" + "0" * 5000,
        "date: 99999-99-99",
    ],
    ids=["object", "name", "laughs", "itself", "deep", "number", "date"],
)
def test_front_matter_runs_nothing(run: Run, tmp_path: Path, front: str) -> None:
    """Row 20: the head of a Markdown file is data: no object is made, no alias grows, and the text is read."""
    mark = tmp_path / "ran"
    text = f"---\n{front.replace('{mark}', str(mark))}\n---\n\n# Der Markt\n\nEin Satz, und noch einer.\n"
    (tmp_path / "a.md").write_text(text, "utf-8")
    done = run("script", "a.md")
    assert done.returncode in (0, 65), done.stderr
    assert "Traceback" not in done.stderr
    assert "Ein Satz" in done.stdout or done.stderr.startswith("narrate: ")
    assert not mark.exists()
