"""Run narrate side by side with what a user would take instead, and print a table: ``scripts/bench peers``.

All speak with the very same espeak-ng and encode with the very same ffmpeg: programs that speak to a service get one
on this machine (``speech_server.py``), and a plain script gets the espeak-ng command over narrate's library. Each
starts from nothing, all take turns, and what comes out is decoded and must be as long as the text asks for. The CPU
time of the service counts for those that use it.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import espeakng_loader
import imageio_ffmpeg
from mutagen.mp3 import MP3

from scripts.bench import SAMPLE, family
from scripts.bench_long import varied
from scripts.peers import HERE, NotRunnable, Peer, Task, all_peers, paragraphs

RUN_S = 600
WORDS_A_MINUTE = (90, 220)  # slower or faster is no reading of the text
LAST_WORDS = 300  # characters of what a failed run said
TICKS = os.sysconf("SC_CLK_TCK")
SET_OF = 5


@dataclass(slots=True)
class Runs:
    """What a peer came to.

    Attributes:
        peer: The program.
        wall_s: Of each round.
        cpu_s: Of each round, with the service's.
        sound_s: Seconds of sound made in the last round.
        files: How many were made in the last round.
        reason: Why it could not be run, or None.
    """

    peer: Peer
    wall_s: list[float] = field(default_factory=list)
    cpu_s: list[float] = field(default_factory=list)
    sound_s: float = 0.0
    files: int = 0
    reason: str | None = None


@contextmanager
def service() -> Iterator[tuple[str, int]]:
    """Start the speech service; yield its address and its process.

    It speaks and encodes at the same time, as the one that rss2podcast is made for does.
    """
    command = [sys.executable, str(HERE / "speech_server.py")]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}", process.pid
    finally:
        process.stdin.close()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def same_voice(folder: Path) -> dict[str, str]:
    """Return the variables with which the commands espeak-ng and ffmpeg are narrate's."""
    programs = folder / "bin"
    programs.mkdir()
    (programs / "ffmpeg").symlink_to(imageio_ffmpeg.get_ffmpeg_exe())
    library = Path(espeakng_loader.get_library_path())
    (folder / "lib").mkdir()
    (folder / "lib" / "libespeak-ng.so.1").symlink_to(library)
    return {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "LD_LIBRARY_PATH": str(folder / "lib"),
        "ESPEAK_DATA_PATH": espeakng_loader.get_data_path(),
    }


def service_cpu_s(process: int) -> float:
    """Return the CPU seconds of the service and of the encoders that it has started."""
    ticks = 0
    for number in family(process):
        try:
            fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        ticks += sum(map(int, fields[11:15]))
    return ticks / TICKS


def run_once(runs: Runs, task: Task, environment: dict[str, str], server: int) -> None:
    """Run a peer from nothing and note what it took; a first run that fails is its last."""
    if runs.reason:
        return
    for path in (task.out, task.folder / "home"):
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
    runs.peer.prepare(task)
    commands = runs.peer.commands(task)
    environment = environment | runs.peer.environment
    before, served_s, start = os.times(), service_cpu_s(server), time.perf_counter()
    for command in commands:
        done = subprocess.run(
            command, check=False, env=environment, cwd=task.folder, capture_output=True, text=True, timeout=RUN_S
        )
        if done.returncode:
            runs.reason = f"exit {done.returncode}: {done.stderr.strip()[-LAST_WORDS:]}"
            return
    wall_s, after = time.perf_counter() - start, os.times()
    own_s = after.children_user + after.children_system - before.children_user - before.children_system
    runs.wall_s.append(wall_s)
    runs.cpu_s.append(own_s + service_cpu_s(server) - served_s)
    check(runs, task)


def check(runs: Runs, task: Task) -> None:
    """Decode what was made, and note how long it is, or why it is not what was asked for."""
    files = runs.peer.sounds(task)
    runs.files, runs.sound_s = len(files), sum(_length_s(path) for path in files)
    for path in files:
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(path), "-f", "null", "-"]
        decoded = subprocess.run(command, check=False, capture_output=True, text=True)
        if decoded.returncode or decoded.stderr:
            runs.reason = f"{path.name} does not decode: {decoded.stderr[:LAST_WORDS]}"
    words = sum(len(line.split()) for article in task.articles for line in paragraphs(article))
    slowest, fastest = WORDS_A_MINUTE
    if not words * 60 / fastest <= runs.sound_s <= words * 60 / slowest:
        runs.reason = f"{runs.sound_s:.0f} s of sound in {len(files)} files for {words} words"


def _length_s(path: Path) -> float:
    info = MP3(path).info
    return float(info.length) if info else 0.0


def measure(peers: list[Runs], task: Task, environment: dict[str, str], server: int, rounds: int) -> None:
    """Run all in turn; the first turn, which compiles and fills caches of the system, is not counted."""
    for runs in peers:
        run_once(runs, task, environment, server)
        runs.wall_s, runs.cpu_s = [], []
    for _ in range(rounds):
        for runs in peers:
            run_once(runs, task, environment, server)


def table(peers: list[Runs]) -> str:
    """Return what could be run as a Markdown table, the rest as a list with the reasons."""
    ours = statistics.median(peers[0].wall_s)
    lines = [
        "| program | wall s | of ours | CPU s | sound s | x real time | files | what it gives |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for runs in peers:
        if runs.reason is None:
            wall_s = statistics.median(runs.wall_s)
            lines.append(
                f"| {runs.peer.name} | {wall_s:.2f} | {wall_s / ours:.2f} | {statistics.median(runs.cpu_s):.2f} "
                f"| {runs.sound_s:.0f} | {runs.sound_s / wall_s:.0f} | {runs.files} | {runs.peer.features} |"
            )
    reasons = [f"- {runs.peer.name}: {runs.reason}" for runs in peers if runs.reason]
    return "\n".join([*lines, *(["", "Not run:", *reasons] if reasons else [])])


def short_articles(folder: Path) -> tuple[Path, ...]:
    """Write five short articles that have no sentence of more than a few words in common."""
    made = tuple(folder / f"kurz-{number}.txt" for number in range(1, SET_OF + 1))
    for number, path in enumerate(made, 1):
        path.write_text(varied(SAMPLE.read_text("utf-8").strip(), number) + "\n", "utf-8")
    return made


def main() -> None:
    """Print a table for each article, and one for five short ones."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("articles", nargs="*", type=Path, help="each is measured alone; a set of five always is")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is run")
    options = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}")
    with tempfile.TemporaryDirectory(prefix="narrate-peers-") as name, service() as (endpoint, server):
        folder = Path(name)
        voice = same_voice(folder)
        peers = [Runs(peer) for peer in all_peers()]
        for runs in peers:
            try:
                runs.peer.install(folder)
            except NotRunnable as error:
                runs.reason = str(error)
        home = {"NARRATE_CACHE_DIR": str(folder / "home" / "cache"), "HOME": str(folder / "home")}
        tasks = [((article.resolve(),), article.name) for article in options.articles]
        for articles, told in (*tasks, (short_articles(folder), f"{SET_OF} short articles")):
            task = Task(articles, folder, folder / "out", endpoint)
            measured = [Runs(runs.peer, reason=runs.reason) for runs in peers]
            environment = os.environ | voice | home | {"PYTHONPYCACHEPREFIX": str(folder / "compiled")}
            environment.pop("PYTHONDONTWRITEBYTECODE", None)
            measure(measured, task, environment, server, options.rounds)
            print(f"\n{told}, median of {options.rounds}\n\n{table(measured)}", flush=True)


if __name__ == "__main__":
    main()
