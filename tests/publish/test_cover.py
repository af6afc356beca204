"""Covers."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from narrate.errors import InputUnreadable
from narrate.publish.cover import LARGEST_BYTES, cover_from, generated_cover


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
