"""The sound of an episode as a picture, coloured by who speaks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from narrate.audio.mp3_frames import SAMPLES_PER_FRAME
from narrate.model import Cue
from narrate.model.settings import Encoding
from narrate.web.colours import DARK, LIGHT, colour_of

if TYPE_CHECKING:
    from narrate.audio.mix import EncodedUnit
    from narrate.audio.timeline import Timeline

BARS = 480
WIDTH, HEIGHT = 960, 120
LOUD_PERCENTILE = 97  # of the loudness of all bars; it fills the height
LEAST_HEIGHT = 2
TITLES = {"de": "Wellenform: {title}", "en": "Waveform: {title}"}
REPORTERS = {"de": "Reporter", "en": "Reporter"}


def waveform(
    encoded: Sequence[EncodedUnit],
    when: Timeline,
    speakers: Sequence[str],
    encoding: Encoding,
    title: str,
    language: str = "de",
) -> bytes:
    """Return the picture as SVG: a bar every 1/480 of the episode, a line where a chapter begins."""
    cues, chapters = when.cues, when.chapters
    length_ms = max(chapters[-1].end_ms, 1) if chapters else 1
    heights = _heights(_energies(encoded, encoding, length_ms))
    owners = _owners(cues, speakers, length_ms)
    paths = [
        f'<path class="s{colour}" d="{_bars(heights, owners == colour)}"/>' for colour in sorted(set(owners.tolist()))
    ]
    begins = [(f"M{WIDTH * one.start_ms / length_ms:.1f} 0v{HEIGHT}", _text(one.title)) for one in chapters[1:]]
    lines = [f'<path class="c" d="{line}"><title>{name}</title></path>' for line, name in begins]
    words = "en" if language.lower().startswith("en") else "de"
    names = ", ".join(dict.fromkeys(cue.speaker or REPORTERS[words] for cue in cues))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none" role="img">'
        f"<title>{_text(TITLES[words].format(title=title))}</title><desc>{_text(names)}</desc>"
        f"<style>{_style()}</style>{''.join(paths)}{''.join(lines)}</svg>\n"
    ).encode()


def _energies(encoded: Sequence[EncodedUnit], encoding: Encoding, length_ms: int) -> Any:
    """Return the energy in the middle of each bar; a mean over the whole bar would show no pauses.

    A mix unit begins where the frames before it end.
    """
    import numpy as np

    from narrate.audio.loudness import STEP_S

    middles_s = (np.arange(BARS) + 0.5) * length_ms / 1000 / BARS
    found = np.zeros(BARS)
    start_s = 0.0
    for each in encoded:
        steps = np.frombuffer(each.steps, np.float32)
        length_s = each.frames * SAMPLES_PER_FRAME / encoding.sample_rate_hz
        inside = np.flatnonzero((middles_s >= start_s) & (middles_s < start_s + length_s))
        # The last frames may hold a little more than was measured: silence.
        place = ((middles_s[inside] - start_s) / STEP_S).astype(int)
        found[inside[place < len(steps)]] = steps[place[place < len(steps)]]
        start_s += length_s
    return np.maximum(np.nan_to_num(found, posinf=0.0), 0.0)


def _heights(energies: Any) -> Any:
    import numpy as np

    roots = np.sqrt(energies)
    # As np.percentile, which (as np.unique) loads masked arrays for it: more time than all else here takes.
    loud = np.interp(LOUD_PERCENTILE / 100 * (len(roots) - 1), np.arange(len(roots)), np.sort(roots))
    share = np.clip(roots / loud, 0, 1) if loud > 0 else np.zeros(BARS)
    return np.maximum(np.rint(share * (HEIGHT - 8)), LEAST_HEIGHT).astype(np.int64)


def _owners(cues: Sequence[Cue], speakers: Sequence[str], length_ms: int) -> Any:
    """Return the colour of each bar: that of the cue in its middle, or of the one before it in a gap."""
    import numpy as np

    if not cues:
        return np.zeros(BARS, np.int64)
    middles_ms = (np.arange(BARS) + 0.5) * length_ms / BARS
    starts = np.array([cue.start_ms for cue in cues])
    colours = np.array([colour_of(speakers, cue.speaker) for cue in cues])
    return colours[np.clip(np.searchsorted(starts, middles_ms, side="right") - 1, 0, None)]


def _bars(heights: Any, own: Any) -> str:
    width = WIDTH / BARS
    return "".join(
        f"M{(bar + 0.5) * width:g} {(HEIGHT - heights[bar]) / 2:g}v{heights[bar]}" for bar in own.nonzero()[0].tolist()
    )


def _style() -> str:
    light = "".join(f".s{number}{{stroke:{colour}}}" for number, colour in enumerate(LIGHT))
    dark = "".join(f".s{number}{{stroke:{colour}}}" for number, colour in enumerate(DARK))
    return (
        f"path{{stroke-width:1.3;fill:none}}.c{{stroke:#777;stroke-width:1;stroke-dasharray:3 3}}{light}"
        f"@media (prefers-color-scheme:dark){{{dark}.c{{stroke:#999}}}}"
    )


def _text(text: str) -> str:
    return escape("".join(sign if sign.isprintable() or sign == "\u200d" else " " for sign in text))
