"""A picture made small for a chapter."""

from __future__ import annotations

import io
import struct
import warnings
from typing import Any

from PIL import Image, ImageOps

from narrate.model.errors import InputUnreadable

SIDE_PX = 300  # more gains nothing in a player, and each chapter stores its own
SMALLEST_PX = 50  # a smaller picture is an icon
LARGEST_BYTES = 20_000
LARGEST_PIXELS = 36_000_000  # as for covers; more costs memory and gains nothing
VERSION = 1  # raise when the making changes
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF")
# What Pillow's readers raise on files made to break them.
BROKEN = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    struct.error,
    LookupError,
    TypeError,
    ArithmeticError,
    MemoryError,
    RuntimeError,
)


def chapter_picture(content: bytes, name: str = "The picture") -> bytes:
    """Make a chapter's picture: a JPEG of at most 300 pixels a side and 20 kB, upright, on white, in RGB.

    Of an animation the first frame is taken. Equal pictures give equal bytes.

    Raises:
        InputUnreadable: It is not a picture, a very large or a very small one; the message says which.
    """
    picture = _upright(content, name)
    for side, quality in ((SIDE_PX, 85), (SIDE_PX, 72), (SIDE_PX, 58), (SIDE_PX, 42), (220, 40), (140, 40)):
        if max(picture.size) > side:
            picture.thumbnail((side, side))
        file = io.BytesIO()
        picture.save(file, "JPEG", quality=quality, optimize=True)
        if file.tell() <= LARGEST_BYTES:
            break
    return file.getvalue()


def _upright(content: bytes, name: str) -> Image.Image:
    """Return a picture in RGB and as one sees it, about as small as it is needed."""
    # Its size is judged below; a warning in the middle of the progress bar would help nobody.
    warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)
    warnings.filterwarnings("ignore", category=UserWarning, module="PIL")  # damaged tags that are not needed
    try:
        with Image.open(io.BytesIO(content), formats=_formats()) as source:
            width, height = source.size
            if width * height > LARGEST_PIXELS:
                raise InputUnreadable(f"{name} has {width} x {height} pixels; make it 3000 x 3000 or less.")
            if min(width, height) < SMALLEST_PX:
                raise InputUnreadable(f"{name} has only {width} x {height} pixels; give a larger one.")
            source.draft("RGB", (2 * SIDE_PX, 2 * SIDE_PX))
            seen: Any = ImageOps.exif_transpose(source)
            if seen.mode.startswith("I;16"):  # which convert would cut off, not scale
                seen = seen.point(lambda value: value / 256).convert("L")
            # What is transparent is blended while it is small.
            seen = seen.convert("RGBA" if seen.has_transparency_data else "RGB")
            seen.thumbnail((SIDE_PX, SIDE_PX), reducing_gap=3.0)
            plain = Image.new("RGB", seen.size, "white")  # and nothing of what the file says beside
            plain.paste(seen, mask=seen if seen.mode == "RGBA" else None)
            return plain
    except Image.DecompressionBombError as error:
        raise InputUnreadable(f"{name} is far too large; make it 3000 x 3000 pixels or less.") from error
    except BROKEN as error:
        raise InputUnreadable(f"{name} is not a picture that can be read; give a JPEG or PNG.") from error


def _formats() -> list[str]:
    """Return the formats that this Pillow reads of those that pages use."""
    Image.preinit()
    if "WEBP" not in Image.OPEN:
        Image.init()
    return [one for one in FORMATS if one in Image.OPEN]
