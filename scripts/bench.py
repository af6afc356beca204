"""Measure narrate against the least work possible, and print a table.

The floor (see ``floor.py``) and narrate take turns on the same machine, each as a
process of its own, start-up and imports included; narrate with each embedded engine
against the floor of the same. Memory is the sum of the proportional set sizes (PSS)
of all processes of a run, sampled every 20 ms in runs of their own, so that sampling
does not cost the timed ones anything. Where a bound is exceeded, it is said at the end.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
SAMPLE = HERE.parent / "audio" / "beispiel.txt"
TIMES_LONGER = 10
SAMPLING_S = 0.02
FIRST_OF_FLOOR = {"pico": 0.95, "espeak": 0.85}  # most share of its floor that a first render may take
EDITED_OF_FIRST, UNCHANGED_S, MEMORY_MB = 0.3, 0.4, 250
FORMATTED = "first, in the floor's format"
AS_FLOOR = ("--sample-rate", "44100", "--bitrate", "96")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    Attributes:
        name: What was run.
        wall_s: Median wall time.
        cpu_s: Median CPU time of all processes.
        floor_share: Wall time divided by the floor's.
        real_time: Seconds of sound made in a second.
        memory_mb: Highest PSS of all processes together; 0 where it was not measured.
    """

    name: str
    wall_s: float
    cpu_s: float
    floor_share: float
    real_time: float
    memory_mb: float


