"""Verifying episodes and shows: a good one has no finding, every rule finds its own fault, nothing crashes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutagen import id3

from narrate.audio import mp3_frames
from narrate.checks.episode.verify import Finding, verify
from narrate.episode import tags
from narrate.episode.cover import generated_cover
from narrate.episode.manifest import NAME, TOOL
from narrate.episode.publication import at_hour, episode_guid
from narrate.episode.release import Release
from narrate.episode.signing.sign import Statement, open_credentials, sign
from narrate.model import Chapter
from narrate.model.episode import Publication
from narrate.model.errors import InputMissing, InputUnreadable
from narrate.show.show import open_show
from narrate.show.site import write_site
from narrate.system.cache import Cache
from narrate.system.files import sha256_of
from narrate.voices.cached_engine import CachedEngine
from tests.articles import small_script
from tests.dummies import ToneEngine
from tests.episodes import Renderer
from tests.show.shows import TOML

AUDIO = "der-markt-am-fluss.mp3"
CLIP = "clips/02-die-haendler.mp3"
pytestmark = pytest.mark.slow
EPISODE = "der-markt"
Change = Callable[[Path, dict[str, Any]], object]


def load(folder: Path) -> dict[str, Any]:
    """Return a manifest."""
    whole: dict[str, Any] = json.loads((folder / NAME).read_text("utf-8"))
    return whole


def seal(folder: Path, manifest: dict[str, Any]) -> None:
    """Write a manifest that agrees with the files as they are now."""
    for file in manifest["files"]:
        if (folder / file["path"]).is_file():
            file["size_bytes"] = (folder / file["path"]).stat().st_size
            file["sha256"] = sha256_of(folder / file["path"])
    (folder / NAME).write_text(json.dumps(manifest), "utf-8")


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a show of one whole episode; nobody may change it."""
    root = tmp_path_factory.mktemp("good")
    folder = root / "show"
    folder.mkdir()
    (folder / "show.toml").write_text(TOML, "utf-8")
    cache = Cache(root / "cache")
    engine = CachedEngine(ToneEngine(), cache)
    script = replace(small_script(), url="https://zeitung.example/markt")
    show = open_show(folder)
    day = Publication(guid=episode_guid(show.guid, "x"), source="0" * 16, published=at_hour(date(2026, 11, 3)))
    release = Release(folder / EPISODE, day)
    Renderer(folder / EPISODE, {"tone": engine}, cache).render(script, release=release)
    write_site(show, cache)
    engine.close()
    cache.close()
    return folder


@pytest.fixture
def show(good: Path, tmp_path: Path) -> Path:
    """Return a copy of the good show, to be harmed."""
    return Path(shutil.copytree(good, tmp_path / "show"))


def rules(path: Path) -> set[str]:
    """Return the rules that something breaks."""
    return {finding.rule for finding in verify(path)}


def test_what_narrate_renders_is_well(good: Path) -> None:
    """A rendered episode and its show have no finding, by folder or by file."""
    assert [str(finding) for finding in verify(good)] == []
    assert verify(good / EPISODE) == []
    assert verify(good / EPISODE / NAME) == []


def retag(**changes: Any) -> Change:
    """Return a change that writes the episode's tag anew, with other values."""

    def change(folder: Path, manifest: dict[str, Any]) -> None:
        chapters = tuple(
            Chapter(one["start_ms"], one["end_ms"], one["title"], one["url"]) for one in manifest["chapters"]
        )
        whole = tags.Tag(
            manifest["title"], "A", "B", manifest["duration_ms"], "Synthetisch.", manifest["digital_source_type"],
            "narrate", chapters, "Text.", generated_cover("x", "y"),
        )  # fmt: skip
        if "chapters" in changes:
            changes["chapters"] = tuple(changes["chapters"](list(chapters)))
        _with_tag(folder / AUDIO, tags.tag_bytes(replace(whole, **changes)))

    return change


def _with_tag(path: Path, tag: bytes) -> None:
    content = path.read_bytes()
    path.write_bytes(tag + content[tag_end(content) :])


def tag_end(content: bytes | bytearray) -> int:
    """Return where the sound begins."""
    return 10 + (content[6] << 21 | content[7] << 14 | content[8] << 7 | content[9])


