"""Score the script writer on articles with their expected script beside them, and print a table.

A folder holds NAME.txt, .md or .html and NAME.script.txt: one line per segment, ``role: text`` or
``role Speaker: text``, headings as ``# heading``. The cases of the tests are the default.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from narrate.model.errors import NarrateError
from narrate.reading import read_article
from narrate.script import write_script

CASES = Path(__file__).parent.parent / "tests" / "layouts" / "cases"


def written(path: Path) -> list[str]:
    """Return the script of an article as its expected file has it."""
    try:
        script = write_script(read_article(path))
    except NarrateError as error:
        return [f"refused: {error.message}"]
    lines: list[str] = []
    for section in script.sections:
        lines += [f"# {section.heading}"] if section.heading else []
        for one in section.segments:
            lines.append(f"{one.role}{f' {one.speaker.name}' if one.speaker else ''}: {one.text}")
    return lines


def voiced(lines: list[str], speakers: bool) -> Counter[str]:
    """Return the quotes and posts among lines, with or without whose they are."""
    found = [line.partition(": ") for line in lines if line.startswith(("quote", "post"))]
    return Counter(f"{who} {text}" if speakers else text for who, _, text in found)


def main() -> int:
    """Print a line per article that differs and the sums; 1 if any differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=CASES, help="where the articles are")
    folder = parser.parse_args().folder
    whole = hits = there = said = spoken = 0
    articles = [path for path in sorted(folder.iterdir()) if path.with_name(f"{path.stem}.script.txt").exists()]
    articles = [path for path in articles if not path.name.endswith(".script.txt")]
    for path in articles:
        expected = path.with_name(f"{path.stem}.script.txt").read_text(encoding="utf-8").splitlines()
        got = written(path)
        whole += got == expected
        gold, own = voiced(expected, speakers=False), voiced(got, speakers=False)
        hits, there, said = hits + (gold & own).total(), there + gold.total(), said + own.total()
        spoken += (voiced(expected, speakers=True) & voiced(got, speakers=True)).total()
        if got != expected:
            print(f"{path.name}: {sum((Counter(expected) - Counter(got)).values())} of {len(expected)} lines differ")
    precision, recall = hits / max(1, said), hits / max(1, there)
    print("| articles | whole script right | voiced P | voiced R | speaker right |")
    print("|---|---|---|---|---|")
    print(f"| {len(articles)} | {whole} | {precision:.3f} | {recall:.3f} | {spoken / max(1, hits):.3f} |")
    return 0 if whole == len(articles) else 1


if __name__ == "__main__":
    sys.exit(main())
