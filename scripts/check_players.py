"""Make a show, and have it read by programs that none of us wrote; print who disagrees.

Of every episode and clip: ffprobe, mpv, eyeD3, mutagen, TagLib, music-metadata and node-id3 for the
chapters, mp3val for the frames, the W3C's webvtt-parser for the transcript. Of the feed: xmllint,
feedparser, podcastparser, Podcast Index's partytime, and a gPodder that subscribes and downloads over
loopback. What is not installed is named and left out; with --all it is a failure.
"""

from __future__ import annotations

import argparse
import functools
import hashlib
import http.server
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scripts.chapter_readers import Chapters, eyed3, ffprobe, from_npm, mpv, mutagen, output, taglib

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
PLAYERS = HERE / "players"
PACKAGES = ("music-metadata@11", "node-id3@0.2", "podcast-partytime@5", "webvtt-parser@2")
NARRATE = [sys.executable, "-c", "from narrate.cli import main; main()"]
SHARED = ROOT.parent / "shared" / "articles" / "babuschkin.txt"
OWN = (ROOT / "audio" / "beispiel.txt", HERE / "players" / "dritter.md")
TOLERANCE_MS = 2  # music-metadata counts in samples
MPV_TOLERANCE_MS = 40  # mpv counts from the decoder's first sample: 1105 samples before the sound, 35 ms at 32 kHz


@dataclass
class Check:
    """What was found, and what could not be asked."""

    folder: Path
    problems: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    asked: dict[str, int] = field(default_factory=dict)

    def equal(self, who: str, what: str, found: Any, wanted: Any) -> None:
        """Note a disagreement."""
        self.asked[who] = self.asked.get(who, 0) + 1
        if found != wanted:
            self.problems.append(f"{who}: {what}: found {str(found)[:300]}, wanted {str(wanted)[:300]}")


def narrate(*arguments: str) -> str:
    """Run narrate; it must succeed."""
    return subprocess.run([*NARRATE, *arguments], check=True, capture_output=True, text=True).stdout


def installed(check: Check, *programs: str) -> bool:
    """Tell whether all programs are there, and note those that are not."""
    missing = [program for program in programs if shutil.which(program) is None]
    check.absent += missing
    return not missing


def check_sound(check: Check, show: Path, readers: dict[str, Callable[[Path], Chapters]]) -> None:
    """Compare what every program says of every MP3 with the manifest."""
    for manifest_path in sorted(show.glob("*/episode.json")):
        manifest = json.loads(manifest_path.read_text("utf-8"))
        folder = manifest_path.parent
        episode = [
            (one["start_ms"], one["end_ms"], one["title"], bool(one.get("image"))) for one in manifest["chapters"]
        ]
        for path, wanted in [(manifest["audio"], episode), *((one["path"], []) for one in manifest["clips"])]:
            for who, read in readers.items():
                if wanted or who != "mpv":
                    compare(check, who, folder / path, read, wanted)
            if installed(check, "mp3val"):
                said = output("mp3val", str(folder / path))
                faults = [line for line in said.splitlines() if line.startswith(("WARNING", "ERROR"))]
                check.equal("mp3val", path, faults, [])


def compare(check: Check, who: str, path: Path, read: Callable[[Path], Chapters], wanted: Chapters) -> None:
    """Compare the chapters that one program reads, as far as it tells of them."""
    try:
        found = read(path)
    except (ValueError, KeyError, OSError, subprocess.SubprocessError) as error:
        check.problems.append(f"{who}: {path.name}: {error}")
        return
    pictures = who not in ("ffprobe", "mpv")
    ends = who != "mpv"
    tolerance_ms = TOLERANCE_MS if ends else MPV_TOLERANCE_MS
    near = [
        (start if abs(start - right[0]) > tolerance_ms else right[0],
         right[1] if not ends or abs(end - right[1]) <= tolerance_ms else end,
         title, picture if pictures else right[3])
        for (start, end, title, picture), right in zip(found, wanted, strict=False)
    ]  # fmt: skip
    check.equal(who, path.name, near if len(found) == len(wanted) else found, wanted)


# --- the feed ----------------------------------------------------------------------------------------------------


def check_feed(check: Check, show: Path, address: str, npm: Path | None) -> None:
    """Have the feed read, and compare guids, sizes, durations and chapters with the manifests."""
    import feedparser
    import podcastparser

    content = (show / "feed.xml").read_bytes()
    manifests = {
        m["publication"]["guid"]: m for m in (json.loads(p.read_text("utf-8")) for p in show.glob("*/episode.json"))
    }
    sizes = {guid: _size(show, manifest) for guid, manifest in manifests.items()}
    chapters = {guid: [one["title"] for one in manifest["chapters"]] for guid, manifest in manifests.items()}
    if installed(check, "xmllint"):
        check.equal("xmllint", "feed", output("xmllint", "--noout", "--nonet", str(show / "feed.xml")), "")
    parsed = feedparser.parse(io.BytesIO(content))
    check.equal(
        "feedparser", "feed", (bool(parsed.bozo), sorted(one.id for one in parsed.entries)), (False, sorted(sizes))
    )
    heard = podcastparser.parse(f"{address}/feed.xml", io.BytesIO(content))
    told = {one["guid"]: one["enclosures"][0]["file_size"] for one in heard["episodes"]}
    check.equal("podcastparser", "enclosures", told, sizes)
    titles = {one["guid"]: [chapter["title"] for chapter in one["chapters"]] for one in heard["episodes"]}
    check.equal("podcastparser", "chapters", titles, chapters)
    if npm is not None:
        feed = json.loads(output("node", "readers.cjs", "partytime", str(show / "feed.xml"), cwd=npm))
        check.equal(
            "partytime", "enclosures", {one["guid"]: one["enclosure"]["length"] for one in feed["items"]}, sizes
        )
        kinds = {len(one["podcastTranscripts"]) for one in feed["items"]}
        check.equal("partytime", "transcripts", kinds, {5})
        named = all(one["podcastChapters"] and one["podcastPeople"] and one["duration"] for one in feed["items"])
        check.equal("partytime", "chapters, persons, durations", named, True)
        check.equal("partytime", "guid", bool(feed.get("guid")), True)
        for path in sorted(show.glob("*/transcript.vtt")):
            result = json.loads(output("node", "readers.cjs", "webvtt", str(path), cwd=npm))
            cues = len(json.loads((path.parent / "episode.json").read_text("utf-8"))["cues"])
            check.equal("webvtt-parser", path.parent.name, result, {"errors": [], "cues": cues})