def in_tag(old: bytes, new: bytes, count: int = 1) -> Change:
    """Return a change of bytes of equal number in the episode's tag."""

    def change(folder: Path, manifest: dict[str, Any]) -> None:
        content = (folder / AUDIO).read_bytes()
        end = tag_end(content)
        assert old in content[:end] and len(old) == len(new)
        (folder / AUDIO).write_bytes(content[:end].replace(old, new, count) + content[end:])

    return change


def newer_tag(folder: Path, manifest: dict[str, Any]) -> None:
    """Write the tag as ID3v2.4, with a title of a chapter that such a tag hides from players."""
    whole = id3.ID3(folder / AUDIO)
    whole.getall("CHAP")[0].sub_frames["TIT2"].text = ["x" * 130]
    whole.save(folder / AUDIO, v2_version=4)


def double_chapter(folder: Path, manifest: dict[str, Any]) -> None:
    """Give two chapters one id."""
    content = (folder / AUDIO).read_bytes()
    at = content.index(b"chp1", content.index(b"CHAP"))
    (folder / AUDIO).write_bytes(content[:at] + b"chp0" + content[at + 4 :])


def swapped_chapters(folder: Path, manifest: dict[str, Any]) -> None:
    """Put the last CHAP frame before the others, as a writer that sorts by size does."""
    content = (folder / AUDIO).read_bytes()
    first, last = content.index(b"CHAP"), content.rindex(b"CHAP", 0, tag_end(content))
    size = 10 + int.from_bytes(content[last + 4 : last + 8], "big")
    frame = content[last : last + size]
    (folder / AUDIO).write_bytes(content[:first] + frame + content[first:last] + content[last + size :])


def sound(alter: Callable[[bytearray, int], bytes | bytearray], path: str = AUDIO) -> Change:
    """Return a change of the sound; the function gets the file and where its frames begin."""

    def change(folder: Path, manifest: dict[str, Any]) -> None:
        content = bytearray((folder / path).read_bytes())
        (folder / path).write_bytes(alter(content, tag_end(content)))

    return change


def stereo_frame(content: bytearray, start: int) -> bytearray:
    """Call the last frame stereo."""
    content[nth_frame(content, start, 3) + 3] &= 0x3F
    return content


def other_rate(content: bytearray, start: int) -> bytes:
    """Put a frame of 32 kbit/s in the place of one."""
    at = nth_frame(content, start, 3)
    size = mp3_frames.read_header(bytes(content[at : at + 4])).size_bytes
    frame = bytes((0xFF, 0xFB, 1 << 4, 0xC0))
    small = frame.ljust(mp3_frames.read_header(frame).size_bytes, b"\0")
    return refilled(bytes(content[:at]) + small + bytes(content[at + size :]), start)


def refilled(content: bytes, start: int) -> bytes:
    """Write the size into the Info frame anew."""
    at = start + 21 + 12
    return content[:at] + (len(content) - start).to_bytes(4, "big") + content[at + 4 :]


def nth_frame(content: bytearray, start: int, number: int) -> int:
    """Return where a frame begins."""
    for _ in range(number):
        start += mp3_frames.read_header(bytes(content[start : start + 4])).size_bytes
    return start


def dead_frames(content: bytearray, start: int) -> bytearray:
    """Let forty frames promise more than a frame can hold."""
    at = nth_frame(content, start, 20)
    for _ in range(40):
        size = mp3_frames.read_header(bytes(content[at : at + 4])).size_bytes
        content[at + 4 : at + 21] = b"\xff" * 17
        at += size
    return content


def shorter_padding(content: bytearray, start: int) -> bytearray:
    """Let the Info frame tell of more padding, so that the end is cut."""
    at = start + 21 + 120 + 21
    content[at : at + 3] = (576 << 12 | 4000).to_bytes(3, "big")
    return content


def put(**values: Any) -> Change:
    """Return a change of keys of the manifest."""
    return lambda folder, manifest: manifest.update(values)


def at(*path: str | int, value: Any) -> Change:
    """Return a change of one place in the manifest."""

    def change(folder: Path, manifest: dict[str, Any]) -> None:
        place: Any = manifest
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value(place[path[-1]]) if callable(value) else value

    return change


def in_file(name: str, old: str, new: str) -> Change:
    """Return a change of the first place in a text file."""

    def change(folder: Path, manifest: dict[str, Any]) -> None:
        text = (folder / name).read_text("utf-8")
        assert old in text, text[:500]
        (folder / name).write_text(text.replace(old, new, 1), "utf-8")

    return change


