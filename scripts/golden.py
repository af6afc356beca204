"""Digests of everything that a few renders write, to find out whether a change of the code changed a file.

``scripts/golden ARTICLE… > before.txt`` takes them, and ``--compare before.txt`` names what differs. What only says of
what a file was made (the job in a manifest, the key in the head of a page) is left out.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import wave
from array import array
from collections.abc import Iterator
from math import sin
from pathlib import Path

MOMENT = "1764547200"  # SOURCE_DATE_EPOCH of every render
SHOW = """title = "Zum Hören"
author = "Redaktion"
base_url = "https://podcast.example/hoeren"
"""
TONE_HZ, RATE_HZ, TONE_S = 220, 32_000, 6
PAGE_KEY = re.compile(rb'(?<=name="narrate-key" content=")[0-9a-f]{64}')
NO_FILES = (".lock", ".show.lock")  # nothing is in them


def command(*arguments: str, folder: Path) -> None:
    """Run narrate in a folder, with a cache of its own and a clock that stands still.

    Raises:
        SystemExit: It failed.
    """
    variables = {"SOURCE_DATE_EPOCH": MOMENT, "NARRATE_CACHE_DIR": str(folder / "cache")}
    code = "from narrate.cli import main; main()"
    root = str(Path(__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=folder, env=os.environ | variables | {"PYTHONPATH": root}, capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"narrate {' '.join(arguments)} ended with {done.returncode}: {done.stderr}")


def write_tone(path: Path) -> None:
    """Write a tone that stands for music."""
    samples = array("h", (round(8000 * sin(6.2832 * TONE_HZ * at / RATE_HZ)) for at in range(RATE_HZ * TONE_S)))
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
        file.writeframes(samples.tobytes())


def renders(folder: Path, articles: list[Path]) -> None:
    """Render every article alone and into a show with both embedded engines, with clips, page, music and feed."""
    write_tone(folder / "ton.wav")
    for engine in ("pico", "espeak"):
        show = folder / f"show-{engine}"
        show.mkdir()
        (show / "show.toml").write_text(SHOW, "utf-8")
        for number, article in enumerate(articles):
            said = [str(article), "--engine", engine, "-q"]
            command("render", *said, "--show", show.name, "--date", f"2026-11-{number + 1:02}", folder=folder)
            command("render", *said, "-o", f"{engine}-{number}", "--page", folder=folder)
        command("feed", show.name, folder=folder)
    alone = [str(articles[0]), "-q", "--engine", "pico"]
    command("render", *alone, "-o", "clips", "--clips-only", folder=folder)
    command("render", *alone, "-o", "bed", "--set", "music.intro=ton.wav", "--set", "music.bed=ton.wav", folder=folder)
    command("clips", "pico-0", "--soundbite", folder=folder)


def digests(folder: Path) -> Iterator[str]:
    """Yield digest and path of every file, but not of what the cache holds."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not name.startswith("cache/") and path.name not in NO_FILES and path.name != "ton.wav":
            yield f"{hashlib.sha256(_content(path)).hexdigest()}  {name}"


def _content(path: Path) -> bytes:
    content = path.read_bytes()
    if path.name == "episode.json":
        manifest = json.loads(content) | {"job": None}
        manifest["files"] = [
            one for one in manifest["files"] if one["type"] != "text/html" or "transcript" in one["path"]
        ]
        return json.dumps(manifest, ensure_ascii=False, indent=1).encode()
    return PAGE_KEY.sub(b"", content) if path.suffix == ".html" else content


def main() -> None:
    """Print the digests, or compare them; exit with 1 where a file differs, is missing or is new."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--compare", type=Path, help="digests that were taken before")
    parser.add_argument("--keep", type=Path, help="an empty folder in which the files stay")
    parser.add_argument("articles", nargs="+", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="narrate-golden-") as temporary:
        folder = (options.keep or Path(temporary)).resolve()
        folder.mkdir(exist_ok=True)
        renders(folder, [article.resolve() for article in options.articles])
        found = list(digests(folder))
    if options.compare is None:
        print("\n".join(found))
        return
    before, now = ({line[66:]: line[:64] for line in lines} for lines in (
        options.compare.read_text("utf-8").splitlines(), found))  # fmt: skip
    differing = sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))
    print("\n".join(differing) or f"All {len(now)} files are the same.")
    sys.exit(bool(differing))


if __name__ == "__main__":
    main()