class Bench:
    """Runs of narrate and of the floor in a folder of their own."""

    def __init__(self, folder: Path, article: Path, engine: str = "auto") -> None:
        self.folder = folder
        self.article = article
        self.engine = engine
        self.out = folder / "out"
        self.environment = os.environ | {"NARRATE_CACHE_DIR": str(folder / "cache")}
        # As after an installation: modules are compiled already, whatever the shell here says.
        self.environment |= {"PYTHONPYCACHEPREFIX": str(folder / "compiled")}
        self.environment.pop("PYTHONDONTWRITEBYTECODE", None)

    def forget(self) -> None:
        """Remove what earlier runs left: a first render starts from nothing."""
        for name in ("cache", "out"):
            subprocess.run(["rm", "-rf", str(self.folder / name)], check=True)

    def narrate(self, article: Path, *more: str) -> list[str]:
        """Return the command that renders an article, with more options where some are given."""
        program = "from narrate.cli import main; main()"
        output = ("-o", str(self.out), "--engine", self.engine, "-q")
        return [sys.executable, "-c", program, "render", str(article), *output, *more]

    def floor(self) -> list[str]:
        """Return the command of the engine's floor."""
        floor = (str(HERE / "floor.py"), self.engine)
        return [sys.executable, *floor, str(self.article), str(self.folder / "floor.mp3")]

    def edited(self) -> Path:
        """Return a copy of the article with one word of one paragraph changed."""
        lines = self.article.read_text("utf-8").split("\n")
        longest = max(range(len(lines)), key=lambda number: len(lines[number]))
        words = lines[longest].split(" ")
        words[len(words) // 2] = "Sommerabend"
        lines[longest] = " ".join(words)
        path = self.folder / "edited.txt"
        path.write_text("\n".join(lines), "utf-8")
        return path

    def longer(self) -> Path:
        """Return the article ten times over."""
        path = self.folder / "longer.txt"
        path.write_text("\n".join([self.article.read_text("utf-8").strip()] * TIMES_LONGER), "utf-8")
        return path

    def timed(self, command: list[str]) -> tuple[float, float]:
        """Run a command; return wall and CPU seconds."""
        before, start = os.times(), time.perf_counter()
        subprocess.run(command, check=True, env=self.environment, stdout=subprocess.DEVNULL)
        wall, after = time.perf_counter() - start, os.times()
        cpu = after.children_user + after.children_system - before.children_user - before.children_system
        return wall, cpu

    def memory_mb(self, command: list[str], every_s: float = SAMPLING_S) -> float:
        """Run a command; return the highest PSS of it and all its descendants, in MB, looking at them so often."""
        process = subprocess.Popen(command, env=self.environment, stdout=subprocess.DEVNULL)
        highest = 0
        while process.poll() is None:
            running = [number for number in family(process.pid) if not _starting(number, process.pid)]
            highest = max(highest, sum(map(_pss_kb, running)))
            time.sleep(every_s)
        if process.returncode:
            sys.exit(f"{command} failed")
        return highest / 1024

    def seconds_of_sound(self) -> float:
        """Return the length of the episode made last."""
        manifest = json.loads((self.out / "episode.json").read_bytes())
        return float(manifest["duration_ms"]) / 1000


def family(process: int) -> list[int]:
    """Return a process and all its descendants."""
    found = [process]
    for number in found:
        try:
            for task in Path(f"/proc/{number}/task").iterdir():
                found += [int(child) for child in (task / "children").read_text().split()]
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def _starting(process: int, root: int) -> bool:
    """Tell whether a process is the root's child before its exec, which vfork shows with all of the root's memory."""
    try:
        return process != root and _command(process) == _command(root)
    except (FileNotFoundError, ProcessLookupError):
        return True


def _command(process: int) -> bytes:
    return Path(f"/proc/{process}/cmdline").read_bytes()


def _pss_kb(process: int) -> int:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def measure(bench: Bench, rounds: int) -> list[Row]:
    """Run everything in turn and return the table."""
    edited, longer = bench.edited(), bench.longer()
    names = ("floor", "first", "edited", "unchanged", FORMATTED)
    runs: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
    for command in (bench.floor(), bench.narrate(bench.article), bench.narrate(bench.article)):
        bench.timed(command)  # compiles, and brings programs into memory
    for _ in range(rounds):
        bench.forget()
        runs["floor"].append(bench.timed(bench.floor()))
        runs["first"].append(bench.timed(bench.narrate(bench.article)))
        runs["unchanged"].append(bench.timed(bench.narrate(bench.article)))
        runs["edited"].append(bench.timed(bench.narrate(edited)))
        bench.forget()
        runs[FORMATTED].append(bench.timed(bench.narrate(bench.article, *AS_FLOOR)))
    sound_s = bench.seconds_of_sound()
    memory = {name: _memory(bench, name, edited) for name in runs}
    bench.forget()
    long_run = bench.timed(bench.narrate(longer))
    long_sound_s = bench.seconds_of_sound()
    bench.forget()
    long_memory = bench.memory_mb(bench.narrate(longer))
    floor_s = statistics.median(wall for wall, _ in runs["floor"])

    def row(name: str, results: list[tuple[float, float]], seconds: float, memory_mb: float) -> Row:
        wall = statistics.median(wall for wall, _ in results)
        cpu = statistics.median(cpu for _, cpu in results)
        share = round(wall / floor_s, 2)
        return Row(name, round(wall, 2), round(cpu, 2), share, round(seconds / wall), round(memory_mb))

    rows = [row(name, results, sound_s, memory[name]) for name, results in runs.items()]
    return [*rows, row(f"first, {TIMES_LONGER} times as long", [long_run], long_sound_s, long_memory)]


def _memory(bench: Bench, name: str, edited: Path) -> float:
    commands: dict[str, Callable[[], list[str]]] = {
        "floor": bench.floor,
        "first": lambda: bench.narrate(bench.article),
        FORMATTED: lambda: bench.narrate(bench.article, *AS_FLOOR),
        "edited": lambda: bench.narrate(edited),
        "unchanged": lambda: bench.narrate(edited),
    }
    if name in ("first", FORMATTED):
        bench.forget()
    return bench.memory_mb(commands[name]())


def exceeded(engine: str, rows: list[Row]) -> list[str]:
    """Return a sentence for each bound that is exceeded.

    Args:
        engine: Who spoke.
        rows: Its table.
    """
    found = {row.name: row for row in rows}
    edited = found["edited"].wall_s / found["first"].wall_s
    figures = (
        ("a first render's share of the floor", found["first"].floor_share, FIRST_OF_FLOOR[engine]),
        ("an edited render's share of a first", edited, EDITED_OF_FIRST),
        ("seconds of an unchanged render", found["unchanged"].wall_s, UNCHANGED_S),
        ("MB of memory", max(row.memory_mb for row in rows), MEMORY_MB),
    )
    return [f"{engine}: {name}: {value:.2f}, over {bound}" for name, value, bound in figures if value > bound]


def table(rows: list[Row]) -> str:
    """Return the rows as a Markdown table."""
    lines = ["| run | wall s | CPU s | share of floor | x real time | MB (PSS) |", "|---|---|---|---|---|---|"]
    lines += [
        f"| {row.name} | {row.wall_s:.2f} | {row.cpu_s:.2f} | {row.floor_share:.2f} | {row.real_time:.0f} "
        f"| {row.memory_mb:.0f} |"
        for row in rows
    ]
    return "\n".join(lines)


def main() -> int:
    """Measure and print; return 1 where a bound is exceeded. The JSON goes where ``--json`` says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("article", nargs="?", type=Path, default=SAMPLE, help="article to render")
    parser.add_argument("--engine", choices=FIRST_OF_FLOOR, help="measure this one; default: both in turn")
    parser.add_argument("--rounds", type=int, default=5, help="how often each run is repeated")
    parser.add_argument("--json", type=Path, default=Path("bench.json"), help="file for the figures")
    options = parser.parse_args()
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}"
    print(f"{machine}, {options.article.name}, median of {options.rounds}")
    found: dict[str, list[Row]] = {}
    for engine in [options.engine] if options.engine else FIRST_OF_FLOOR:
        with tempfile.TemporaryDirectory(prefix="narrate-bench-") as folder:
            found[engine] = measure(Bench(Path(folder), options.article.resolve(), engine), options.rounds)
        print(f"\n{engine}:\n\n{table(found[engine])}", flush=True)
    figures = {engine: [asdict(row) for row in rows] for engine, rows in found.items()}
    options.json.write_text(json.dumps({"machine": machine, "engines": figures}, indent=1) + "\n")
    complaints = [said for engine, rows in found.items() for said in exceeded(engine, rows)]
    print("\n" + ("\n".join(complaints) or "every bound is kept"))
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