def _size(show: Path, manifest: dict[str, Any]) -> int:
    return next(path.stat().st_size for path in show.glob(f"*/{manifest['audio']}"))


def check_gpodder(check: Check, show: Path, address: str) -> None:
    """Let gPodder subscribe and download; what arrives must be what lies in the show."""
    if not installed(check, "gpo"):
        return
    home = check.folder / "gpodder"
    home.mkdir()
    environment = {key: value for key, value in os.environ.items() if "proxy" not in key.lower()}
    environment |= {"HOME": str(home), "GPODDER_HOME": str(home), "NO_PROXY": "127.0.0.1"}
    said = output("gpo", "subscribe", f"{address}/feed.xml", env=environment)
    said += output("gpo", "download", env=environment)
    arrived = {hashlib.sha256(path.read_bytes()).hexdigest() for path in home.rglob("*.mp3")}
    wanted = {
        hashlib.sha256((path.parent / json.loads(path.read_text("utf-8"))["audio"]).read_bytes()).hexdigest()
        for path in show.glob("*/episode.json")
    }
    check.equal("gPodder", f"downloads ({said.strip()[-200:]})", arrived, wanted)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on 127.0.0.1."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def readers_of(check: Check) -> tuple[dict[str, Callable[[Path], Chapters]], Path | None]:
    """Return every program that can be asked for chapters, and where those of npm are, or None."""
    readers: dict[str, Callable[[Path], Chapters]] = {"eyeD3": eyed3, "mutagen": mutagen}
    if installed(check, "ffprobe"):
        readers["ffprobe"] = ffprobe
    if installed(check, "mpv"):
        readers["mpv"] = mpv
    program = check.folder / "chapters_taglib"
    source = str(PLAYERS / "chapters_taglib.cpp")
    if installed(check, "g++") and not output("g++", "-O1", "-o", str(program), source, "-ltag"):
        readers["TagLib"] = functools.partial(taglib, program)
    else:
        check.absent.append("TagLib (libtag1-dev)")
    npm = check.folder / "npm"
    npm.mkdir()
    shutil.copy(PLAYERS / "readers.cjs", npm)
    if installed(check, "npm", "node"):
        said = output("npm", "install", "--no-audit", "--no-fund", "--silent", "--prefix", str(npm), *PACKAGES)
        if (npm / "node_modules" / "podcast-partytime").is_dir():
            readers |= {kind: functools.partial(from_npm, npm, kind) for kind in ("music-metadata", "node-id3")}
            return readers, npm
        check.absent.append(f"packages of npm ({said.strip()[-200:]})")
    return readers, None


def with_pictures(articles: list[Path], folder: Path) -> list[Path]:
    """Return the articles, that with pictures as a copy beside pictures made for it."""
    from PIL import Image

    for name, colour in (("kai.png", "navy"), ("plan.jpg", "teal")):
        Image.new("RGB", (900, 600), colour).save(folder / name)
    return [Path(shutil.copy(one, folder)) if one == OWN[1] else one for one in articles]


def main() -> None:
    """Print what everyone says, and end with 1 where somebody disagrees."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("articles", nargs="*", type=Path, help="Articles to make episodes of.")
    parser.add_argument("--all", action="store_true", help="Fail where a program is not installed.")
    chosen = parser.parse_args()
    articles = chosen.articles or [path for path in (SHARED, *OWN) if path.exists()]
    with tempfile.TemporaryDirectory() as name, served(Path(name)) as address:
        check = Check(Path(name))
        readers, npm = readers_of(check)
        show = check.folder / "show"
        narrate("init", str(show), "--title", "Probe & mehr", "--author", "Probe", "--base-url", f"{address}/show")
        for article in with_pictures(articles, check.folder):
            narrate("render", str(article), "--show", str(show), "-q")
        check_sound(check, show, readers)
        check_feed(check, show, f"{address}/show", npm)
        check_gpodder(check, show, f"{address}/show")
    for who, count in sorted(check.asked.items()):
        print(f"{who:<16} asked {count:>3} times")
    for problem in check.problems:
        print(f"DISAGREES {problem}")
    for program in dict.fromkeys(check.absent):
        print(f"not installed: {program}")
    sys.exit(bool(check.problems or (chosen.all and check.absent)))


if __name__ == "__main__":
    main()
