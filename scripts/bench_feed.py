"""Measure how long the feed of a large show takes: from nothing, unchanged, and after one more episode.

The episodes are copies of one that is rendered first, each with an identity of its own; their sound
is a sparse file of the right size, since a feed only asks for that.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

SAMPLE = Path(__file__).resolve().parent.parent / "audio" / "beispiel.txt"
PROGRAM = "from narrate.cli import main; main()"


def run(*arguments: str, folder: Path) -> tuple[float, float]:
    """Run narrate; return wall seconds and its highest resident memory in MB."""
    environment = os.environ | {"NARRATE_CACHE_DIR": str(folder / "cache")}
    environment |= {"PYTHONPYCACHEPREFIX": str(folder / "compiled")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *arguments],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    wall_s = time.perf_counter() - start
    if os.waitstatus_to_exitcode(status):
        raise SystemExit(f"narrate {' '.join(arguments)} failed; run it by hand to see why.")
    return wall_s, usage.ru_maxrss / 1000


def copy(original: Path, manifest: dict[str, Any], show: Path, number: int) -> None:
    """Add a copy of an episode to a show, under an identity of its own."""
    folder = show / f"episode-{number:05}"
    folder.mkdir()
    for file in manifest["files"]:
        if file["type"] == "audio/mpeg":
            (folder / file["path"]).parent.mkdir(exist_ok=True)
            with (folder / file["path"]).open("wb") as sound:
                sound.truncate(file["size_bytes"])
        else:
            os.link(original / file["path"], folder / file["path"])
    first = datetime.fromisoformat(manifest["publication"]["published"])
    publication = manifest["publication"] | {
        "guid": str(uuid.uuid5(uuid.NAMESPACE_URL, str(number))),
        "source": f"{number:016x}",
        "published": (first - timedelta(hours=number + 1)).isoformat(),
    }
    text = json.dumps(manifest | {"publication": publication}, ensure_ascii=False, indent=1)
    (folder / "episode.json").write_text(text, encoding="utf-8")


def measure(article: Path, episodes: int, newest: int | None, folder: Path) -> list[tuple[str, float, float]]:
    """Return a name, seconds and megabytes for each measurement."""
    run("init", str(folder / "show"), "--title", "Probe", "--author", "Probe",
        "--base-url", "https://example.org/probe", folder=folder)  # fmt: skip
    show = folder / "show"
    if newest:
        with (show / "show.toml").open("a", encoding="utf-8") as settings:
            settings.write(f"\n[feed]\nnewest = {newest}\n")
    run("render", str(article), "--show", str(show), folder=folder)
    original = next(path.parent for path in show.glob("*/episode.json"))
    manifest = json.loads((original / "episode.json").read_text(encoding="utf-8"))
    for number in range(episodes - 2):
        copy(original, manifest, show, number)
    shutil.rmtree(folder / "cache")
    # A first run, thrown away, has Python compile its modules; then the pages are removed again.
    run("feed", str(show), folder=folder)
    shutil.rmtree(folder / "cache")
    for page in (*show.glob("*/index.html"), *show.glob("index*.html"), *show.glob("feed.xml")):
        page.unlink()
    rows = [(f"{episodes - 1} episodes from nothing", *run("feed", str(show), folder=folder))]
    shutil.rmtree(folder / "cache")
    rows.append(("the same, pages there, cache empty", *run("feed", str(show), folder=folder)))
    rows.append(("nothing changed", *run("feed", str(show), folder=folder)))
    copy(original, manifest, show, episodes)
    rows.append(("one more episode", *run("feed", str(show), folder=folder)))
    return rows


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("article", nargs="?", type=Path, default=SAMPLE)
    parser.add_argument("--episodes", type=int, default=1000)
    parser.add_argument("--newest", type=int, help="how many of them the feed names; all by default")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(f"{'':<40}{'seconds':>9}{'MB':>7}")
        for name, wall_s, memory_mb in measure(chosen.article, chosen.episodes, chosen.newest, Path(folder)):
            print(f"{name:<40}{wall_s:>9.2f}{memory_mb:>7.0f}")


if __name__ == "__main__":
    main()
