"""Pictures of chapters: made small, and had from nowhere but where they may be had from."""

from __future__ import annotations

import io
import os
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from narrate.episode import pictures
from narrate.episode.pictures import chapter_pictures, load_picture, picture_digests
from narrate.episode.thumbnail import LARGEST_BYTES, SIDE_PX, chapter_picture
from narrate.model import PictureSource, Script, ScriptSection
from narrate.model.errors import InputMissing, InputUnreadable, NarrateError, StorageError
from narrate.system.cache import Cache


def encoded(picture: Image.Image, form: str = "PNG", **how: object) -> bytes:
    """Return a picture in a format."""
    file = io.BytesIO()
    picture.save(file, form, **how)
    return file.getvalue()


def opened(content: bytes) -> Image.Image:
    """Return a picture from its bytes, having checked that a player can show it."""
    picture = Image.open(io.BytesIO(content))
    assert (picture.format, picture.mode) == ("JPEG", "RGB")
    assert max(picture.size) <= SIDE_PX
    assert len(content) <= LARGEST_BYTES
    return picture


RED = Image.new("RGB", (400, 200), (200, 0, 0))


@pytest.mark.parametrize(
    ("picture", "form"),
    [
        (Image.effect_noise((2400, 1350), 120).convert("RGB"), "JPEG"),
        (Image.effect_noise((640, 480), 120).convert("RGBA"), "PNG"),
        (Image.effect_noise((640, 480), 120), "PNG"),
        (RED.convert("P"), "GIF"), (RED.convert("CMYK"), "JPEG"), (RED.convert("1"), "PNG"), (RED, "WEBP"),
        (Image.new("I;16", (400, 200), 40_000), "PNG"), (RED.convert("LA"), "PNG"),
        (Image.new("RGB", (8000, 60), "red"), "PNG"),
    ],
)  # fmt: skip
def test_any_picture_becomes_a_small_jpeg(picture: Image.Image, form: str) -> None:
    """Whatever format and colours, the result is an RGB JPEG of at most 300 pixels and 20 kB in the same shape."""
    content = encoded(picture, form)
    made = opened(chapter_picture(content))
    assert made.width / made.height == pytest.approx(picture.width / picture.height, rel=0.02) or made.height < 10
    assert chapter_picture(content) == chapter_picture(content)


def test_transparency_lies_on_white() -> None:
    """What one can see through is white, not black."""
    made = opened(chapter_picture(encoded(Image.new("RGBA", (100, 100), (0, 0, 0, 0)))))
    assert made.getpixel((50, 50)) == (255, 255, 255)
    palette = Image.new("P", (100, 100), 0)
    palette.putpalette([0, 0, 0, 200, 0, 0])
    made = opened(chapter_picture(encoded(palette, "GIF", transparency=0)))
    assert made.getpixel((50, 50)) == (255, 255, 255)


def test_sixteen_bits_are_scaled() -> None:
    """A grey of 16 bits is the same grey, not white."""
    made = opened(chapter_picture(encoded(Image.new("I;16", (100, 100), 128 * 256))))
    assert made.getpixel((50, 50)) == (128, 128, 128)


