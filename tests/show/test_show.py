"""What a show is, and where an article's episode goes in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from narrate.model.errors import InputUnreadable
from narrate.show.categories import parse_category
from narrate.show.claims import claim
from narrate.show.show import open_show, podcast_guid
from narrate.show.site import write_site
from narrate.system.cache import Cache
from tests.show.shows import TOML, add_episode, make_show


@pytest.mark.parametrize(
    ("address", "guid"),
    [
        ("https://podnews.net/rss", "9b024349-ccf0-5f69-a609-6b82873eab3c"),
        ("http://mp3s.nashownotes.com/pc20rss.xml/", "917393e3-1b1e-5cef-ace4-edaa54e1f810"),
    ],
)
def test_the_podcast_guid_is_that_of_the_standard(address: str, guid: str) -> None:
    """A UUIDv5 of the feed's address without scheme and slashes at the end, as podcast-namespace shows it."""
    assert podcast_guid(address) == guid


def test_the_guid_stays_when_the_address_changes(tmp_path: Path) -> None:
    """The guid is computed once and stored; moving the show to another host keeps it."""
    first = make_show(tmp_path)
    (tmp_path / "show.toml").write_text(TOML.replace("podcast.example", "anders.example"), "utf-8")
    assert open_show(tmp_path).guid == first.guid == podcast_guid(
        "https://podcast.example/hoeren/feed.xml"
    )  # fmt: skip


def test_a_damaged_state_is_not_replaced(tmp_path: Path) -> None:
    """A show.json that cannot be read is a sentence, since a new guid would make every episode new again."""
    make_show(tmp_path)
    (tmp_path / "show.json").write_text("{", "utf-8")
    with pytest.raises(InputUnreadable, match="guid"):
        open_show(tmp_path)
    assert (tmp_path / "show.json").read_text("utf-8") == "{"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('base_url = "ftp://a.example"', "https://"),
        ('category = "Newz"', "News"),
        ('explicit = "maybe"', "true or false"),
        ('language = "deutsch"', "de-AT"),
        ('guid = "1"', "UUID"),
        ('tytle = "x"', "title"),
        ('[owner]\nemail = "nobody"', "@"),
    ],
)
def test_unusable_keys_are_sentences(tmp_path: Path, line: str, words: str) -> None:
    """A value that a feed cannot hold is refused with what to write instead."""
    key = line.split(" ")[0]
    kept = "\n".join(row for row in TOML.splitlines() if not row.startswith(f"{key} "))
    (tmp_path / "show.toml").write_text(f"{kept}\n{line}\n", "utf-8")
    with pytest.raises(InputUnreadable, match=words):
        open_show(tmp_path)


def test_a_show_without_an_address_cannot_have_a_feed(tmp_path: Path) -> None:
    """The feed's addresses begin with base_url, so it has to be there."""
    (tmp_path / "show.toml").write_text('title = "x"\n', "utf-8")
    with pytest.raises(InputUnreadable, match="base_url"):
        open_show(tmp_path)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("News", ("News", None)),
        ("news > politics", ("News", "Politics")),
        ("Politics", ("News", "Politics")),
        ("Kids & Family", ("Kids & Family", None)),
    ],
)
def test_categories_are_apples(text: str, found: tuple[str, str | None]) -> None:
    """Spelling and case are Apple's, however they were written."""
    assert parse_category(text) == found


def test_an_article_comes_back_to_its_folder(tmp_path: Path) -> None:
    """The same article has one folder for ever; another one of the same title gets a number; a name is a name."""
    show = make_show(tmp_path)
    first = claim(show.folder, "a" * 16, "der-markt", named=False)
    assert first == tmp_path / "der-markt"
    assert claim(show.folder, "b" * 16, "der-markt", named=False) == tmp_path / "der-markt-2"
    assert claim(show.folder, "a" * 16, "ein-anderer-titel", named=False) == first
    assert claim(show.folder, "c" * 16, "der-markt", named=True) == first


def test_a_foreign_folder_is_not_taken(tmp_path: Path) -> None:
    """A folder that is no episode stays as it is."""
    show = make_show(tmp_path)
    (tmp_path / "bilder").mkdir()
    assert claim(show.folder, "a" * 16, "bilder", named=False) == tmp_path / "bilder-2"


def test_lost_claims_are_found_in_the_manifests(tmp_path: Path) -> None:
    """Without its claims an article is found by what the manifests say."""
    show = make_show(tmp_path)
    folder = add_episode(tmp_path, 7)
    assert claim(show.folder, f"{7:016x}", "neu", named=False) == folder


def test_a_copied_episode_is_found_again(tmp_path: Path, tmp_cache: Cache) -> None:
    """An episode that was copied into a show is its article's own once the feed was written."""
    show = make_show(tmp_path)
    claim(show.folder, "a" * 16, "der-markt", named=False)
    folder = add_episode(tmp_path, 7)
    write_site(show, tmp_cache)
    assert claim(show.folder, f"{7:016x}", "neu", named=False) == folder


@pytest.mark.parametrize("torn", ["", "..", "../x", "nobody"])
def test_a_torn_claim_is_none(tmp_path: Path, torn: str) -> None:
    """A claim that is damaged leads nowhere; the folder that the article holds is found by its name."""
    show = make_show(tmp_path)
    claim(show.folder, "a" * 16, "der-markt", named=False)
    (tmp_path / ".claims" / "sources" / ("a" * 16)).write_text(torn, "utf-8")
    assert claim(show.folder, "a" * 16, "der-markt", named=False) == tmp_path / "der-markt"
