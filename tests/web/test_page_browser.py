"""The page in a real browser."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from msgspec import structs

from narrate.episode.manifest import load_episode, parse_episode
from narrate.show.listing import Entry
from narrate.web import index_page
from tests.show.shows import make_show
from tests.web.browser import Visit, chromium, visited
from tests.web.pages import render_sample, words_in, write_page
from tests.web.static_server import served

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.slow
HOSTILE = (
    "</script><script>alert(1)</script>", "]]>&amp;\"'`<b>", "<img src=x onerror=alert(1)>",
    "\u202eumgekehrt\u202c 👩‍👩‍👧‍👦 \x00 Ende", "x" * 500, "{{ 7 * 7 }} {% raw %}", "--><!-- \u2028 \u2029",
)  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Chromium once."""
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Render the sample article and write its page."""
    folder = render_sample(tmp_path_factory.mktemp("page") / "episode")
    write_page(folder, load_episode(folder))
    return folder


@pytest.fixture(scope="module", params=["file", "http"])
def address(request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    """Return where the page is: on the disk, and on a server."""
    if request.param == "file":
        yield folder.as_uri()
    else:
        with served(folder) as url:
            yield url


def place(visit: Visit, seconds: float) -> None:
    """Put the player somewhere without the page's help."""
    visit.page.evaluate("at => { document.querySelector('audio').currentTime = at; }", seconds)
    visit.wait_at(seconds)
    visit.wait("() => new Promise(done => requestAnimationFrame(() => done(true)))")


def test_a_chapter_plays(browser: Browser, folder: Path, address: str) -> None:
    """A click on a chapter plays from its start, and the list says which one is heard."""
    chapter = load_episode(folder).chapters[2]
    with visited(browser, f"{address}/index.html") as visit:
        link = visit.page.locator("a[data-chapter]").nth(2)
        link.click()
        visit.wait_at(chapter.start_ms / 1000)
        visit.wait("at => document.querySelector('audio').currentTime > at", chapter.start_ms / 1000 + 0.3)
        assert link.get_attribute("aria-current") == "true"
        assert visit.page.locator("[data-chapter][aria-current]").count() == 1
        assert not visit.page.evaluate("document.querySelector('audio').paused")
        assert visit.current() == chapter.title


def test_a_sentence_plays(browser: Browser, folder: Path, address: str) -> None:
    """A click on a sentence plays from its start, and it is the highlighted one."""
    cue = load_episode(folder).cues[30]
    with visited(browser, f"{address}/index.html") as visit:
        visit.page.locator("#s30").click(position={"x": 4, "y": 10})
        visit.wait_at(cue.start_ms / 1000)
        visit.wait("document.querySelector('#s30.now')")
        assert visit.current() == cue.text


def test_sentences_and_words_light_up(browser: Browser, folder: Path, address: str) -> None:
    """In the middle of each word that the engine told, its sentence and that word are highlighted."""
    episode, words = load_episode(folder), words_in(folder)
    with visited(browser, f"{address}/index.html") as visit:
        for number in (1, 14, 37):
            start, end, start_ms, end_ms = words["cues"][number][3]
            place(visit, (start_ms + end_ms) / 2000)
            text = episode.cues[number].text
            assert visit.current() == text
            assert visit.word() == text[start:end]


def test_the_highlight_goes_on_while_it_plays(browser: Browser, folder: Path, address: str) -> None:
    """Played over the border of two sentences, the second one lights up by itself."""
    cues = load_episode(folder).cues
    with visited(browser, f"{address}/index.html") as visit:
        place(visit, cues[6].start_ms / 1000 - 0.8)
        assert visit.current() == cues[5].text
        visit.page.evaluate("document.querySelector('audio').play()")
        visit.wait("document.querySelector('#s6.now')")
        assert visit.now() >= cues[6].start_ms / 1000 - 0.05