def remove(key: str) -> Change:
    """Return a change that leaves a key of the manifest out."""
    return lambda folder, manifest: manifest.pop(key) and None


def unlist(name: str) -> Change:
    """Return a change that strikes a file from the list and removes it."""

    def change(folder: Path, manifest: dict[str, Any]) -> None:
        manifest["files"] = [file for file in manifest["files"] if file["path"] != name]
        (folder / name).unlink()

    return change


def gap(folder: Path, manifest: dict[str, Any]) -> None:
    """Let the second chapter start a little late, everywhere."""
    chapter = manifest["chapters"][1]
    old = chapter["start_ms"]
    chapter["start_ms"] = manifest["clips"][1]["start_ms"] = old + 1
    in_file("chapters.json", f'"startTime": {old / 1000}', f'"startTime": {(old + 1) / 1000}')(folder, manifest)
    retag()(folder, manifest)


def utf8_frame(folder: Path, manifest: dict[str, Any]) -> None:
    """Call the language's encoding UTF-8, which ID3v2.3 does not have."""
    content = bytearray((folder / AUDIO).read_bytes())
    content[content.index(b"TLAN") + 10] = 3
    (folder / AUDIO).write_bytes(content)


def words(cue: int, *values: list[int]) -> Change:
    """Return a change of the words of a cue."""

    def change(folder: Path, manifest: dict[str, Any]) -> None:
        start = manifest["cues"][cue]["start_ms"]
        whole: dict[str, Any] = {"version": 1, "cues": [[] for _ in manifest["cues"]]}
        whole["cues"][cue] = [[*value[:2], *(start + ms for ms in value[2:])] for value in values]
        (folder / "words.json").write_text(json.dumps(whole), "utf-8")

    return change


def cover(content: bytes) -> Change:
    """Return a change of the cover's bytes, under a name that fits."""

    def change(folder: Path, manifest: dict[str, Any]) -> None:
        (folder / manifest["cover"]).write_bytes(content)

    return change


