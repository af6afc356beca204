"""The waveform inside the page, where it takes the page's colours and shows how much was heard."""

from __future__ import annotations

import re

from narrate.web.colours import COLOURS

# Just what our own pictures have; nothing else of a file comes into the page.
BARS = re.compile(rb'<path class="s(\d)" d="([Mv0-9. ]+)"/>')
LINES = re.compile(rb'<path class="c" d="(M[0-9.]+ 0v\d+)">')
BOX = re.compile(rb'viewBox="(0 0 \d{1,5} \d{1,5})"')


def inline_waveform(svg: bytes | None) -> dict[str, object] | None:
    """Return the shapes of a waveform, or None where there are none.

    Args:
        svg: As :func:`narrate.episode.waveform.waveform` makes it, or None.

    Returns:
        ``box`` (of the picture), ``width``, ``height``, ``bars`` (colour and path) and ``lines`` (paths).
    """
    box = BOX.search(svg) if svg else None
    bars = [(int(colour), path.decode()) for colour, path in BARS.findall(svg or b"") if int(colour) < COLOURS]
    if box is None or not bars:
        return None
    width, height = box[1].split()[2:]
    lines = [path.decode() for path in LINES.findall(svg or b"")]
    return {"box": box[1].decode(), "width": int(width), "height": int(height), "bars": bars, "lines": lines}