@pytest.mark.parametrize(
    ("hash_", "seconds"), [("#t=75", 75), ("#t=1:15", 75), ("#t=0:01:15.5", 75.5), ("#t=75,90", 75)]
)
def test_links_lead_to_a_time(browser: Browser, folder: Path, address: str, hash_: str, seconds: float) -> None:
    """A page opened with a time stands there, silent, and shows the sentence."""
    cues = load_episode(folder).cues
    said = [cue.text for cue in cues if cue.start_ms <= seconds * 1000][-1]
    with visited(browser, f"{address}/index.html{hash_}") as visit:
        visit.wait_at(seconds)
        assert visit.page.evaluate("document.querySelector('audio').paused")
        assert visit.current() == said
        visit.wait("() => { const box = document.querySelector('.cue.now').getBoundingClientRect(); "
                   "return box.top > 0 && box.bottom < innerHeight; }")  # fmt: skip
        visit.page.evaluate("location.hash = '#t=2:00'")
        visit.wait_at(120)


@pytest.mark.parametrize("hash_", ["#t=abc", "#t=1:2:3:4", "#t=-5", "#t=99999999"])
def test_broken_links_do_no_harm(browser: Browser, address: str, hash_: str) -> None:
    """A time that is none, or past the end, breaks nothing."""
    with visited(browser, f"{address}/index.html{hash_}") as visit:
        visit.page.locator("#s3").evaluate("link => link.click()")
        visit.wait("document.querySelector('#s3.now')")


def test_the_keyboard_alone_is_enough(browser: Browser, folder: Path, address: str) -> None:
    """Tab reaches player, tools, chapters and text; arrows choose a sentence, Enter plays it, K holds it."""
    cues = load_episode(folder).cues
    with visited(browser, f"{address}/index.html") as visit:
        reached = []
        for _ in range(60):
            visit.page.keyboard.press("Tab")
            focused = visit.page.evaluate(
                "(() => { const e = document.activeElement; return [e.tagName, e.className, e.textContent.trim(), "
                "getComputedStyle(e).outlineStyle]; })()"
            )
            reached.append(focused)
            if focused[1].startswith("cue"):
                break
        kinds = [f"{tag}.{name}" for tag, name, *_ in reached]
        assert "A.skip" in kinds
        assert "AUDIO." in kinds
        assert "BUTTON.share" in kinds
        assert kinds.count("A.chapter") == 4
        assert all(outline != "none" for tag, *_, outline in reached if tag != "AUDIO")
        for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp", "Enter"):
            visit.page.keyboard.press(key)
        visit.wait_at(cues[2].start_ms / 1000)
        visit.wait("!document.querySelector('audio').paused")
        visit.page.keyboard.press("k")
        visit.wait("document.querySelector('audio').paused")
        visit.page.keyboard.press("Home")
        visit.page.keyboard.press("Enter")
        visit.wait_at(cues[0].start_ms / 1000)
        visit.page.keyboard.press("k")
        visit.page.evaluate("document.activeElement.blur()")
        visit.page.keyboard.press("k")
        assert visit.page.evaluate("document.querySelector('audio').paused")


def test_tools(browser: Browser, folder: Path, address: str) -> None:
    """Speed, ten seconds on, a click on the picture."""
    with visited(browser, f"{address}/index.html") as visit:
        visit.page.locator("[data-rate='1.5']").click()
        visit.wait("document.querySelector('audio').playbackRate === 1.5")
        # The button follows the player's event, which comes a moment after the rate has changed.
        visit.wait(
            "[...document.querySelectorAll('[aria-pressed=true]')].map(b => b.textContent.trim()).join() === '1,5×'"
        )
        visit.page.locator("[data-skip='10']").click()
        visit.wait_at(10)
        # Measured and clicked in one go: the page may be scrolling after the sentence that is heard.
        visit.page.locator(".wave").evaluate(
            "wave => { const box = wave.getBoundingClientRect(); wave.dispatchEvent(new MouseEvent('click', "
            "{ bubbles: true, clientX: box.left + box.width / 2, clientY: box.top + 10 })); }"
        )
        visit.wait_at(load_episode(folder).duration_ms / 2000)


