"""Reads and writes under conditions on a loopback S3 server."""

from __future__ import annotations

import re
import tracemalloc
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrate.model.errors import NarrateError, OutputRefused, StorageError, WrongUse
from narrate.show.s3.bucket import FOR_EVER, PART_BYTES, PARTS_AT_ONCE, Bucket, pause
from tests.show.s3.service import BUCKET, SECRET, Gateway, Server, begin_upload, objects, uploads, without_conditions

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")]


@pytest.fixture
def bucket(server: Server) -> Bucket:
    """Return a prefix of the empty bucket."""
    return Bucket(f"s3://{BUCKET}/a/b/")


def test_what_is_written_comes_back(bucket: Bucket) -> None:
    """Content, size and name; the prefix is nobody else's business."""
    assert bucket.create("x/y.mp3", b"sound")
    found = bucket.read("x/y.mp3")
    assert found is not None and found[0] == b"sound"
    assert bucket.read("x/y.mp3", 2) == (b"so", found[1])
    assert {name: one.size_bytes for name, one in bucket.list("x/").items()} == {"x/y.mp3": 5}
    bucket.delete("x/y.mp3")
    bucket.delete("x/y.mp3")
    assert bucket.read("x/y.mp3") is None


def test_a_name_is_given_once(bucket: Bucket) -> None:
    """Create refuses a name that is taken, and what is there stays."""
    assert [bucket.create("n", b"1"), bucket.create("n", b"2")] == [True, False]
    assert (bucket.read("n") or (b"",))[0] == b"1"


@pytest.mark.parametrize("size", [0, 2 * PART_BYTES - 1, 3 * PART_BYTES + 5])
def test_a_file_comes_back_however_large(bucket: Bucket, tmp_path: Path, size: int) -> None:
    """In one piece or in parts, byte for byte, with its type; a name that is taken is refused, and what is there stays."""
    file = tmp_path / "sound"
    file.write_bytes((b"%07d\n" * (size // 8 + 1) % tuple(range(size // 8 + 1)))[:size])
    other = tmp_path / "other"
    other.write_bytes(bytes(size + 1))
    assert [bucket.create_file("x/y.mp3", file), bucket.create_file("x/y.mp3", other)] == [True, False]
    assert (bucket.read("x/y.mp3") or (b"",))[0] == file.read_bytes()
    head = bucket._ask("head_object", Key="a/b/x/y.mp3")
    assert (head["ContentType"], head["CacheControl"]) == ("audio/mpeg", FOR_EVER)
    assert list(bucket.unfinished()) == []


def test_a_large_file_is_not_held_in_memory(bucket: Bucket, tmp_path: Path) -> None:
    """Some parts of it are, and their copies on the way."""
    file = tmp_path / "sound"
    with file.open("wb") as sound:
        sound.truncate(8 * PART_BYTES)
    bucket.list()  # loads what it needs
    tracemalloc.start()
    try:
        assert bucket.create_file("x/y.mp3", file)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < 3 * PARTS_AT_ONCE * PART_BYTES


def test_what_was_not_sent_whole_can_be_forgotten(bucket: Bucket, server: Server) -> None:
    """Only what is below the prefix is seen."""
    begin_upload(server.endpoint, "a/b/x/y.mp3")
    begin_upload(server.endpoint, "c/x/y.mp3")
    ((name, number, _),) = bucket.unfinished()
    assert name == "x/y.mp3"
    bucket.forget(name, number)
    assert list(bucket.unfinished()) == []
    assert uploads(server.endpoint) == ["c/x/y.mp3"]


def test_only_who_saw_it_last_may_replace_it(bucket: Bucket) -> None:
    """A stale ETag, or none where there is an object, replaces nothing."""
    assert bucket.swap("feed.xml", b"1", None)
    assert not bucket.swap("feed.xml", b"2", None)
    seen = (bucket.read("feed.xml") or (b"", None))[1]
    assert bucket.swap("feed.xml", b"2", seen)
    assert not bucket.swap("feed.xml", b"3", seen)
    assert (bucket.read("feed.xml") or (b"",))[0] == b"2"
    bucket.delete("feed.xml")
    assert not bucket.swap("feed.xml", b"4", seen)


def test_no_update_is_lost(bucket: Bucket) -> None:
    """Eight writers add ten lines each to one object, and all eighty are there."""

    def add(writer: int) -> None:
        for number in range(10):
            for attempt in range(1000):
                content, etag = bucket.read("lines") or (b"", None)
                if bucket.swap("lines", content + f"{writer} {number}\n".encode(), etag):
                    break
                pause(attempt)

    with ThreadPoolExecutor(8) as writers:
        list(writers.map(add, range(8)))
    found = Counter((bucket.read("lines") or (b"",))[0].split(b"\n")[:-1])
    assert (len(found), set(found.values())) == (80, {1})


@pytest.mark.drill
def test_more_objects_than_a_page_holds(bucket: Bucket) -> None:
    """A listing has them all."""
    with ThreadPoolExecutor(8) as writers:
        list(writers.map(lambda number: bucket.put(f"many/{number:04}", b""), range(1001)))
    assert len(bucket.list("many/")) == 1001


def test_storage_that_honours_conditions_is_taken(bucket: Bucket, server: Server) -> None:
    """The check leaves nothing behind."""
    bucket.check()
    assert objects(server.endpoint) == {}


def test_storage_that_ignores_conditions_is_refused(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two feeds at once would lose episodes there; nothing is left behind."""
    with Gateway(server, without_conditions) as gateway:
        monkeypatch.setenv("AWS_ENDPOINT_URL", gateway.endpoint)
        with pytest.raises(StorageError, match="ignores conditional writes"):
            Bucket(f"s3://{BUCKET}").check()
    assert objects(server.endpoint) == {}


@pytest.mark.parametrize(
    ("address", "endpoint", "kind", "told"),
    [
        ("s3://no-such-bucket/x", None, OutputRefused, "does not exist"),
        (f"s3://{BUCKET}", "http://127.0.0.1:1", StorageError, "cannot be reached"),
    ],
)
def test_what_is_refused_is_told_in_a_sentence(
    server: Server, monkeypatch: pytest.MonkeyPatch, address: str, endpoint: str | None, kind: type, told: str
) -> None:
    """With its exit code, and without the key."""
    if endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    with pytest.raises(kind, match=told) as refused:
        Bucket(address).check()
    assert SECRET not in str(refused.value)


def test_without_credentials_it_says_which_to_set(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is tried anonymously."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    with pytest.raises(NarrateError, match="AWS_ACCESS_KEY_ID") as refused:
        Bucket(f"s3://{BUCKET}").check()
    assert refused.value.exit_code == 77


@given(st.text(max_size=30))
def test_an_address_is_one_or_is_refused(text: str) -> None:
    """Whatever follows s3://: a bucket's name and a prefix without dots between slashes, or WrongUse."""
    try:
        bucket = Bucket(f"s3://{text}")
    except WrongUse:
        return
    assert re.fullmatch(r"s3://[a-z0-9.-]{3,63}(/[^\s?#]+)?", bucket.url)
    assert not {".", "..", ""} & set(bucket.url[5:].split("/"))


@pytest.mark.parametrize("name", ["", "../x", "a//b", "a/./b", "/a"])
def test_no_name_leads_out_of_the_prefix(bucket: Bucket, name: str) -> None:
    """Dots and empty parts are refused before anything is sent."""
    with pytest.raises(StorageError, match="cannot be a name"):
        bucket.create(name, b"")
