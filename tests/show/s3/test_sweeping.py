"""What is removed from a bucket, and what never is."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from narrate.show.s3 import sweeping
from narrate.show.s3.bucket import Bucket
from narrate.show.s3.store import BucketStore
from narrate.show.show import open_show
from narrate.system.cache import Cache
from tests.batch.archive import TEXT, make_archive, make_show
from tests.show.s3.service import BUCKET, Server, begin_upload, objects, run, uploads, variables

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")]
FOREIGN = "show/eines-anderen/sound.mp3"
CENTURY = timedelta(days=36_525)  # moto says of every upload that it was begun in 2010


def held(server: Server) -> tuple[list[str], list[str]]:
    """Return the folders of episodes that hold anything, and the files that are not there whole."""
    folders = {name.split("/")[1] for name in objects(server.endpoint) if name.count("/") > 1}
    return sorted(one for one in folders if not one.startswith(".")), uploads(server.endpoint)


@pytest.mark.parametrize(("grace", "kept"), [(CENTURY, True), (timedelta(seconds=-1), False)])
def test_what_nothing_names_goes_after_a_day(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, grace: timedelta, kept: bool
) -> None:
    """A superseded version and what was sent in part; the version that counts, and what others put there, stay."""
    show, article = make_show(tmp_path / "show"), make_archive(tmp_path / "archiv", 1) / "a001.txt"
    order = ("render", str(article), "--show", "show", "--out", f"s3://{BUCKET}/show", "-q")
    assert run(tmp_path, variables(server.endpoint), *order).returncode == 0
    (old,), _ = held(server)
    article.write_text(TEXT.format(99), "utf-8")
    assert run(tmp_path, variables(server.endpoint), *order).returncode == 0
    new = next(one for one in held(server)[0] if one != old)
    begin_upload(server.endpoint, f"show/{old}/sound.mp3")
    begin_upload(server.endpoint, FOREIGN)
    bucket = Bucket(f"s3://{BUCKET}/show")
    bucket.put("eines-anderen/text.txt", b"x")
    monkeypatch.setattr(sweeping, "GRACE", grace)
    with closing(Cache(None)) as cache:
        assert BucketStore(bucket, open_show(show)).write_site(cache).warnings == ()
    folders, parts = held(server)
    assert folders == sorted(["eines-anderen", new, *([old] if kept else [])])
    assert sorted(parts) == sorted([FOREIGN, *([f"show/{old}/sound.mp3"] if kept else [])])
    assert f"show/{new}/episode.json" in objects(server.endpoint)
