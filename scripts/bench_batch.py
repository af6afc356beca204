"""Measure many articles at once: one core, all cores, and a Dask cluster on the same machine: ``scripts/bench batch``.

Each run starts from nothing: an empty show, an empty cache, start-up included. The articles are the sample with
another number in every sentence, so that no sentence is served from the cache.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from scripts.bench import SAMPLE
from scripts.bench_long import varied

PROGRAM = "from narrate.cli import main; main()"
LEAST_SHARE = 0.9  # of cores times the speed of one
MOST_OVERHEAD = 0.05


@dataclass(frozen=True, slots=True)
class Row:
    """One run.

    Attributes:
        name: How the work was handed out.
        wall_s: Wall time, start-up included.
        cpu_s: CPU time of all processes.
        made: Episodes.
        sound_s: Seconds of sound.
        stages: Wall seconds of each stage, of all articles together.
        bytes: Of all files of the show.
    """

    name: str
    wall_s: float
    cpu_s: float
    made: int
    sound_s: float
    stages: dict[str, float]
    bytes: int


def write_archive(folder: Path, article: Path, number: int) -> None:
    """Write so many articles, no two of them with a long sentence in common."""
    folder.mkdir()
    text = article.read_text("utf-8").strip()
    for one in range(1, number + 1):
        title, _, rest = varied(text, one).partition("\n")
        (folder / f"{one:04}.txt").write_text(f"{title} ({one})\n{rest}\n", "utf-8")


def run(folder: Path, name: str, before: list[str], *more: str) -> Row:
    """Make a show of the archive from nothing."""
    show, cache = folder / f"show {name}", folder / f"cache {name}"
    show.mkdir()
    (show / "show.toml").write_text('title = "T"\nauthor = "A"\nbase_url = "https://a.example/p"\n')
    report = folder / "report.json"
    command = [*before, sys.executable, "-c", PROGRAM, "batch", str(folder / "archive"), "--show", str(show), "--json"]
    command += ["--report", str(report)]
    environment = os.environ | {"NARRATE_CACHE_DIR": str(cache), "PYTHONPYCACHEPREFIX": str(folder / "compiled")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    start, cpu = time.perf_counter(), os.times()
    done = subprocess.run([*command, *more], env=environment, capture_output=True, text=True)
    wall_s, after = time.perf_counter() - start, os.times()
    if done.returncode:
        sys.exit(done.stderr)
    facts = json.loads(done.stdout)["batch"]
    cpu_s = after.children_user + after.children_system - cpu.children_user - cpu.children_system
    stages: dict[str, float] = {}
    for result in json.loads(report.read_bytes())["articles"]:
        for stage, seconds in result["stages"].items():
            stages[stage] = stages.get(stage, 0.0) + seconds
    size = sum(path.stat().st_size for path in show.rglob("*") if path.is_file())
    subprocess.run(["rm", "-rf", str(show), str(cache)], check=True)
    return Row(name, wall_s, cpu_s, facts["made"], facts["sound_s"], stages, size)


def table(rows: list[Row], cores: int) -> str:
    """Return the rows as a Markdown table."""
    lines = [
        "| run | articles | wall s | CPU s | articles a minute | x real time | of cores x one core |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        share = rows[0].wall_s / row.wall_s / (1 if row is rows[0] else cores)
        lines.append(
            f"| {row.name} | {row.made} | {row.wall_s:.1f} | {row.cpu_s:.1f} | {row.made / row.wall_s * 60:.1f} "
            f"| {row.sound_s / row.wall_s:.0f} | {share:.2f} |"
        )
    return "\n".join(lines)


def cost_table(row: Row) -> str:
    """Return what an article costs on one core, by stage, as a Markdown table.

    Args:
        row: The run on one core: there the wall time of a stage is the time of its core.
    """
    stages = dict(row.stages)
    # What is no stage of an article: starting, handing out, the feed and the pages at the end.
    stages["all else"] = row.wall_s - sum(stages.values())
    lines = [f"| {name} | {seconds / row.made:.3f} | {seconds / row.wall_s:.0%} |" for name, seconds in stages.items()]
    whole = f"| an article of {row.sound_s / row.made:.0f} s | {row.wall_s / row.made:.3f} | 100% |"
    told = f"{row.bytes / row.made / 1e6:.2f} MB an article on disk, {row.cpu_s / row.made:.2f} CPU s"
    return "\n".join(["| stage | core s an article | share |", "|---|---|---|", *lines, whole, "", told])


def main() -> None:
    """Measure and print; exit with 1 where cores or a cluster cost too much."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("article", nargs="?", type=Path, default=SAMPLE, help="what the articles are made of")
    parser.add_argument("--articles", type=int, default=100, help="how many")
    options = parser.parse_args()
    cores = len(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory(prefix="narrate-bench-") as name:
        folder = Path(name)
        write_archive(folder / "archive", options.article.resolve(), options.articles)
        rows = [
            run(folder, "one core", ["taskset", "-c", "0"], "--jobs", "1"),
            run(folder, "all cores", []),
            run(folder, "Dask on all cores", [], "--cluster", "local"),
        ]
    machine = f"{platform.machine()}, {cores} cores, Python {platform.python_version()}, {platform.system()}"
    print(f"{machine}, {options.articles} x {options.article.name}\n\n{table(rows, cores)}\n\n{cost_table(rows[0])}")
    one, every, cluster = rows
    if one.wall_s / every.wall_s < LEAST_SHARE * cores:
        sys.exit(f"All cores are less than {LEAST_SHARE} x {cores} times as fast as one.")
    if cluster.wall_s > every.wall_s * (1 + MOST_OVERHEAD):
        sys.exit(f"The cluster costs more than {MOST_OVERHEAD:.0%} more.")


if __name__ == "__main__":
    main()
