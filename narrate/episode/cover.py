"""The cover: made from the title where nobody gives one, so that it is never missing."""

from __future__ import annotations

import hashlib
import io
import textwrap
import unicodedata
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps, UnidentifiedImageError

from narrate.model.errors import InputUnreadable

SIDE_PX = 1400  # the least that Apple Podcasts takes
LARGEST_SIDE_PX = 3000
LARGEST_BYTES = 200_000
LARGEST_SHOW_BYTES = 512_000
LARGEST_PIXELS = 36_000_000  # twice the side that Apple takes; more costs memory and gains nothing
VERSION = 2  # raise when the drawing changes
MARGIN_PX = 110
TITLE_PX = 112
LINE_PX = 138
LINES = 6
LINE_CHARACTERS = 20
DIAERESIS = "\u0308"
# What the font lacks besides.
PLAIN = str.maketrans({"ß": "ss", "ẞ": "SS", "„": "“", "‚": "‘", "–": "-", "—": "-", "\xa0": " "})
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
INK = (246, 244, 238)
GROUNDS = ((28, 52, 74), (62, 39, 70), (24, 66, 58), (88, 44, 36), (46, 52, 40), (36, 40, 84))


def generated_cover(title: str, footer: str) -> bytes:
    """Draw a title on a plain ground.

    Returns:
        A JPEG of 1400 x 1400 pixels; equal arguments give equal bytes.
    """
    digest = hashlib.sha256(title.encode()).digest()
    image = Image.new("RGB", (SIDE_PX, SIDE_PX), GROUNDS[digest[0] % len(GROUNDS)])
    draw = ImageDraw.Draw(image)
    _waveform(draw, digest)
    font = ImageFont.load_default(TITLE_PX)
    lines = textwrap.wrap(title, LINE_CHARACTERS, max_lines=LINES, placeholder=" …")
    for number, line in enumerate(lines):
        size = TITLE_PX
        while draw.textlength(line, font) > SIDE_PX - 2 * MARGIN_PX and size > TITLE_PX // 3:
            size -= 8
            font = ImageFont.load_default(size)
        _write(draw, MARGIN_PX, MARGIN_PX + number * LINE_PX, line, font)
    _write(draw, MARGIN_PX, SIDE_PX - 150, footer[:60], ImageFont.load_default(46))
    return _jpeg(image, 85)


def _write(draw: ImageDraw.ImageDraw, left: float, top: float, line: str, font: Font) -> None:
    """Write a line letter by letter; umlauts get their dots drawn, because Pillow's own font has none."""
    letter = (left, top, " ")
    for sign in unicodedata.normalize("NFD", line.translate(PLAIN)):
        if sign == DIAERESIS:
            _dots(draw, letter, font)
        elif not unicodedata.combining(sign):
            letter = (left, top, sign)
            draw.text((left, top), sign, INK, font)
            left += font.getlength(sign)


def _dots(draw: ImageDraw.ImageDraw, letter: tuple[float, float, str], font: Font) -> None:
    """Draw the two dots over a letter that stands at a place."""
    left, top, sign = letter
    box = font.getbbox("e" if sign == "i" else sign)
    radius = font.getlength("n") * 0.12
    middle, height = left + (box[0] + box[2]) / 2, top + box[1] - 2.6 * radius
    for shift in (-2.2 * radius, 2.2 * radius):
        centre = middle + shift
        draw.ellipse((centre - radius, height - radius, centre + radius, height + radius), INK)


def _waveform(draw: ImageDraw.ImageDraw, digest: bytes) -> None:
    width = (SIDE_PX - 2 * MARGIN_PX) / len(digest)
    for number, byte in enumerate(digest):
        height = 12 + byte * 110 // 255
        left = MARGIN_PX + number * width
        draw.rounded_rectangle((left, 1090 - height, left + width * 0.55, 1090 + height), 9, (214, 178, 94))


def cover_from(path: Path) -> bytes:
    """Read a picture and make an episode's cover of it: square, 1400 pixels, without transparency.

    Raises:
        InputUnreadable: It is not a picture that can be read, or a very large one.
    """
    picture = _square(path).resize((SIDE_PX, SIDE_PX))
    return _within(picture, LARGEST_BYTES) or _jpeg(picture.resize((700, 700)), 40)


def show_cover_from(path: Path) -> bytes:
    """Read a picture and make a show's cover of it: square, 1400 to 3000 pixels, without transparency.

    Raises:
        InputUnreadable: It is not a picture that can be read, or a very large one.

    Source:
        Apple's requirements for artwork; 512 kB is the advice of hosts.
    """
    picture = _square(path)
    side = min(max(picture.width, SIDE_PX), LARGEST_SIDE_PX)
    picture = picture.resize((side, side)) if side != picture.width else picture
    return _within(picture, LARGEST_SHOW_BYTES) or _jpeg(picture.resize((SIDE_PX, SIDE_PX)), 40)


def _square(path: Path) -> Image.Image:
    """Return the middle of a picture, upright, on white where it is transparent."""
    try:
        with Image.open(path) as source:
            if source.width * source.height > LARGEST_PIXELS:
                raise InputUnreadable(
                    f"'{path}' has {source.width} x {source.height} pixels; make it 3000 x 3000 or less."
                )
            upright = ImageOps.exif_transpose(source)
            if upright.has_transparency_data:
                layers = upright.convert("RGBA")
                upright = Image.new("RGBA", layers.size, "white")
                upright.alpha_composite(layers)
            picture = upright.convert("RGB")
    except (OSError, ValueError, SyntaxError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise InputUnreadable(f"'{path}' is not a picture that can be read; give a JPEG or PNG.") from error
    side = min(picture.size)
    left, top = (picture.width - side) // 2, (picture.height - side) // 2
    return picture.crop((left, top, left + side, top + side))


def _within(picture: Image.Image, most_bytes: int) -> bytes | None:
    tries = (_jpeg(picture, quality) for quality in (88, 75, 60, 45, 30))
    return next((content for content in tries if len(content) <= most_bytes), None)


def _jpeg(image: Image.Image, quality: int) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality, dpi=(72, 72))
    return file.getvalue()
