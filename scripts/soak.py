"""Make many short articles in one process and watch what stays: ``scripts/soak``.

Every article differs from every other, so that nothing is served from the cache; the feed is derived every ten.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

EVERY = 50
SETTLED = 50  # articles after which nothing may grow any more
MOST_GROWTH = 0.05
FEED_EVERY = 10
TEXT = (
    "Der Markt Nummer {0}\n\nAm Hafen beginnt Tag {0} mit {1} Booten. „Es geht gut, auch zum {0}. Mal“, "
    "sagt Anna Berg, die Händlerin.\n\nDer Fluss stand {1} Zentimeter hoch, am {2}. Mai war es mehr.\n"
)


@dataclass(frozen=True, slots=True)
class Sample:
    """What a process and its children hold at a moment.

    Attributes:
        articles: Made so far.
        memory_mb: Resident, of the process and its children, in MB.
        handles: Open file descriptors.
        threads: Of the process.
        children: Living child processes.
        zombies: Child processes that nobody waited for.
        temporary: Files and folders in the folder for temporary files.
        seconds: Since the first article.
    """

    articles: int
    memory_mb: float
    handles: int
    threads: int
    children: int
    zombies: int
    temporary: int
    seconds: float


def sample(articles: int, start: float, temporary: Path) -> Sample:
    """Return what this process holds now (Linux).

    Args:
        articles: Made so far.
        start: When the first was begun, by ``time.perf_counter``.
        temporary: Folder for temporary files.
    """
    own = Path("/proc/self")
    states = dict(_children(os.getpid()))
    memory = _resident_mb(own) + sum(_resident_mb(Path(f"/proc/{child}")) for child in states)
    return Sample(
        articles,
        round(memory, 1),
        len(list((own / "fd").iterdir())),
        len(list((own / "task").iterdir())),
        sum(state != "Z" for state in states.values()),
        sum(state == "Z" for state in states.values()),
        len(list(temporary.rglob("*"))),
        round(time.perf_counter() - start, 1),
    )


def _children(parent: int) -> Iterator[tuple[int, str]]:
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            state, above = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if int(above) == parent:
            yield int(entry.name), state
            yield from _children(int(entry.name))


def _resident_mb(process: Path) -> float:
    try:
        pages = int((process / "statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def soak(folder: Path, articles: int, every: int = EVERY) -> Iterator[Sample]:
    """Make articles one after the other; yield a sample after every so many.

    Args:
        folder: Empty; show, cache, articles and temporary files go there.
        articles: How many.
        every: How many between two samples.
    """
    from narrate.pipeline import ArticleJob, RunOptions, RunSession
    from narrate.system.cache import Cache

    for name in ("show", "tmp"):
        (folder / name).mkdir()
    (folder / "show" / "show.toml").write_text('title = "T"\nauthor = "A"\nbase_url = "https://a.example/p"\n', "utf-8")
    before, tempfile.tempdir = tempfile.tempdir, str(folder / "tmp")
    start = time.perf_counter()
    try:
        with (
            closing(Cache(folder / "cache")) as cache,
            closing(RunSession(RunOptions(show=folder / "show"), cache)) as session,
        ):
            for number in range(1, articles + 1):
                text = TEXT.format(number, number % 97 + 2, number % 28 + 1).encode()
                session.render(ArticleJob(f"{number}.txt", content=text, identity=str(number)))
                if number % FEED_EVERY == 0:
                    session.store.write_site(cache)
                if number % every == 0:
                    yield sample(number, start, folder / "tmp")
    finally:
        tempfile.tempdir = before


def growth(samples: list[Sample], settled: int) -> list[str]:
    """Return a sentence for each thing that grew after so many articles.

    Args:
        samples: In their order.
        settled: Articles after which nothing may grow.
    """
    first = next(one for one in samples if one.articles >= settled)
    later = [one for one in samples if one.articles > first.articles]
    said = []
    most = max((one.memory_mb for one in later), default=first.memory_mb)
    if most > first.memory_mb * (1 + MOST_GROWTH):
        said.append(f"memory grew from {first.memory_mb} to {most} MB")
    for name in ("handles", "threads", "children", "zombies", "temporary"):
        most = max((getattr(one, name) for one in later), default=0)
        if most > getattr(first, name):
            said.append(f"{name} grew from {getattr(first, name)} to {most}")
    return said


def table(samples: list[Sample]) -> str:
    """Return samples as a Markdown table."""
    names = ["articles", "memory MB", "handles", "threads", "children", "zombies", "temporary files", "seconds"]
    rows = [[getattr(one, field) for field in Sample.__slots__] for one in samples]
    lines = [names, ["---"] * len(names), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def main() -> None:
    """Soak and print; exit with 1 where something stays."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--articles", type=int, default=500, help="how many")
    options = parser.parse_args()
    from narrate.system.cpu import keep_memory_together

    keep_memory_together()  # as the processes of a batch do
    with tempfile.TemporaryDirectory(prefix="narrate-soak-") as folder:
        samples = list(soak(Path(folder), options.articles))
    print(f"{platform.machine()}, {len(os.sched_getaffinity(0))} cores, Python {platform.python_version()}\n")
    print(table(samples))
    said = growth(samples, SETTLED)
    sys.exit("; ".join(said) if said else 0)


if __name__ == "__main__":
    main()