def test_pictures_stand_upright_and_keep_no_secrets() -> None:
    """A camera's rotation is applied; its remarks and places are not published."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "geheim"
    content = encoded(RED, "JPEG", exif=exif, comment=b"geheim")
    made = chapter_picture(content)
    assert opened(made).size == (150, 300)
    assert b"geheim" in content
    assert b"geheim" not in made


def test_an_animation_shows_its_first_frame() -> None:
    """Of a moving picture the first frame is taken."""
    content = encoded(RED, "GIF", save_all=True, append_images=[Image.new("RGB", RED.size, (0, 0, 200))])
    pixel = opened(chapter_picture(content)).getpixel((50, 50))
    assert isinstance(pixel, tuple)
    assert pixel[0] > 150 > 50 > pixel[2]


def bomb(width: int, height: int) -> bytes:
    """Return a small PNG that says it has many pixels."""
    header = b"IHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes((8, 2, 0, 0, 0))
    pixels = b"IDAT" + zlib.compress(bytes(100_000))
    parts = [len(part[4:]).to_bytes(4, "big") + part + zlib.crc32(part).to_bytes(4, "big") for part in (header, pixels)]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not a picture"), (b"kein Bild", "not a picture"), (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a picture"),
        (encoded(RED, "JPEG")[:900], "not a picture"), (encoded(RED, "BMP"), "not a picture"),
        (b"%PDF-1.4", "not a picture"), (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 99 99\n", "not a picture"),
        (bomb(8000, 5000), "8000 x 5000"), (bomb(12_000, 10_000), "12000 x 10000"), (bomb(100_000, 100_000), "far too large"),
        (encoded(Image.new("RGB", (40, 400))), "only 40 x 400"), (encoded(Image.new("RGB", (1, 1))), "only 1 x 1"),
    ],
)  # fmt: skip
def test_hostile_pictures_are_refused(content: bytes, reason: str) -> None:
    """What is no picture, cut short, a bomb or an icon is refused with a sentence that says why."""
    with pytest.raises(InputUnreadable, match=reason):
        chapter_picture(content)


SEEDS = [
    encoded(RED, "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"),
    encoded(RED, "PNG"), encoded(RED.convert("P"), "GIF"), encoded(RED, "WEBP"),
]  # fmt: skip


@settings(max_examples=200)
@given(st.sampled_from(SEEDS), st.lists(st.tuples(st.integers(0, 3000), st.binary(min_size=1, max_size=4)), max_size=6))
def test_any_damage_is_survived(seed: bytes, changes: list[tuple[int, bytes]]) -> None:
    """A damaged picture is read or refused; nothing else happens."""
    content = bytearray(seed)
    for place, change in changes:
        content[place % len(seed) : place % len(seed) + len(change)] = change
    try:
        opened(chapter_picture(bytes(content)))
    except InputUnreadable as error:
        assert error.message.startswith("The picture ")


def never(url: str) -> bytes:
    """Stand for a network that must not be asked."""
    raise AssertionError(url)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return an article's folder with pictures, beside what is none of its business."""
    inside = tmp_path / "artikel"
    (inside / "bilder").mkdir(parents=True)
    (inside / "bilder" / "kran eins.png").write_bytes(encoded(RED))
    (inside / "a.png").write_bytes(encoded(RED))
    (tmp_path / "geheim.png").write_bytes(encoded(RED))
    return inside


@pytest.mark.parametrize("reference", ["a.png", "./a.png", "bilder/kran%20eins.png", "bilder/kran eins.png", "a.png?v=2", "a.png#x"])  # fmt: skip
def test_pictures_beside_the_article(folder: Path, reference: str) -> None:
    """Files at or below the article's folder are read, as they are written on pages."""
    assert load_picture(reference, folder, never) == encoded(RED)


def test_nothing_outside_the_folder_is_read(folder: Path) -> None:
    """No way up, no absolute path and no symbolic link leads out of the article's folder."""
    outside = folder.parent / "geheim.png"
    (folder / "link.png").symlink_to(outside)
    (folder / "hinaus").symlink_to(folder.parent)
    for reference in (
        "../geheim.png", "bilder/../../geheim.png", "%2e%2e/geheim.png", "..\\geheim.png", str(outside), "C:\\geheim.png",
        f"file://{outside}", "~/geheim.png", "link.png", "hinaus/geheim.png", "", "a\0.png", "x" * 5000,
    ):  # fmt: skip
        with pytest.raises((InputUnreadable, InputMissing)):
            load_picture(reference, folder, never)


