"""Episodes on their way into a bucket, whole commands against a loopback S3 server."""

from __future__ import annotations

import json
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.batch.archive import TEXT, make_archive, make_show
from tests.faults.counts import record, times
from tests.show.s3.service import (
    BUCKET,
    KEY_ID,
    SECRET,
    Gateway,
    Server,
    download,
    objects,
    run,
    variables,
    without_conditions,
)

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")]
OUT = f"s3://{BUCKET}/show"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a show and some articles."""
    make_show(tmp_path / "show")
    make_archive(tmp_path / "archiv", 3)
    return tmp_path


def render(folder: Path, server: Server | Gateway, article: str = "a001") -> subprocess.CompletedProcess[str]:
    """Render an article into the bucket."""
    order = ("render", f"archiv/{article}.txt", "--show", "show", "--out", OUT, "--json")
    return run(folder, variables(server.endpoint), *order)


def enclosures(held: dict[str, bytes]) -> list[str]:
    """Return what the feed names, as names of the bucket."""
    found = re.findall(r'<enclosure[^>]* url="https://a\.example/p/([^"]+)"', held["show/feed.xml"].decode())
    return [f"show/{name}" for name in found]


def checked(server: Server, folder: Path) -> dict[str, bytes]:
    """Return all objects, after checking that a copy of them verifies and that no secret is in them."""
    held = objects(server.endpoint)
    copy = download(server.endpoint, folder) / "show"
    done = run(folder, {}, "verify", str(copy), "-q")
    assert done.returncode == 0, done.stderr
    assert all(name in held for name in enclosures(held))
    assert not [name for name, content in held.items() if SECRET.encode() in content or KEY_ID.encode() in content]
    return held


def test_an_episode_is_made_once(server: Server, folder: Path, tmp_path: Path) -> None:
    """Files, manifest, pointer, feed are there and verify; the second run writes nothing, the edited article a new one."""
    first = render(folder, server)
    assert first.returncode == 0, first.stderr
    held = checked(server, tmp_path / "first")
    assert len(enclosures(held)) == 1
    assert json.loads(held["show/show.json"])["sample_rate_hz"] == 32_000, "so that all its episodes have it"
    again = render(folder, server)
    assert json.loads(again.stdout)["episodes"][0]["unchanged"]
    assert objects(server.endpoint) == held
    (folder / "archiv" / "a001.txt").write_text(TEXT.format(99), "utf-8")
    assert render(folder, server).returncode == 0
    edited = checked(server, tmp_path / "edited")
    assert len(enclosures(edited)) == 1
    assert enclosures(edited) != enclosures(held)
    kept = [name for name in enclosures(held) if name in edited]
    assert kept == enclosures(held), "players that read the old feed still get the old sound"
    guid = re.compile(rb"<guid[^>]*>[^<]+")
    assert guid.findall(edited["show/feed.xml"]) == guid.findall(held["show/feed.xml"])


def test_nothing_secret_is_said(server: Server, folder: Path) -> None:
    """Not in the output, not in an error."""
    done = render(folder, server)
    assert SECRET not in done.stdout + done.stderr
    server.empty()
    refused = run(folder, variables("http://127.0.0.1:1"), "feed", "write", "show", "--out", OUT)
    assert refused.returncode == 74 and refused.stderr.count("\n") == 1
    assert SECRET not in refused.stderr and KEY_ID not in refused.stderr


def test_a_batch_goes_there_too(server: Server, folder: Path, tmp_path: Path) -> None:
    """All workers ship, the command writes the feed; the next run finds it all; another machine adds to it."""
    order = ("batch", "archiv", "--show", "show", "--out", OUT, "--json")
    done = run(folder, variables(server.endpoint), *order)
    assert (done.returncode, json.loads(done.stdout)["batch"]["made"]) == (0, 3), done.stderr
    held = checked(server, tmp_path / "copy")
    assert len(enclosures(held)) == 3
    assert not list((folder / "show").glob("*/episode.json"))
    again = run(folder, variables(server.endpoint), *order)
    assert json.loads(again.stdout)["batch"]["unchanged"] == 3
    assert objects(server.endpoint) == held
    other = tmp_path / "other"
    make_show(other / "show")
    make_archive(other / "archiv", 4)
    (other / "archiv" / "a001.txt").unlink()
    assert render(other, server, "a004").returncode == 0
    assert len(enclosures(checked(server, tmp_path / "both"))) == 4


def test_a_gateway_that_ignores_conditions_is_refused(server: Server, folder: Path) -> None:
    """Before anything is spoken, in a sentence, by every command that publishes."""
    with Gateway(server, without_conditions) as gateway:
        own = variables(gateway.endpoint)
        for order in (("render", "archiv/a001.txt", "--show", "show"), ("batch", "archiv", "--show", "show"),
                      ("feed", "write", "show")):  # fmt: skip
            done = run(folder, own, *order, "--out", OUT)
            assert done.returncode == 74, done.stderr
            assert done.stderr.count("\n") == 1 and "ignores conditional writes" in done.stderr
    assert objects(server.endpoint) == {}


@pytest.mark.parametrize(
    ("order", "code"),
    [
        (("render", "archiv/a001.txt", "--out", OUT), 2),
        (("render", "archiv/a001.txt", "--show", "show", "-o", "x", "--out", OUT), 2),
        (("render", "archiv/a001.txt", "--show", "show", "--out", "https://a.example"), 2),
        (("render", "archiv/a001.txt", "--show", "show", "--out", "s3://Not_A_Bucket"), 2),
        (("batch", "archiv", "--show", "show", "--out", "s3://no-such-bucket"), 73),
    ],
)
def test_what_cannot_be_is_one_sentence(server: Server, folder: Path, order: tuple[str, ...], code: int) -> None:
    """A documented code, no traceback."""
    done = run(folder, variables(server.endpoint), *order)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.drill
def test_cut_off_at_any_request(server: Server, folder: Path, tmp_path: Path) -> None:
    """Row 2 on object storage: whichever request is the last, the feed is whole and the next run completes it."""
    assert render(folder, server).returncode == 0
    whole = objects(server.endpoint)
    (folder / "archiv" / "a001.txt").write_text(TEXT.format(2), "utf-8")
    step, number, tried = times(25, 3), 1, 0
    while True:
        server.empty()
        _restore(server, whole)
        with Gateway(server, lambda count, method, headers, last=number: headers if count < last else None) as gateway:  # type: ignore[misc]
            done = render(folder, gateway)
            asked = len(gateway.requests)
        held = objects(server.endpoint)
        assert all(name in held for name in enclosures(held))
        if asked < number:
            assert done.returncode == 0
            break
        assert done.returncode == 74, done.stderr
        assert "Traceback" not in done.stderr
        assert render(folder, server).returncode == 0
        held = checked(server, tmp_path / f"copy{number}")
        assert len(enclosures(held)) == 1
        tried, number = tried + 1, number + step
    assert tried > 1
    record(
        "2",
        "object storage: the n-th request and all after it fail, every third n",
        tried,
        "feed whole, the next run completes it",
    )


def _restore(server: Server, held: dict[str, bytes]) -> None:
    import s3fs

    own = {"key": KEY_ID, "secret": SECRET, "client_kwargs": {"endpoint_url": server.endpoint}}
    files = s3fs.S3FileSystem(**own, skip_instance_cache=True)
    for name, content in held.items():
        files.pipe_file(f"{BUCKET}/{name}", content)


@pytest.mark.drill
def test_many_add_to_one_feed(server: Server, folder: Path, tmp_path: Path) -> None:
    """Row 5 on object storage: every episode of eight commands at a time is in the feed."""
    writers, each = 8, times(2, 10)
    make_archive(folder / "archiv", writers * each)

    def write(writer: int) -> list[str]:
        names = [f"a{writer * each + number + 1:03}" for number in range(each)]
        return [done.stderr for done in (render(folder, server, name) for name in names) if done.returncode]

    with ThreadPoolExecutor(writers) as crowd:
        failed = [told for some in crowd.map(write, range(writers)) for told in some]
    assert failed == []
    held = checked(server, tmp_path / "copy")
    assert len(set(enclosures(held))) == writers * each
    made = f"{writers * each} of {writers * each} in the feed"
    record("5", f"object storage: {writers} writers x {each} episodes", writers * each, made)


@pytest.mark.drill
def test_two_ship_the_same_article(server: Server, folder: Path, tmp_path: Path) -> None:
    """Row 4 on object storage: both end well, one version is there."""
    for turn in range(times(2, 20)):
        server.empty()
        with ThreadPoolExecutor(2) as pair:
            done = list(pair.map(lambda _: render(folder, server), range(2)))
        assert [one.returncode for one in done] == [0, 0], [one.stderr for one in done]
        held = checked(server, tmp_path / f"copy{turn}")
        assert len([name for name in held if name.endswith("/episode.json")]) == 1
        assert len(enclosures(held)) == 1
    record("4", "object storage: two renders of one episode at once", times(2, 20), "both 0, one version")