def test_the_text_follows_until_the_reader_scrolls_away(browser: Browser, folder: Path, address: str) -> None:
    """Playing brings the sentence into view; who scrolls away is left there."""
    cues = load_episode(folder).cues
    seen = "() => { const box = document.querySelector('.cue.now').getBoundingClientRect(); return box.top > 0 && box.bottom < innerHeight; }"
    with visited(browser, f"{address}/index.html", reduced_motion="reduce") as visit:
        visit.page.locator("#s40").evaluate("link => link.click()")
        visit.wait("document.querySelector('#s40.now')")
        visit.wait(seen)
        visit.page.evaluate("document.querySelector('audio').pause()")
        visit.page.mouse.move(300, 500)
        visit.page.mouse.wheel(0, -20_000)
        visit.wait("scrollY === 0")
        visit.page.evaluate("at => { document.querySelector('audio').currentTime = at; }", cues[45].start_ms / 1000)
        visit.wait("document.querySelector('#s45.now')")
        assert visit.page.evaluate("scrollY") == 0


def test_links_are_copied(browser: Browser, folder: Path) -> None:
    """The button copies a link to the second that is heard, and says so."""
    with served(folder) as url, visited(browser, f"{url}/", permissions=["clipboard-read", "clipboard-write"]) as visit:
        place(visit, 61.5)
        visit.page.locator(".share").click()
        visit.wait("document.querySelector('.tools .status').textContent.includes('#t=61')")
        assert visit.page.evaluate("navigator.clipboard.readText()") == f"{url}/#t=61"
        visit.page.locator("[data-copy=embed-page]").click()
        visit.wait("document.querySelector('.embed .status').textContent === 'Kopiert'")
        copied = visit.page.evaluate("navigator.clipboard.readText()")
        assert copied == visit.page.locator("#embed-page").input_value()


def test_the_snippets_work_elsewhere(browser: Browser, folder: Path) -> None:
    """Both snippets, pasted into another page, show a player that knows its sound; the frame is compact."""
    with served(folder.parent) as url:
        with visited(browser, f"{url}/{folder.name}/index.html") as visit:
            frame = visit.page.locator("#embed-page").input_value()
            sound = visit.page.locator("#embed-audio").input_value()
        host = folder / "host.html"
        host.write_text(
            f"<!doctype html><link rel=icon href='data:,'><title>x</title><p>Artikel</p>{frame}{sound}", "utf-8"
        )
        with visited(browser, f"{url}/{folder.name}/host.html") as visit:
            inside = visit.page.frame_locator("iframe")
            assert inside.locator("audio").is_visible()
            assert inside.locator(".transcript").is_hidden()
            assert inside.locator(".disclosure").is_visible()
            inside.locator("a[data-chapter]").nth(1).click()
            inside.locator("a[data-chapter='1'][aria-current]").wait_for()
            visit.page.evaluate("document.querySelector('track').track.mode = 'hidden'")
            visit.wait("document.querySelector('track').track.cues?.length > 10")


def test_without_script(browser: Browser, folder: Path, address: str) -> None:
    """With scripts switched off the whole text is there, the player has controls, chapters lead into the sound."""
    episode = load_episode(folder)
    with visited(browser, f"{address}/index.html", ready=False, java_script_enabled=False) as visit:
        shown = visit.page.locator("main").inner_text()
        assert all(cue.text in shown for cue in episode.cues)
        assert visit.page.locator("audio").get_attribute("controls") is not None
        hrefs = [link.get_attribute("href") or "" for link in visit.page.locator("a[data-chapter]").all()]
        assert [float(href.rpartition("#t=")[2]) for href in hrefs] == [one.start_ms / 1000 for one in episode.chapters]
        assert visit.page.locator(".tools").is_hidden()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 320)])
