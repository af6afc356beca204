"""Content Credentials: what is signed stays whole, and nothing half is left."""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
from pathlib import Path

import pytest

from narrate.audio import ffmpeg
from narrate.checks.episode.tag import tag as verify_tag
from narrate.episode.manifest import TOOL
from narrate.episode.signing.sign import Credentials, Statement, open_credentials, sign, state
from narrate.episode.tags import RULE_BASED, TRAINED
from narrate.model import Chapter
from narrate.model.errors import EngineUnavailable, OutputRefused, SoundError, StorageError
from narrate.model.settings import Encoding
from tests.episode.signing.certificates import Authority, Signer
from tests.episode.test_tags import TITLES, mp3, tag
from tests.show.shows import episode_of

c2pa = pytest.importorskip("c2pa", reason="Content Credentials need the extra c2pa")
needs_ffprobe = pytest.mark.skipif(not shutil.which("ffprobe"), reason="ffprobe is not installed")
needs_openssl = pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Return an authority for all tests."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def signer(authority: Authority) -> Signer:
    """Return the files of a good signer."""
    return authority.signer()


@pytest.fixture(scope="module")
def credentials(signer: Signer) -> Credentials:
    """Return good credentials."""
    return open_credentials(signer.chain, signer.key)


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory, credentials: Credentials) -> Path:
    """Return a signed episode of four chapters; ``plain.mp3`` beside it is the same before."""
    folder = tmp_path_factory.mktemp("signed")
    plain = mp3(folder / "plain.mp3", tag())
    return signed_copy(plain, credentials)


def signed_copy(plain: Path, credentials: Credentials, source_type: str = RULE_BASED) -> Path:
    """Sign a file; return the copy beside it."""
    target = plain.with_name("signed.mp3")
    sign(plain, target, credentials, Statement("Titel Ä", "de", source_type, TOOL))
    return target


def players_chapters(path: Path) -> list[tuple[str, int]]:
    """Return title and start of each chapter as ffprobe lists them."""
    command = ["ffprobe", "-v", "error", "-show_chapters", "-of", "json", str(path)]
    told = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return [(one["tags"]["title"], round(float(one["start_time"]) * 1000)) for one in told["chapters"]]


def packets(path: Path) -> bytes:
    """Return the MD5 of the sound's packets."""
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-map", "0:a", "-c", "copy", "-f", "md5", "-"]
    return subprocess.run(command, capture_output=True, check=True).stdout


def test_the_source_type_is_the_engines(tmp_path: Path, credentials: Credentials) -> None:
    """A neural voice is signed as one."""
    found = state(signed_copy(mp3(tmp_path / "plain.mp3", tag()), credentials, TRAINED))
    assert found is not None
    assert found.source_type == TRAINED


def test_our_own_rules_for_tags_hold_after_signing(signed: Path) -> None:
    """Order of the chapters, table of contents, disclosure: nothing that we check was lost."""
    content = signed.read_bytes()
    content = content[: 10 + (content[6] << 21 | content[7] << 14 | content[8] << 7 | content[9])]
    chapters = [Chapter(number * 1000, number * 1000 + 1000, title) for number, title in enumerate(TITLES)]
    episode = episode_of(1, digital_source_type=RULE_BASED, cover="cover.jpg")
    assert list(verify_tag(content, "a.mp3", episode, "Titel Ä", 4000, chapters)) == []


def test_a_clip_without_chapters_can_be_signed(tmp_path: Path, credentials: Credentials) -> None:
    """So can a file without any tag."""
    path = signed_copy(mp3(tmp_path / "plain.mp3", tag(chapters=())), credentials)
    assert state(path) is not None
    bare = tmp_path / "bare.mp3"
    bare.write_bytes(ffmpeg.encode(bytes(2 * 22_050), 22_050, Encoding()))
    sign(bare, tmp_path / "b.mp3", credentials, Statement("x", "de", RULE_BASED, TOOL))
    assert state(tmp_path / "b.mp3") is not None


def test_what_is_no_mp3_is_refused(tmp_path: Path, credentials: Credentials) -> None:
    """The library's complaint is one sentence, and no file is left; nor is one overwritten."""
    plain = tmp_path / "plain.mp3"
    plain.write_bytes(b"RIFF" * 100)
    with pytest.raises(SoundError, match="unsupported"):
        signed_copy(plain, credentials)
    assert [path.name for path in tmp_path.iterdir()] == ["plain.mp3"]
    with pytest.raises(OutputRefused):
        sign(plain, plain, credentials, Statement("x", "de", RULE_BASED, TOOL))
    assert plain.read_bytes() == b"RIFF" * 100


def test_nothing_is_signed_twice(signed: Path, tmp_path: Path, credentials: Credentials) -> None:
    """A signed file is refused."""
    with pytest.raises(SoundError, match="signed already"):
        sign(signed, tmp_path / "b.mp3", credentials, Statement("x", "de", RULE_BASED, TOOL))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("title", ["", "]]>", "a\x00b", "😀", "x" * 5000, "\n", "../../x"])
def test_any_title_can_stand_in_the_statement(tmp_path: Path, credentials: Credentials, title: str) -> None:
    """A title is only text."""
    plain = mp3(tmp_path / "plain.mp3", tag())
    sign(plain, tmp_path / "b.mp3", credentials, Statement(title, "de", RULE_BASED, TOOL))
    found = state(tmp_path / "b.mp3")
    assert found is not None
    assert found.state == "Valid"


@needs_openssl
def test_a_time_stamp_is_read_back(authority: Authority, signer: Signer, tmp_path: Path) -> None:
    """A service's time stamp is in the signature, which is still trusted."""
    with authority.time_stamps() as address:
        credentials = open_credentials(signer.chain, signer.key, address)
        path = signed_copy(mp3(tmp_path / "plain.mp3", tag()), credentials)
    found = state(path, signer.root)
    assert found is not None
    assert found.state == "Trusted"
    assert found.signed_at is not None


def test_a_silent_time_stamp_service_publishes_nothing(signer: Signer, tmp_path: Path) -> None:
    """Nobody answers: exit code 69, the host is named and no password, and no file is left."""
    credentials = open_credentials(signer.chain, signer.key, "http://name:geheim@127.0.0.1:9/tsa")
    plain = mp3(tmp_path / "plain.mp3", tag())
    with pytest.raises(EngineUnavailable, match=r"127\.0\.0\.1") as refused:
        signed_copy(plain, credentials)
    assert "geheim" not in refused.value.message
    assert [path.name for path in tmp_path.iterdir()] == ["plain.mp3"]


def test_a_full_disk_leaves_nothing(tmp_path: Path, credentials: Credentials) -> None:
    """A copy that cannot be written whole is not there, and the exit code is the disk's."""
    plain = mp3(tmp_path / "plain.mp3", tag())
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, limits[1]))
    try:
        with pytest.raises(StorageError):
            signed_copy(plain, credentials)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert [path.name for path in tmp_path.iterdir()] == ["plain.mp3"]