def test_what_is_no_readable_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder, a pipe, something missing and something huge are refused at once."""
    os.mkfifo(folder / "rohr.png")
    for reference in ("bilder", "rohr.png", "fehlt.png"):
        with pytest.raises(InputMissing, match="no picture file"):
            load_picture(reference, folder, None)
    monkeypatch.setattr(pictures, "LARGEST_SOURCE_BYTES", 100)
    with pytest.raises(InputUnreadable, match="larger than"):
        load_picture("a.png", folder, None)
    with pytest.raises(InputUnreadable, match="the article is not a file"):
        load_picture("a.png", None, None)


@pytest.mark.parametrize("reference", ["https://a.example/b.png", "HTTP://a.example/b.png", "//a.example/b.png"])
def test_an_article_from_a_file_asks_nobody(folder: Path, reference: str) -> None:
    """An address is fetched only for an article that was fetched."""
    with pytest.raises(InputUnreadable, match="on the web"):
        load_picture(reference, folder, None)
    assert load_picture(reference, None, lambda url: url.lower().encode()).startswith(b"http")


def script(*images: str | None, lead: str | None = None) -> Script:
    """Return a script whose sections have pictures."""
    return Script("T", None, tuple(ScriptSection(None, (), image) for image in images), image=lead)


def test_pictures_of_an_article_in_a_file(folder: Path, tmp_cache: Cache) -> None:
    """Each section has its picture, the first the lead image; one that is missing is a warning."""
    (folder / "b.png").write_bytes(encoded(RED.rotate(90, expand=True)))
    found = chapter_pictures(
        script(None, "b.png", None, "fehlt.png", "bilder/kran%20eins.png", lead="a.png"),
        PictureSource(folder),
        tmp_cache,
    )
    first, second, third, fourth, fifth = found.images
    assert first is not None
    assert second is not None
    assert (first, third, fourth) == (fifth, None, None)  # the same picture is one file
    assert first.startswith("chapter-01-")
    assert second.startswith("chapter-02-")
    assert opened(found.content[second]).size == (150, 300)
    assert set(found.content) == {first, second}
    assert len(found.warnings) == 1
    assert "fehlt.png" in found.warnings[0]
    assert found.complete


def test_remote_pictures_of_a_file_are_one_warning(folder: Path, tmp_cache: Cache) -> None:
    """For an article from a file nothing on the web is asked for, and one sentence says so."""
    found = chapter_pictures(script("https://a.example/1.png", "//a.example/2.png"), PictureSource(folder), tmp_cache)
    assert found.images == (None, None)
    assert len(found.warnings) == 1
    assert "2 pictures are on the web" in found.warnings[0]


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the addresses asked for, in place of a network; some of them fail."""
    asked: list[str] = []

    def fetched(url: str, *, max_bytes: int, timeout_s: float, allow_private: bool) -> bytes:
        asked.append(url)
        assert (max_bytes, allow_private) == (pictures.LARGEST_SOURCE_BYTES, False)
        if "slow" in url:
            raise StorageError("It took too long to arrive; try again later.")
        if "gone" in url:
            raise InputMissing("There is no page; check the address.")
        return encoded(RED)

    monkeypatch.setattr("narrate.reading.fetch.fetch_picture", fetched)
    return asked


def test_fetched_pictures_are_remembered(network: list[str], tmp_cache: Cache) -> None:
    """What was fetched once is not fetched again, be it for another chapter or in another run."""
    wanted, source = script("https://a.example/1.png", "https://a.example/1.png"), PictureSource(online=True)
    first = chapter_pictures(wanted, source, tmp_cache)
    assert first.images[0] == first.images[1] is not None
    assert chapter_pictures(wanted, source, tmp_cache) == first
    assert network == ["https://a.example/1.png"]


def test_a_network_that_fails_is_left_alone(network: list[str], tmp_cache: Cache) -> None:
    """After a few transfers that failed nobody waits any more, and the next run tries again."""
    addresses = [f"https://a.example/slow{number}.png" for number in range(6)]
    found = chapter_pictures(script(*addresses, lead=None), PictureSource(online=True), tmp_cache)
    assert len(network) == pictures.MOST_FAILED_FETCHES
    assert not found.complete
    assert "3 pictures are not fetched" in found.warnings[-1]


def test_a_picture_that_is_gone_is_gone(network: list[str], tmp_cache: Cache) -> None:
    """What does not exist is warned of once and is no reason to render again."""
    found = chapter_pictures(
        script("https://a.example/gone", "https://a.example/1.png"), PictureSource(online=True), tmp_cache
    )
    assert found.complete
    assert len(found.warnings) == 1
    assert found.images[0] is None
    assert found.images[1] is not None


def test_digests_need_no_network(folder: Path, network: list[str]) -> None:
    """A file counts by its content, an address by itself, and only where it would be fetched."""
    wanted = script("a.png", "https://a.example/1.png", None, "fehlt.png")
    before = picture_digests(wanted, PictureSource(folder))
    assert before[1:] == [None, None, None]
    assert picture_digests(wanted, PictureSource(folder, online=True))[1] == "https://a.example/1.png"
    (folder / "a.png").write_bytes(b"anders")
    assert picture_digests(wanted, PictureSource(folder))[0] != before[0]
    assert picture_digests(replace(wanted, sections=()), PictureSource()) == []
    assert not network


@given(st.text(st.characters(), max_size=40))
def test_any_reference_is_read_or_refused(reference: str) -> None:
    """Whatever an article names, there is a picture or a sentence."""
    try:
        load_picture(reference, Path(__file__).parent, None)
    except NarrateError as error:
        assert error.message.isprintable()
