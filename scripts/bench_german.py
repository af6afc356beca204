"""Measure how fast German is read and split: ``python -m scripts.bench_german [ARTICLE]``."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

SAMPLE = Path(__file__).resolve().parent.parent / "tests" / "german" / "texts"
CHARACTERS = 1_000_000
START = "from narrate.german import verbalize; verbalize('Am 6. April um 8.15 Uhr z. B. 5 km, 7,40 € nach § 5 der EU.')"


def text_of(path: Path) -> str:
    """Return a text of a million characters: a file or a folder's files over and over.

    Args:
        path: A text file, or a folder of them.
    """
    files = sorted(path.glob("*.txt")) if path.is_dir() else [path]
    once = "\n".join(file.read_text("utf-8") for file in files if not file.name.endswith(".spoken.txt"))
    return (once * (CHARACTERS // len(once) + 1))[:CHARACTERS]


def main() -> None:
    """Print characters a second, and the start-up with the first sentence."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("text", nargs="?", type=Path, default=SAMPLE, help="a text, or a folder of texts")
    text = text_of(parser.parse_args().text)
    from narrate.german import sentences, verbalize

    verbalize(text[:50_000])
    for name, call in (("verbalize", verbalize), ("sentences", sentences)):
        start_s = time.perf_counter()
        call(text)
        print(f"{name}: {len(text) / (time.perf_counter() - start_s):,.0f} characters a second")
    empty_s, full_s = (_seconds(code) for code in ("pass", START))
    print(f"start-up and first sentence: {full_s - empty_s:.2f} s")


def _seconds(code: str) -> float:
    """Return the shortest of five runs of a piece of Python."""
    found = []
    for _ in range(5):
        start_s = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        found.append(time.perf_counter() - start_s)
    return min(found)


if __name__ == "__main__":
    main()
