"""Measure whether time and memory stay in proportion when an article is hours long, and print a table.

The article is repeated until it fills the hours, each time with another number in every sentence, so that no sentence
comes twice and none is served from the cache: all of it is really spoken and encoded. Memory is measured in runs of
their own. Whether time is in proportion is judged by CPU time, which others on the same machine change least.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from scripts.bench import SAMPLE, Bench

MOST_MB = 300
MOST_SLOPE = 1.1  # of the shortest run's CPU time for a minute; more is not in proportion
MEASURED_HOURS = (1 / 6, 1.0, 3.0, 10.0)
SAMPLING_S = 0.1
SHORTEST_WORDS = 4  # of a sentence that takes a number; headings stay what they are
_BEHIND_SENTENCE = re.compile(r"(?<=[.!?]) ")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    Attributes:
        sound_s: Seconds of sound made.
        wall_s: Wall time.
        cpu_s: CPU time of all processes.
        memory_mb: Highest PSS of all processes together.
    """

    sound_s: float
    wall_s: float
    cpu_s: float
    memory_mb: float

    def wall_a_minute_s(self) -> float:
        """Return the wall seconds that a minute of sound costs."""
        return self.wall_s / self.sound_s * 60

    def cpu_a_minute_s(self) -> float:
        """Return the CPU seconds that a minute of sound costs."""
        return self.cpu_s / self.sound_s * 60


def varied(text: str, number: int) -> str:
    """Return an article with a number in each sentence.

    Args:
        text: Of the article, a line a paragraph.
        number: To be said before the last word.
    """
    return "\n".join(
        " ".join(_numbered(sentence, number) for sentence in _BEHIND_SENTENCE.split(line)) for line in text.split("\n")
    )


def _numbered(sentence: str, number: int) -> str:
    words = sentence.split(" ")
    return sentence if len(words) < SHORTEST_WORDS else " ".join([*words[:-1], str(number), words[-1]])


def write_article(article: Path, times: int, path: Path) -> None:
    """Write an article so many times over, each time with other numbers."""
    text = article.read_text("utf-8").strip()
    path.write_text("\n".join(varied(text, number) for number in range(1, times + 1)), "utf-8")


def measure(bench: Bench, hours: float, once_s: float) -> Row:
    """Render an article of so many hours from nothing, twice: for the time, and for the memory.

    Args:
        bench: Has the article to repeat.
        hours: Of sound.
        once_s: Seconds of sound that the article makes once.
    """
    path = bench.folder / f"{hours:g}.txt"
    write_article(bench.article, max(round(hours * 3600 / once_s), 1), path)
    bench.forget()
    wall_s, cpu_s = bench.timed(bench.narrate(path))
    sound_s = bench.seconds_of_sound()
    bench.forget()
    memory_mb = bench.memory_mb(bench.narrate(path), SAMPLING_S)
    bench.forget()
    return Row(sound_s, wall_s, cpu_s, memory_mb)


def measured_once_s(bench: Bench) -> float:
    """Return the seconds of sound of the article with its numbers; this also compiles all modules."""
    path = bench.folder / "once.txt"
    write_article(bench.article, 1, path)
    bench.timed(bench.narrate(path))
    return bench.seconds_of_sound()


def table(rows: list[Row]) -> str:
    """Return the rows as a Markdown table."""
    lines = [
        "| sound | wall s | CPU s | x real time | wall s a minute | CPU s a minute | of the first | MB (PSS) |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        hours, minutes = divmod(round(row.sound_s / 60), 60)
        share = row.cpu_a_minute_s() / rows[0].cpu_a_minute_s()
        lines.append(
            f"| {hours} h {minutes:02} min | {row.wall_s:.1f} | {row.cpu_s:.1f} | {row.sound_s / row.wall_s:.0f} "
            f"| {row.wall_a_minute_s():.3f} | {row.cpu_a_minute_s():.3f} | {share:.2f} | {row.memory_mb:.0f} |"
        )
    return "\n".join(lines)


def faults(rows: list[Row]) -> list[str]:
    """Return a sentence for each row that takes too much."""
    found = [f"{row.memory_mb:.0f} MB are more than {MOST_MB}." for row in rows if row.memory_mb > MOST_MB]
    grown = [row for row in rows if row.cpu_a_minute_s() > MOST_SLOPE * rows[0].cpu_a_minute_s()]
    return found + [f"{row.sound_s:.0f} s of sound cost more a minute than {rows[0].sound_s:.0f} s." for row in grown]


def main() -> None:
    """Measure and print the table; exit with 1 where memory or time grow too much."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("article", nargs="?", type=Path, default=SAMPLE, help="article to repeat")
    parser.add_argument("--hours", type=float, default=max(MEASURED_HOURS), help="longest to measure")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="narrate-bench-") as folder:
        bench = Bench(Path(folder), options.article.resolve())
        once_s = measured_once_s(bench)
        wanted = [*(hours for hours in MEASURED_HOURS if hours < options.hours), options.hours]
        rows = [measure(bench, hours, once_s) for hours in wanted]
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}"
    print(f"{machine}, {options.article.name}\n\n{table(rows)}")
    if wrong := faults(rows):
        raise SystemExit("\n".join(["", *wrong]))


if __name__ == "__main__":
    main()
