"""A show from the command line: made, filled, corrected, dated anew, taken apart."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from narrate.show.xml import NAMESPACES
from tests.cli.test_main import ARTICLE, Run, article, assert_one_sentence, run

__all__ = ["article", "run"]

QUOTED = (
    ARTICLE + "Ada Beispiel lacht und sagt: „Wer spät kommt, der bekommt hier keinen Fisch mehr, so ist das eben!“\n"
)
INIT = ("init", "show", "--title", "Zum Hören", "--author", "Redaktion", "--base-url", "https://p.example/hoeren")


def ok(done: subprocess.CompletedProcess[str]) -> str:
    """Return what a run that must succeed printed."""
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def items(show: Path) -> list[dict[str, Any]]:
    """Return title, guid, date, enclosure and description of each item."""
    channel = etree.parse(str(show / "feed.xml")).getroot().find("channel")
    return [
        {name: item.findtext(name, namespaces=NAMESPACES) for name in ("title", "guid", "pubDate", "description")}
        | {"url": item.find("enclosure").get("url"), "length": int(item.find("enclosure").get("length"))}
        for item in channel.findall("item")
    ]


@pytest.fixture
def show(run: Run, tmp_path: Path) -> Path:
    """Make a show."""
    ok(run(*INIT))
    return tmp_path / "show"


def test_init_makes_a_show_and_asks_nothing(run: Run, show: Path) -> None:
    """A show.toml with everything that a feed needs; the same again is refused and changes nothing."""
    before = (show / "show.toml").read_bytes()
    assert_one_sentence(run(*INIT), 73, "exists already")
    assert (show / "show.toml").read_bytes() == before
    ok(run("feed", "show"))
    assert items(show) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("init", "x"), "--title, --author, --base-url"),
        (("init", "x", "--title", "T", "--author", "A"), "--base-url"),
        (("init", "x", "--title", "T", "--author", "A", "--base-url", "https://a", "--category", "Newz"), "News"),
    ],
)
def test_init_says_what_it_needs(run: Run, tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    """Off a terminal nothing is asked: what is missing or wrong is named, and no folder is made."""
    done = run(*arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("title", ["]]> a\tb \u007f 😀 ''' {title} ${x} # \"", "\\"])
def test_init_writes_any_title(run: Run, tmp_path: Path, title: str) -> None:
    """Any title is written as TOML that says the same."""
    ok(run("init", "show", "--title", title + "x", "--author", "A", "--base-url", "https://a.example"))
    ok(run("feed", "show"))
    channel = etree.parse(str(tmp_path / "show" / "feed.xml")).getroot().find("channel")
    assert "".join(channel.findtext("title").split()) == "".join((title + "x").replace("\u007f", "").split())


@pytest.mark.slow
def test_a_corrected_article_is_the_same_episode(run: Run, show: Path, article: Path) -> None:
    """It keeps GUID, folder and date, says "aktualisiert", has another address, and the old sound is gone."""
    ok(run("render", "artikel.txt", "--show", "show", "-q", "--date", "2026-11-03"))
    before = items(show)
    ok(run("render", "artikel.txt", "--show", "show", "-q"))
    assert items(show) == before
    article.write_text(ARTICLE.replace("früh", "sehr früh"), "utf-8")
    ok(run("render", "artikel.txt", "--show", "show", "-q"))
    (after,), (then,) = items(show), before
    assert (after["guid"], after["pubDate"], after["title"]) == (then["guid"], then["pubDate"], then["title"])
    assert after["pubDate"] == "Tue, 03 Nov 2026 06:00:00 +0000"
    assert "Aktualisiert am" in after["description"]
    assert "Aktualisiert" not in then["description"]
    name = after["url"].rpartition("/")[2]
    assert name.startswith("der-markt-am-fluss-")
    sound = list((show / "der-markt-am-fluss").glob("*.mp3"))
    assert [path.name for path in sound] == [name]
    assert sound[0].stat().st_size == after["length"]


@pytest.mark.slow
def test_other_voices_are_no_correction(run: Run, show: Path, article: Path) -> None:
    """The same words in another voice have a new address, and nothing says that the article changed."""
    ok(run("render", "artikel.txt", "--show", "show", "-q"))
    ok(run("render", "artikel.txt", "--show", "show", "-q", "--voice", "reporter=de"))
    (item,) = items(show)
    assert "Aktualisiert" not in item["description"]
    assert item["url"].rpartition("/")[2] != "der-markt-am-fluss.mp3"


@pytest.mark.slow
def test_two_articles_of_one_title_are_two_episodes(run: Run, show: Path, article: Path) -> None:
    """Another file with the same headline gets a folder of its own; --slug says that it is the same episode."""
    article.with_name("zweiter.txt").write_text(QUOTED, "utf-8")
    ok(run("render", "artikel.txt", "--show", "show", "-q"))
    ok(run("render", "zweiter.txt", "--show", "show", "-q"))
    assert len({item["guid"] for item in items(show)}) == 2
    ok(run("render", "zweiter.txt", "--show", "show", "-q", "--slug", "der-markt-am-fluss"))
    assert len(items(show)) == 2
    assert {path.parent.name for path in show.glob("*/episode.json")} == {"der-markt-am-fluss", "der-markt-am-fluss-2"}


@pytest.mark.slow
def test_an_episode_is_taken_out_put_back_and_dated_anew(run: Run, show: Path, article: Path) -> None:
    """Unpublished, published and dated anew, also after a new render in between, an episode keeps its GUID."""
    ok(run("render", "artikel.txt", "--show", "show", "-q"))
    (before,) = items(show)
    ok(run("feed", "unpublish", "show/der-markt-am-fluss"))
    assert items(show) == []
    article.write_text(ARTICLE.replace("früh", "sehr früh"), "utf-8")
    ok(run("render", "artikel.txt", "--show", "show", "-q"))
    assert items(show) == []
    ok(run("feed", "publish", "show/der-markt-am-fluss"))
    ok(run("feed", "redate", "show/der-markt-am-fluss", "2026-01-02T03:04+01:00"))
    (after,) = items(show)
    assert (after["guid"], after["pubDate"]) == (before["guid"], "Fri, 02 Jan 2026 02:04:00 +0000")


@pytest.mark.slow
def test_without_a_show_no_feed_is_touched(run: Run, show: Path, article: Path) -> None:
    """Neither a render without --show nor one with -o writes into a show."""
    ok(run("feed", "show"))
    before = {path: path.read_bytes() for path in show.rglob("*") if path.is_file()}
    ok(run("render", "artikel.txt", "-q", "-o", "anderswo"))
    ok(run("render", "artikel.txt", "-q", "-o", "anderswo", "--show", "show"))
    assert {path: path.read_bytes() for path in show.rglob("*") if path.is_file()} == before


@pytest.mark.slow
def test_parts_are_cut_from_what_was_spoken(run: Run, article: Path, tmp_path: Path) -> None:
    """Sentences and a person's words become MP3s of their own; what is no longer remembered is a sentence."""
    article.write_text(QUOTED, "utf-8")
    ok(run("render", "artikel.txt", "-q", "-o", "out"))
    listed = ok(run("clips", "out")).splitlines()
    assert listed[0].split()[0] == "1"
    assert any("Ada Beispiel: „Wer spät" in line for line in listed)
    paths = json.loads(ok(run("clips", "out", "--speaker", "ada beispiel", "--cue", "2", "--json")))
    assert all((tmp_path / path).read_bytes().startswith(b"ID3") for path in paths)
    assert len(paths) == 2
    assert_one_sentence(run("clips", "out", "--speaker", "Niemand"), 65, "Ada Beispiel")
    assert run("clips", "out", "--cue", "900").returncode == 2
    ok(run("cache", "clear"))
    assert_one_sentence(run("clips", "out", "--cue", "1"), 65, "render")