HARMS: list[tuple[str, Change]] = [
    ("manifest", remove("audio")),
    ("manifest", remove("soundbite")),
    ("manifest", put(schema_version=2)),
    ("manifest", put(duration_ms="long")),
    ("manifest", put(digital_source_type="http://example.org/human")),
    ("manifest", at("publication", "guid", value="1")),
    ("manifest", at("publication", "published", value="2026-11-03")),
    ("manifest", at("files", 0, "path", value="../../etc/passwd")),
    ("file-unlisted", unlist("transcript.srt")),
    ("file-unlisted", unlist(CLIP)),
    ("file-twice", lambda folder, manifest: manifest["files"].append(dict(manifest["files"][0]))),
    ("file-type", at("files", 0, "type", value="audio/mp3")),
    ("image-name", cover(generated_cover("anders", "x"))),
    ("chapters-gap", gap),
    ("chapters-json-other", in_file("chapters.json", "Die Händler", "Die Kunden")),
    ("chapters-json", in_file("chapters.json", '"version": "', '"version": 1, "x": "')),
    ("cues-samples", at("cues", 1, "start_sample", value=lambda sample: sample + 90)),
    ("clip-chapter", at("clips", 1, "start_ms", value=lambda ms: ms + 1)),
    ("soundbite", put(soundbite={"start_ms": 200_000, "duration_ms": 15_000, "title": "x"})),
    ("tag-missing", sound(lambda content, start: content[start:])),
    ("tag-broken", in_tag(b"TLAN", b"TL\0N")),
    ("tag-broken", in_tag(b"ID3\x03\x00\x00", b"ID3\x03\x00\x80")),
    ("tag-encoding", utf8_frame),
    ("tag-title", retag(title="Ein ganz anderer Titel")),
    ("tag-length", retag(length_ms=24_000)),
    ("tag-cover", retag(cover=b"")),
    ("disclosure-source", retag(source_type=tags.TRAINED)),
    ("disclosure", in_tag("AI-DISCLOSURE".encode("utf-16-le"), "AI-DISCLOSURX".encode("utf-16-le"))),
    ("disclosure-comment", in_tag(b"COMM", b"COMX")),
    ("chap-count", retag(chapters=lambda listed: listed[:2])),
    ("chap-times", retag(chapters=lambda listed: [replace(listed[0], end_ms=listed[0].end_ms - 1), *listed[1:]])),
    ("chap-title", retag(chapters=lambda listed: [*listed[:2], replace(listed[2], title="Der Brief")])),
    ("chap-link", retag(chapters=lambda listed: [*listed[:2], replace(listed[2], url=None)])),
    ("chap-order", swapped_chapters),
    ("chap-offset", in_tag(b"\xff" * 8, b"\0" * 8)),
    ("ctoc", in_tag(b"toc\0\x03", b"toc\0\x01")),
    ("ctoc", in_tag(b"toc\0\x03\x03chp0\0chp1", b"toc\0\x03\x03chp1\0chp0")),
    ("ctoc", in_tag(b"CTOC", b"XTOC")),
    ("mp3-garbage", sound(lambda content, start: content + b"TAG" + bytes(125))),
    ("mp3-frame", sound(stereo_frame)),
    ("mp3-frame", sound(other_rate)),
    ("mp3-decode", sound(dead_frames)),
    ("loudness", put(loudness_lufs=-18.0)),
    ("true-peak", put(true_peak_dbtp=-3.0)),
    ("transcript-format", in_file("transcript.vtt", "WEBVTT", "WEBVT")),
    ("transcript-format", in_file("transcript.vtt", ".", ",")),
    ("transcript-format", in_file("transcript.vtt", "Stimmen ", "Stimmen & ")),
    ("transcript-format", in_file("transcript.srt", ",", ".")),
    ("transcript-format", in_file("transcript.json", '"1.0.0"', "1.0")),
    ("transcript-format", in_file("transcript.json", '"segments"', '"parts"')),
    ("transcript-times", in_file("transcript.vtt", "00:00:00.", "00:00:01.")),
    ("transcript-times", in_file("transcript.srt", "00:00:00,", "00:00:01,")),
    ("transcript-times", in_file("transcript.json", '"startTime": 0', '"startTime": 1')),
    ("transcript-text", in_file("transcript.vtt", "Markt", "Platz")),
    ("transcript-text", in_file("transcript.srt", "Markt", "Platz")),
    ("transcript-text", in_file("transcript.json", "Markt", "Platz")),
    ("transcript-text", in_file("transcript.html", "Fisch", "Fleisch")),
    ("transcript-text", in_file("transcript.txt", "Fisch", "Fleisch")),
    ("transcript-speaker", in_file("transcript.vtt", "<v Ada Beispiel", "<v Ben Muster")),
    ("transcript-speaker", in_file("transcript.json", '"Ada Beispiel"', '"Ben Muster"')),
    ("words", lambda folder, manifest: (folder / "words.json").write_text("[")),
    ("words", lambda folder, manifest: (folder / "words.json").write_text('{"version": 1, "cues": []}')),
    ("words", words(1, [0, 3, 0])),
    ("words", words(1, [0, 999, 0, 10])),
    ("words", words(1, [4, 7, 0, 10], [0, 3, 20, 30])),
    ("words", words(1, [0, 3, 0, 99_999])),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "harm"), HARMS, ids=[f"{n}-{rule}" for n, (rule, _) in enumerate(HARMS)])
def test_each_rule_finds_its_fault(show: Path, rule: str, harm: Change) -> None:
    """A fault sown into a good episode, whose manifest agrees with its files, is found by its rule and no other."""
    folder = show / EPISODE
    manifest = load(folder)
    harm(folder, manifest)
    seal(folder, manifest)
    assert rules(folder) == {rule}


def test_words_that_fit_are_no_fault(show: Path) -> None:
    """Times of words inside their cue are well."""
    folder = show / EPISODE
    words(1, [0, 3, 0, 10], [4, 9, 10, 90])(folder, load(folder))
    seal(folder, load(folder))
    assert rules(folder) == set()


TOGETHER: list[tuple[set[str], Change]] = [
    ({"tag-version", "chap-hidden", "chap-title"}, newer_tag),
    ({"chap-id"}, double_chapter),
    ({"mp3-cut"}, sound(lambda content, start: content[:-100])),
    ({"mp3-cut"}, sound(lambda content, start: content[:-100], CLIP)),
    ({"mp3-info"}, sound(lambda content, start: content[:start] + content[nth_frame(content, start, 1) :])),
    ({"duration"}, sound(shorter_padding)),
    ({"clip-length", "tag-length"}, sound(shorter_padding, CLIP)),
    ({"chapters-count", "chap-count", "chapters-json-other", "cues-chapter", "clip-chapter"}, put(chapters=[])),
    ({"chapters-end", "duration", "tag-length"}, put(duration_ms=25_000)),
    ({"cues-count", "transcript-times", "words"}, put(cues=[])),
    ({"cues-order", "transcript-times"}, at("cues", 1, "start_ms", value=0)),
]


