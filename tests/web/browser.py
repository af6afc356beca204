"""Debian's Chromium, and what a visit to a page tells."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FLAGS = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required", "--mute-audio"]
PATIENCE_MS = 15_000
POLL_MS = 20
SETTLED = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done())))"
# What the page itself may ask for; the browser's own pages are none of it.
NOT_ASKED = ("data:", "blob:", "chrome:", "devtools:", "about:")
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.violations.push(`${event.violatedDirective} ${event.blockedURI}`);
});
"""
RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
    "rules": {"target-size": {"enabled": True}},
}


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """Start Chromium without a window; skip where it, or Playwright, is not installed."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("chromium is not installed (apt-get install chromium)")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Visit:
    """A page that is open.

    Attributes:
        page: Of Playwright.
        origin: Where it comes from; all that it asks for must, too.
        said: What the console was told: warnings and errors.
        asked: Addresses of all requests.
    """

    page: Page
    origin: str
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def check(self) -> None:
        """Hold that nothing went wrong and nobody outside was asked."""
        assert self.said == []
        assert self.page.evaluate("window.violations") == []
        assert [url for url in self.asked if not url.startswith((self.origin, *NOT_ASKED))] == []

    def now(self) -> float:
        """Return where the player stands, in seconds."""
        return float(self.page.evaluate("document.querySelector('audio').currentTime"))

    def wait(self, condition: str, argument: Any = None) -> None:
        """Wait until an expression of JavaScript is true; asked from outside, as the page's policy allows no other."""
        deadline = time.monotonic() + PATIENCE_MS / 1000
        while not self.page.evaluate(condition, argument):
            assert time.monotonic() < deadline, condition
            self.page.wait_for_timeout(POLL_MS)
        # What the page does in answer (a highlight, a pressed button) comes with the events that are due now.
        self.page.evaluate(SETTLED)

    def wait_at(self, seconds: float) -> None:
        """Wait until the player stands at a place, or has gone on from it a little."""
        self.wait("at => { const a = document.querySelector('audio'); return !a.seeking && a.readyState > 0 "
                  "&& a.currentTime > at - .05 && a.currentTime < at + 3; }", seconds)  # fmt: skip

    def current(self) -> str:
        """Return the highlighted sentence."""
        return str(self.page.locator(".cue.now").inner_text())

    def word(self) -> str:
        """Return the highlighted word."""
        return str(self.page.evaluate("[...CSS.highlights.get('word')].map(String).join('|')"))

    def violations(self) -> list[str]:
        """Return what axe-core finds, a line a rule; skip where it is not installed."""
        pytest.importorskip("axe_playwright_python", reason="axe-playwright-python, which brings axe-core, is missing")
        # Not as a script of the page: its policy would refuse that.
        self.page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text("utf-8"))
        found = self.page.evaluate("rules => axe.run(document, rules)", RULES)["violations"]
        return [f"{one['id']}: {one['help']} {[node['html'][:200] for node in one['nodes']]}" for one in found]


@contextlib.contextmanager
def visited(
    browser: Browser, url: str, width: int = 1280, height: int = 800, ready: bool = True, **context: Any
) -> Iterator[Visit]:
    """Open a page; at the end hold that nothing went wrong.

    Args:
        browser: Of :func:`chromium`.
        url: Of the page.
        width: Of the window.
        height: Of the window.
        ready: Whether to wait until the player knows how long the sound is.
        context: As Playwright's ``new_context`` has it.
    """
    opened = browser.new_context(viewport={"width": width, "height": height}, **context)
    try:
        page = opened.new_page()
        page.set_default_timeout(PATIENCE_MS)
        parts = url.split("/")
        visit = Visit(page, "/".join(parts[:3]) + "/")
        page.add_init_script(WATCH)
        page.on("console", lambda said: visit.said.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: visit.said.append(str(error)))
        page.on("requestfailed", lambda asked: visit.said.append(asked.url) if _failed(asked) else None)
        page.on("request", lambda asked: visit.asked.append(asked.url))
        page.goto(url)
        if ready:
            visit.wait("document.querySelector('audio').readyState > 0")
        yield visit
        if context.get("java_script_enabled", True):
            visit.check()
    finally:
        opened.close()


def _failed(asked: Any) -> bool:
    # A player stops loading when it has enough.
    return "ERR_ABORTED" not in str(asked.failure)