@pytest.mark.parametrize("kind", ["episode", "show", "embed", "english", "index"])
def test_axe_finds_nothing(browser: Browser, folder: Path, tmp_path: Path, kind: str, scheme: str, width: int) -> None:
    """No violation of WCAG 2.2 AA that a program can find, no scrolling sideways; while a sentence is lit, too."""
    show = make_show(tmp_path / "show")
    shutil.copytree(folder, show.folder / folder.name)
    options: dict[str, Any] = {"show": show} if kind == "show" else {"language": "en"} if kind == "english" else {}
    write_page(show.folder / folder.name, load_episode(folder), name=f"{kind}.html", **options)
    entries = [entry(folder, number) for number in range(3)]
    (show.folder / "index.html").write_bytes(index_page(show, entries, key="k"))
    path = "index.html" if kind == "index" else f"{folder.name}/{kind}.html{'?embed' if kind == 'embed' else ''}"
    with (
        served(show.folder) as url,
        visited(browser, f"{url}/{path}", width, ready=kind != "index", color_scheme=scheme) as visit,
    ):
        if kind != "index":
            place(visit, 172.5)
            assert visit.page.locator(".keys summary").evaluate("element => element.click()") is None
        visit.check()
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
        assert visit.violations() == []


def entry(folder: Path, number: int, **changes: Any) -> Entry:
    """Return an episode for the index."""
    episode = load_episode(folder)
    facts: dict[str, Any] = {
        "folder": folder.name, "source": "", "digest": "", "files": (), "guid": str(number), "title": episode.title,
        "teaser": episode.script.teaser, "published": "2026-11-20T06:00:00+00:00",
        "updated": "2026-11-21T06:00:00+00:00" if number else None, "listed": True,
        "duration_ms": episode.duration_ms, "cover": episode.cover, "superseded": (),
    }  # fmt: skip
    return Entry(**(facts | changes))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_texts(browser: Browser, folder: Path, tmp_path: Path, text: str) -> None:
    """Whatever stands in titles, names and sentences is shown, and never run; the page still works."""
    content = (folder / "episode.json").read_text("utf-8").replace("Merle Sandvoss", json.dumps(text)[1:-1])
    plain = parse_episode(content.encode(), str(folder))
    first, second, *rest = plain.chapters
    cues = (*plain.cues[:5], replace(plain.cues[5], text=text), *plain.cues[6:])
    episode = structs.replace(
        plain,
        title=text,
        notice=text,
        script=structs.replace(plain.script, teaser=text, author=text),
        chapters=(first, replace(second, title=text), *rest),
        cues=cues,
    )
    path = write_page(folder, episode, make_show(tmp_path / "show"), name="hostile.html")
    with visited(browser, path.as_uri(), 320) as visit:
        dialogs: list[str] = []
        visit.page.on("dialog", lambda dialog: dialogs.append(dialog.message))
        shown = visible(text)
        for place_ in ("h1", ".disclosure", "#s5", ".post .who bdi"):
            assert shown in visible(visit.page.locator(place_).first.text_content() or ""), place_
        visit.page.locator("#s5").evaluate("link => link.click()")
        visit.wait_at(cues[5].start_ms / 1000)
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= 320
        assert dialogs == []


def visible(text: str) -> str:
    """Return a text without controls and with single blanks."""
    return " ".join(re.sub(r"[\x00-\x1f\u2028\u2029]", " ", text).split())


def test_paper_shows_the_text(browser: Browser, folder: Path) -> None:
    """Printed, the page is title, notice and text."""
    with visited(browser, f"{folder.as_uri()}/index.html") as visit:
        visit.page.emulate_media(media="print")
        assert visit.page.locator(".player").is_hidden()
        assert visit.page.locator(".transcript").is_visible()
        assert visit.page.locator(".disclosure").is_visible()