@pytest.mark.parametrize(("wanted", "harm"), TOGETHER)
def test_some_faults_break_several_rules(show: Path, wanted: set[str], harm: Change) -> None:
    """A fault that cannot be told by one rule alone is told by at least those that name it."""
    folder = show / EPISODE
    manifest = load(folder)
    harm(folder, manifest)
    seal(folder, manifest)
    assert wanted <= rules(folder)


def test_files_are_what_was_rendered(show: Path) -> None:
    """Missing, longer and altered files are told apart; foreign ones are only a note."""
    folder = show / EPISODE
    (folder / "transcript.txt").unlink()
    (folder / "transcript.html").write_bytes((folder / "transcript.html").read_bytes() + b"\n")
    svg = (folder / "waveform.svg").read_bytes()
    (folder / "waveform.svg").write_bytes(svg[:-1] + b" ")
    (folder / "cuts").mkdir()
    (folder / "cuts" / "mine.mp3").touch()
    (folder / "notes.doc").touch()
    told = {(finding.file, finding.rule, finding.severity) for finding in verify(folder)}
    assert told == {
        ("transcript.txt", "file-missing", "error"),
        ("transcript.html", "file-size", "error"),
        ("waveform.svg", "file-digest", "error"),
        ("notes.doc", "file-unexpected", "note"),
    }


def test_a_link_out_of_the_folder_is_refused(show: Path, tmp_path: Path) -> None:
    """A file that is a link to somewhere else is not verified there."""
    folder = show / EPISODE
    (folder / "transcript.txt").rename(tmp_path / "elsewhere.txt")
    (folder / "transcript.txt").symlink_to(tmp_path / "elsewhere.txt")
    assert rules(folder) == {"file-outside"}


def in_feed(old: str, new: str) -> Change:
    """Return a change of the show's feed."""
    return lambda folder, manifest: in_file("feed.xml", old, new)(folder.parent, manifest)


def twin(folder: Path, manifest: dict[str, Any]) -> None:
    """Copy the episode."""
    shutil.copytree(folder, folder.parent / "kopie")


def another(folder: Path, manifest: dict[str, Any]) -> None:
    """Add an episode of its own that the feed does not name."""
    twin(folder, manifest)
    other = load(folder.parent / "kopie")
    other["publication"]["guid"] = "00000000-0000-4000-8000-000000000000"
    seal(folder.parent / "kopie", other)


SHOW_HARMS: list[tuple[str, Change]] = [
    ("feed-missing", lambda folder, manifest: (folder.parent / "feed.xml").unlink()),
    ("guid-same", twin),
    ("feed-lacks", another),
    ("feed-unlisted", at("publication", "listed", value=False)),
    ("publication", put(publication=None)),
    ("feed-duration", in_feed("<itunes:duration>", "<itunes:duration>1")),
    ("feed-enclosure", lambda folder, manifest: in_feed(f"{EPISODE}/{AUDIO}", f"{EPISODE}/{CLIP}")(folder, manifest)),
    ("page-missing", lambda folder, manifest: (folder / "index.html").unlink()),
    ("show-state", lambda folder, manifest: (folder.parent / "show.json").write_text("{")),
    ("guid-other", lambda folder, manifest: (folder.parent / "show.json").write_text('{"guid": "1"}')),
    ("show", lambda folder, manifest: (folder.parent / "show.toml").write_text("x = 1")),
    ("base-url", lambda folder, manifest: (folder.parent / "show.toml").write_text('title = "x"')),
    ("language", in_feed("<language>de<", "<language>deutsch<")),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "harm"), SHOW_HARMS, ids=[rule for rule, _ in SHOW_HARMS])
def test_a_show_and_its_feed_belong_together(show: Path, rule: str, harm: Change) -> None:
    """The feed names just the published episodes, as their manifests have them, and the pages are there."""
    folder = show / EPISODE
    manifest = load(folder)
    harm(folder, manifest)
    seal(folder, manifest)
    allowed = {"publication": {"feed-stranger"}, "feed-enclosure": {"enclosure-size"}}.get(rule, set())
    assert rules(show) - allowed == {rule}


