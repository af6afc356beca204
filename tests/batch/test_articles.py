"""What a batch is given is read line by line, and a bad line is one failure."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrate.batch.articles import Found, articles, kind_of
from narrate.batch.wire import pack_article_job, pack_run_options, unpack_article_job, unpack_run_options
from narrate.model.errors import InputMissing, InputUnreadable, WrongUse
from narrate.pipeline import ArticleJob, RunOptions
from narrate.reading import Reading

JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(), lambda own: st.lists(own) | st.dictionaries(st.text(), own)
)
NAMES = st.sampled_from(["article", "id", "text", "markdown", "html", "title", "author", "date", "url", "slug", "x"])


def found(path: Path, lines: list[str]) -> list[Found]:
    """Read lines as a file of JSON lines."""
    path.write_text("\n".join(lines), "utf-8", errors="replace")
    return list(articles(str(path), "jsonl"))


def test_the_kind_is_told_by_the_name(tmp_path: Path) -> None:
    """A folder, an address and the usual endings need no --from; everything else is a list."""
    told = [kind_of(name) for name in (str(tmp_path), "https://a.example/x", "a.jsonl", "a.rss", "a.txt", "-")]
    assert told == ["folder", "feed", "jsonl", "feed", "list", "list"]


def test_a_folder_gives_its_articles_in_order(tmp_path: Path) -> None:
    """Articles of all formats and depths, by name; hidden ones and other files are left out."""
    for name in ("b.md", "a.txt", "in/c.html", ".d.txt", ".git/e.txt", "bild.jpg", "f.script.toml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    names = [one.source for one in articles(str(tmp_path), "auto") if isinstance(one, ArticleJob)]
    assert names == [str(tmp_path / name) for name in ("a.txt", "b.md", "f.script.toml", "in/c.html")]


def test_a_list_is_seen_from_its_folder(tmp_path: Path) -> None:
    """Files are beside the list, addresses are themselves, remarks and empty lines are none."""
    (tmp_path / "liste.txt").write_text("# Rest\n\na.txt\nhttps://a.example/b\n" + "x" * 600, "utf-8")
    first, second, third = articles(str(tmp_path / "liste.txt"), "auto")
    assert first == ArticleJob(str(tmp_path / "a.txt"))
    assert second == ArticleJob("https://a.example/b")
    assert isinstance(third, InputUnreadable)
    assert "line 5" in third.message


def test_json_lines_bring_the_article(tmp_path: Path) -> None:
    """Text with its title before it, its identity, and its day; a path is seen from the file's folder."""
    lines = [
        json.dumps({"id": 7, "title": "Titel", "text": "Ein Satz.", "date": "2026-11-25T10:00:00Z", "author": "A"}),
        json.dumps({"article": "b.txt", "slug": "b"}),
    ]
    first, second = found(tmp_path / "a.jsonl", lines)
    wanted = ArticleJob("7", b"Titel\n\nEin Satz.", "text", "Titel", "A", None, "7", None, date(2026, 11, 25))
    assert (first, second) == (wanted, ArticleJob(str(tmp_path / "b.txt"), slug="b"))


@pytest.mark.parametrize(
    ("line", "word"),
    [("{", "line 1"), ("[]", "not an object"), ('{"texte": "x"}', "texte"), ('{"text": "x"}', "id"), ("{}", "give one"),
     ('{"id": "1", "text": "x", "html": "y"}', "give one"), ('{"id": "1", "text": "x", "date": "gestern"}', "gestern"),
     ('{"id": "1", "text": 5}', "not text"), ("[" * 100_000, "line 1")],
)  # fmt: skip
def test_a_bad_line_is_one_failure(tmp_path: Path, line: str, word: str) -> None:
    """It names the line and what is wrong, and the next line is read."""
    bad, good = found(tmp_path / "a.jsonl", [line, '{"article": "a.txt"}'])
    assert isinstance(bad, InputUnreadable)
    assert word in bad.message
    assert isinstance(good, ArticleJob)


@given(st.lists(st.dictionaries(NAMES, JSON).map(json.dumps) | st.text(), max_size=5))
def test_whatever_stands_in_the_lines(tmp_path_factory: pytest.TempPathFactory, lines: list[str]) -> None:
    """Any lines give articles and explained failures, never an error."""
    for one in found(tmp_path_factory.mktemp("a") / "a.jsonl", lines):
        assert isinstance(one, ArticleJob | InputUnreadable)


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    """No such folder, list or feed; and an address that is said to be a list."""
    for name, kind in (("x", "folder"), ("x", "list"), ("x.jsonl", "jsonl"), ("x.rss", "feed")):
        with pytest.raises(InputMissing):
            list(articles(str(tmp_path / name), kind))  # type: ignore[arg-type]
    with pytest.raises(WrongUse):
        list(articles("https://a.example/x", "list"))


def test_a_feed_gives_its_entries_the_oldest_first(tmp_path: Path) -> None:
    """Each once, by its address, and only as long as it has no episode."""
    item = "<item><title>{0}</title><link>https://a.example/{0}</link><pubDate>Tue, 2{0} Nov 2026 06:00:00 GMT</pubDate></item>"
    items = "".join(item.format(number) for number in (2, 1, 1))
    (tmp_path / "a.rss").write_text(f'<rss version="2.0"><channel><title>T</title>{items}</channel></rss>')
    first, second = articles(str(tmp_path / "a.rss"), "auto")
    assert first == ArticleJob(
        "https://a.example/1", identity="https://a.example/1", published=date(2026, 11, 21), only_new=True
    )
    assert isinstance(second, ArticleJob) and second.source.endswith("/2")
    (tmp_path / "b.rss").write_text("kein Feed")
    with pytest.raises(InputUnreadable):
        list(articles(str(tmp_path / "b.rss"), "feed"))


TEXT = st.text(max_size=20)


@given(
    st.builds(
        ArticleJob, TEXT, st.none() | st.binary(max_size=50), st.none() | TEXT, published=st.none() | st.dates(),
        identity=st.none() | TEXT, only_new=st.booleans(),
    )
)  # fmt: skip
def test_an_assignment_arrives_as_it_was_sent(article_job: ArticleJob) -> None:
    """One line of ASCII, whatever it holds."""
    line = pack_article_job(article_job)
    assert line.isascii() and "\n" not in line
    assert unpack_article_job(line) == article_job


def test_a_brief_arrives_as_it_was_sent() -> None:
    """With its choices, its lexicons and how to read."""
    choices: dict[str, Any] = {"engine": "espeak", "voices.Max": "de+m1", "gaps.chapter": 5, "title": None}
    run_options = RunOptions(
        choices, Reading(max_bytes=5), (("espeak", "", Path("l.tsv")),), Path("show"), None, True, False
    )
    assert unpack_run_options(pack_run_options(run_options)) == run_options
