"""Covers."""

from __future__ import annotations

import contextlib
import io
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from narrate.episode.cover import LARGEST_BYTES, cover_from, generated_cover, show_cover_from
from narrate.model.errors import InputUnreadable


def opened(data: bytes) -> Image.Image:
    """Return a picture from its bytes."""
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize("title", ["Öl", "Der sehr lange Titel einer Reportage über Flüsse " * 6, "W" * 300, "中文"])
def test_a_generated_cover_fits_the_shops(title: str) -> None:
    """1400 pixels square, RGB JPEG, small, and the same bytes each time."""
    data = generated_cover(title, "Sendung")
    picture = opened(data)
    assert (picture.size, picture.mode, picture.format) == ((1400, 1400), "RGB", "JPEG")
    assert len(data) <= LARGEST_BYTES
    assert data == generated_cover(title, "Sendung")


def test_titles_tell_covers_apart() -> None:
    """Two titles give two pictures."""
    assert generated_cover("Eins", "x") != generated_cover("Zwei", "x")


def test_a_given_picture_is_made_square_and_opaque(tmp_path: Path) -> None:
    """A wide picture with transparency becomes a square JPEG that fits into the tag."""
    path = tmp_path / "breit.png"
    Image.effect_noise((2400, 900), 90).convert("RGBA").save(path)
    data = cover_from(path)
    assert opened(data).mode == "RGB"
    assert opened(data).width == opened(data).height
    assert len(data) <= LARGEST_BYTES


@pytest.mark.slow
def test_a_shows_cover_fits_the_shops(tmp_path: Path) -> None:
    """From any picture: 1400 to 3000 pixels square, RGB, 512 kB at most, on white where it was transparent."""
    for side in (300, 2000, 5000):
        path = tmp_path / f"{side}.png"
        Image.new("RGBA", (side, side + 20), (255, 0, 0, 0)).save(path)
        data = show_cover_from(path)
        picture = opened(data)
        assert picture.size == (min(max(side, 1400), 3000),) * 2
        assert (picture.mode, picture.format) == ("RGB", "JPEG")
        assert picture.getpixel((5, 5)) == (255, 255, 255)
        assert len(data) <= 512_000


def test_a_picture_stands_upright(tmp_path: Path) -> None:
    """A photograph that says how it was held is turned as it says."""
    picture = Image.new("RGB", (100, 100), "blue")
    picture.paste("red", (0, 0, 100, 50))
    exif = Image.Exif()
    exif[0x0112] = 3  # upside down
    picture.save(tmp_path / "a.jpg", exif=exif, quality=95)
    red, _, blue = opened(cover_from(tmp_path / "a.jpg")).getpixel((700, 1300))  # type: ignore[misc]
    assert red > 200 > 100 > blue


def test_a_very_large_picture_is_refused(tmp_path: Path) -> None:
    """Forty megapixels are a sentence that says how large a cover shall be."""
    path = tmp_path / "gross.png"
    Image.new("1", (8000, 5000)).save(path)
    with pytest.raises(InputUnreadable, match="3000 x 3000"):
        show_cover_from(path)


@pytest.mark.parametrize("ending", ["png", "jpg", "gif", "webp"])
@settings(max_examples=15)
@given(cut=st.integers(0, 300), flipped=st.integers(0, 299))
def test_a_damaged_picture_is_a_sentence(ending: str, cut: int, flipped: int) -> None:
    """A picture that was cut or altered is read, or refused; nothing else happens."""
    file = io.BytesIO()
    Image.new("RGB", (64, 64), "red").save(file, {"jpg": "jpeg"}.get(ending, ending))
    content = bytearray(file.getvalue())
    content[flipped % len(content)] ^= 0xFF
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a.{ending}"
        path.write_bytes(content[: max(1, len(content) - cut)])
        with contextlib.suppress(InputUnreadable):
            assert opened(cover_from(path)).size[0] in (700, 1400)


def test_something_else_is_refused(tmp_path: Path) -> None:
    """A file that is no picture is refused with a sentence."""
    path = tmp_path / "bild.jpg"
    path.write_bytes(b"kein Bild")
    with pytest.raises(InputUnreadable, match="not a picture"):
        cover_from(path)


def test_umlauts_have_their_dots() -> None:
    """Pillow's font has no umlauts: ü is drawn as u with two dots over it, not as a box or as a bare u."""
    dotted, plain = (
        np.asarray(opened(generated_cover(title, "x")).convert("L"), dtype=int)[90:260, 100:320] > 170 for title in "üu"
    )
    top = int(np.flatnonzero(plain.any(axis=1))[0])
    assert not plain[: top - 4].any()
    assert dotted[: top - 4].any()
    columns = np.flatnonzero(dotted[: top - 4].any(axis=0))
    assert np.count_nonzero(np.diff(columns) > 1) == 1  # two dots, apart
    assert np.count_nonzero(dotted[top + 4 :] != plain[top + 4 :]) < 200
