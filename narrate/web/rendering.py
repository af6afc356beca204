"""Templates, style and script of the pages, and the policy that lets nothing else in."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from narrate.web.colours import DARK, LIGHT

if TYPE_CHECKING:
    from jinja2 import Environment

FOLDER = Path(__file__).parent / "templates"
# Characters that would end a script element, or a line in old scripts.
IN_SCRIPT = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}
WEB = re.compile(r"https?://[^\s\x00-\x20]+", re.IGNORECASE)


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(FOLDER, encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


@cache
def _style() -> str:
    """Return the style sheet, with the colours that the waveform has too."""
    light = "".join(f"--s{number}:{colour};" for number, colour in enumerate(LIGHT))
    dark = "".join(f"--s{number}:{colour};" for number, colour in enumerate(DARK))
    uses = "".join(f".s{number}{{--speaker:var(--s{number})}}" for number in range(len(LIGHT)))
    colours = f":root{{{light}}}@media (prefers-color-scheme:dark){{:root{{{dark}}}}}{uses}\n"
    return colours + (FOLDER / "page.css").read_text("utf-8")


@cache
def _script() -> str:
    return (FOLDER / "page.js").read_text("utf-8")


@cache
def _policy(scripted: bool) -> str:
    """Return the Content-Security-Policy: our own style and script by their digests, pictures and sound from beside."""
    rules = {
        "default-src": "'none'",
        "script-src": _hashed(_script()) if scripted else "'none'",
        "style-src": _hashed(_style()),
        "img-src": "'self' data:",
        "media-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{rule} {value}" for rule, value in rules.items())


def _hashed(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


def rendered(template: str, scripted: bool, **facts: Any) -> bytes:
    """Fill a template.

    Args:
        template: Name of the file.
        scripted: Whether the page has the script.
        facts: What it names; text is escaped.

    Returns:
        UTF-8; equal facts give equal bytes.
    """
    from markupsafe import Markup

    page = (
        _environment()
        .get_template(template)
        .render(
            policy=_policy(scripted),
            style=Markup(_style()),  # noqa: S704 - our own file
            script=Markup(_script() if scripted else ""),  # noqa: S704 - our own file
            **facts,
        )
    )
    return page.encode("utf-8", "replace")


def script_json(facts: Any) -> Any:
    """Return JSON that may stand inside a script element."""
    from markupsafe import Markup

    text = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.translate(IN_SCRIPT))  # noqa: S704 - nothing in it can end the element


def web_address(text: object) -> str | None:
    """Return a link that leads to the web, or None: an article may say ``javascript:``."""
    return text if isinstance(text, str) and WEB.fullmatch(text) else None