@pytest.mark.slow
def test_clips_only_makes_no_episode(run: Run, article: Path, tmp_path: Path, show: Path) -> None:
    """--clips-only leaves the whole MP3 out, and is refused for a show."""
    ok(run("render", "artikel.txt", "-q", "-o", "out", "--clips-only"))
    assert not list((tmp_path / "out").glob("*.mp3"))
    assert len(list((tmp_path / "out" / "clips").glob("*.mp3"))) == 2
    assert run("render", "artikel.txt", "--show", "show", "--clips-only").returncode == 2


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("feed", "nirgends"), 66, "nirgends"),
        (("feed", "."), 66, "show.toml"),
        (("feed", "unpublish", "show/nichts"), 65, "render it with --show"),
        (("feed", "unpublish", "nirgends/x"), 65, "show.toml"),
        (("clips", "nirgends"), 66, "nirgends"),
        (("clips", "show"), 65, "manifest"),
    ],
)
def test_wrong_folders_are_sentences(run: Run, show: Path, arguments: tuple[str, ...], code: int, words: str) -> None:
    """A folder that is none of what is asked for is told of in one sentence."""
    assert_one_sentence(run(*arguments), code, words)


def test_a_moment_that_is_none_is_refused(run: Run, show: Path) -> None:
    """A date that no calendar has is a wrong argument."""
    done = run("feed", "redate", "show/x", "2026-02-30")
    assert done.returncode == 2
    assert "YYYY-MM-DD" in done.stderr


@pytest.mark.slow
def test_an_episode_is_signed_and_verified(run: Run, show: Path, article: Path, tmp_path: Path) -> None:
    """Signed MP3s are trusted by their root; the same sound keeps its address; one byte changed is found."""
    pytest.importorskip("c2pa", reason="needs narrate[c2pa]")
    from tests.episode.signing.certificates import Authority

    signer = Authority(tmp_path / "ca").signer()
    chain, trust = str(signer.chain), ("--require-signature", "--trust", str(signer.root))
    sign = ("--sign", chain, "--sign-key", str(signer.key))
    ok(run("render", "artikel.txt", "--show", "show", "-q", *sign))
    (before,) = items(show)
    ok(run("verify", "show", *trust))
    (show / "der-markt-am-fluss" / "words.json").unlink()
    ok(run("render", "artikel.txt", "--show", "show", "-q", *sign))
    assert items(show) == [before]
    sound = show / "der-markt-am-fluss" / "der-markt-am-fluss.mp3"
    content = bytearray(sound.read_bytes())
    content[-1000] ^= 1
    sound.write_bytes(content)
    done = run("verify", "show", *trust)
    assert done.returncode == 65
    assert "assertion.dataHash.mismatch" in done.stdout
    assert run("render", "artikel.txt", "-o", "x", "--sign", chain).returncode == 2
    assert_one_sentence(run("render", "artikel.txt", "-o", "x", "--sign", chain, "--sign-key", "no.pem"), 66, "no.pem")
    assert not (tmp_path / "x").exists()


@pytest.mark.slow
def test_an_episode_that_cannot_be_named_ends_with_65(run: Run, show: Path, article: Path) -> None:
    """Without its MP3 an episode is left out of the feed, which is written; the exit code says so."""
    ok(run("render", "artikel.txt", "--show", "show", "-q"))
    ok(run("feed", "check", "show"))
    next((show / "der-markt-am-fluss").glob("*.mp3")).unlink()
    done = run("feed", "show")
    assert (done.returncode, items(show)) == (65, [])
    assert "leaves it out" in done.stderr