def test_episodes_of_a_show_are_verified_too(show: Path) -> None:
    """A fault in an episode is found from its show, under the episode's folder."""
    (show / EPISODE / "words.json").unlink()
    (finding,) = verify(show)
    assert finding.file == f"{EPISODE}/words.json"


def test_what_is_no_episode_is_refused(tmp_path: Path) -> None:
    """A missing path and a folder that is neither an episode nor a show are told apart."""
    with pytest.raises(InputMissing):
        verify(tmp_path / "nowhere")
    with pytest.raises(InputUnreadable):
        verify(tmp_path)


def certificates(folder: Path) -> tuple[Path, Path, Path]:
    """Write a root, a chain that leads to it, and the key of its leaf; return their paths."""
    name = [x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, each)]) for each in ("Wurzel", "Redaktion")]
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in name]
    now = datetime.now(UTC)
    made = []
    for number, (subject, key) in enumerate(zip(name, keys, strict=True)):
        builder = x509.CertificateBuilder(name[0], subject, key.public_key(), x509.random_serial_number())
        builder = builder.not_valid_before(now - timedelta(1)).not_valid_after(now + timedelta(30))
        usage = x509.KeyUsage(number == 1, False, False, False, False, number == 0, number == 0, False, False)
        extensions: list[tuple[x509.ExtensionType, bool]] = [
            (x509.BasicConstraints(ca=number == 0, path_length=None), True),
            (usage, True),
            (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
            (x509.AuthorityKeyIdentifier.from_issuer_public_key(keys[0].public_key()), False),
        ]
        if number:
            extensions.append((x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), False))
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical)
        made.append(builder.sign(keys[0], hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    key_pem = keys[1].private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    paths = folder / "root.pem", folder / "chain.pem", folder / "key.pem"
    for path, content in zip(paths, (made[0], made[1] + made[0], key_pem), strict=True):
        path.write_bytes(content)
    paths[2].chmod(0o600)
    return paths


@pytest.fixture(scope="module")
def signed(good: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return the good episode, signed, and the root that its signature leads back to."""
    pytest.importorskip("c2pa", reason="c2pa-python is not installed")
    root, chain, key = certificates(tmp_path_factory.mktemp("keys"))
    folder = Path(shutil.copytree(good / EPISODE, tmp_path_factory.mktemp("signed") / "episode"))
    manifest = load(folder)
    credentials = open_credentials(chain, key)
    for path in (folder / name for name in (AUDIO, *(clip["path"] for clip in manifest["clips"]))):
        copy = path.with_suffix(".new")
        sign(path, copy, credentials, Statement("Titel", "de", manifest["digital_source_type"], TOOL))
        copy.replace(path)
    seal(folder, manifest)
    return folder, root


def test_a_signed_episode_is_well(signed: tuple[Path, Path], tmp_path: Path) -> None:
    """A signature that holds is well without anchors and with its own; it must lead back to those that are given."""
    folder, root = signed
    assert [str(finding) for finding in verify(folder, require_signature=True)] == []
    assert verify(folder, root, require_signature=True) == []
    other, _, _ = certificates(tmp_path)
    assert {finding.rule for finding in verify(folder, other)} == {"signature"}


def test_a_broken_signature_is_an_error(signed: tuple[Path, Path], tmp_path: Path) -> None:
    """A byte changed after signing breaks the signature, though everything else agrees."""
    folder = Path(shutil.copytree(signed[0], tmp_path / "episode"))
    manifest = load(folder)
    content = (folder / AUDIO).read_bytes()
    assert b"Podcast" in content[: tag_end(content)]
    (folder / AUDIO).write_bytes(content.replace(b"Podcast", b"Padcost", 1))
    seal(folder, manifest)
    (finding,) = verify(folder)
    assert (finding.rule, finding.file) == ("signature", AUDIO)
    assert "dataHash" in finding.message


def test_a_signature_says_what_the_manifest_says(signed: tuple[Path, Path], tmp_path: Path) -> None:
    """The kind of source in the signature is the manifest's."""
    folder = Path(shutil.copytree(signed[0], tmp_path / "episode"))
    manifest = load(folder)
    manifest["digital_source_type"] = tags.TRAINED
    seal(folder, manifest)
    assert rules(folder) == {"signature-source", "disclosure-source"}


def test_an_unsigned_episode_fails_where_a_signature_is_required(good: Path) -> None:
    """Without a signature every sound file of the good episode is an error, if one is required."""
    told = {(finding.rule, finding.severity) for finding in verify(good / EPISODE, require_signature=True)}
    assert told == {("signature-missing", "error")}


@pytest.fixture(scope="module")
def scratch(good: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the episode that tests harm and mend again."""
    return Path(shutil.copytree(good / EPISODE, tmp_path_factory.mktemp("scratch") / "episode"))


def judged(folder: Path) -> list[Finding]:
    """Return what is found, each a sentence on one line."""
    findings = verify(folder)
    for finding in findings:
        assert finding.message.endswith(".")
        assert len(str(finding).splitlines()) == 1
    return findings


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.data())
def test_any_harm_to_a_file_is_found(scratch: Path, data: st.DataObject) -> None:
    """A byte flipped or an end cut in any file that the manifest lists is an error, and never a traceback."""
    path = scratch / data.draw(st.sampled_from(load(scratch)["files"]))["path"]
    content = path.read_bytes()
    at = data.draw(st.integers(0, len(content) - 1))
    cut = data.draw(st.booleans())
    path.write_bytes(content[:at] if cut else content[:at] + bytes((content[at] ^ 0x55,)) + content[at + 1 :])
    try:
        assert any(finding.severity == "error" for finding in judged(scratch))
    finally:
        path.write_bytes(content)


@pytest.mark.slow
@settings(max_examples=60)
@given(st.data())
def test_a_sealed_harm_never_crashes(scratch: Path, data: st.DataObject) -> None:
    """Bytes changed in any file, with a manifest that agrees, are judged without a traceback."""
    manifest = load(scratch)
    path = scratch / data.draw(st.sampled_from(manifest["files"]))["path"]
    content = path.read_bytes()
    at = data.draw(st.integers(0, min(len(content) - 1, 4000)))
    path.write_bytes(content[:at] + data.draw(st.binary(max_size=8)) + content[at + data.draw(st.integers(0, 8)) :])
    seal(scratch, manifest)
    try:
        judged(scratch)
    finally:
        path.write_bytes(content)
        seal(scratch, manifest)


@given(st.data())
def test_a_cut_manifest_is_an_error(good: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """A manifest that ends early is an error."""
    folder = tmp_path_factory.mktemp("cut")
    content = (good / EPISODE / NAME).read_bytes()
    (folder / NAME).write_bytes(content[: data.draw(st.integers(0, len(content) - 3))])
    assert [finding.rule for finding in judged(folder)] == ["manifest"]


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=5), below, max_size=3),
    max_leaves=5,
)


@pytest.mark.slow
@given(st.data())
def test_any_manifest_is_judged(scratch: Path, data: st.DataObject) -> None:
    """Whatever stands in a manifest's place, or in any place of it, is judged without a traceback."""
    content = (scratch / NAME).read_bytes()
    manifest = load(scratch)
    place: Any = manifest
    while isinstance(place, dict | list) and place:
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if data.draw(st.booleans()) or not isinstance(place[key], dict | list) or not place[key]:
            place[key] = data.draw(ANY)
            break
        place = place[key]
    (scratch / NAME).write_text(json.dumps(manifest), "utf-8")
    try:
        judged(scratch)
    finally:
        (scratch / NAME).write_bytes(content)


@pytest.mark.parametrize("content", [b"", b"null", b"[]", b"{}", b"[" * 100_000, b"\xff", b'{"audio": NaN}'])
def test_what_is_no_manifest_is_said(tmp_path: Path, content: bytes) -> None:
    """A manifest that is none is one error that says to render again."""
    (tmp_path / NAME).write_bytes(content)
    (finding,) = judged(tmp_path)
    assert finding.severity == "error"
    assert "render" in finding.message


def test_titles_the_tag_had_to_cut_are_no_fault(show: Path) -> None:
    """A tag may cut a long title; the manifest keeps it whole."""
    folder = show / EPISODE
    manifest = load(folder)
    whole = "Ein sehr langer Titel, " * 20
    in_file("chapters.json", "Ein Brief", whole)(folder, manifest)
    manifest["chapters"][2]["title"] = manifest["clips"][2]["title"] = whole
    retag()(folder, manifest)
    seal(folder, manifest)
    assert {(one.rule, one.file) for one in verify(folder)} == {("tag-title", manifest["clips"][2]["path"])}
