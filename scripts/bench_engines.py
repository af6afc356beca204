"""Measure the speech engines, each in fresh processes, and print a table: ``scripts/bench engines``.

Every engine says the sentences of an article in its first voice, with its model loaded once. CPU time is that of
its process and all its descendants while they speak, over the seconds of sound; the first sound is heard when
Python has started, the engine is open and has spoken a sentence. Memory is the sum of the proportional set sizes
(PSS) of all processes, sampled in a run of its own.

With ``--tiny-piper`` a tiny voice stands for a Piper model, and our share over bare piper-tts is printed: both say
the same sentences in turn. More than a tenth over it fails. A real model takes many times as long for a sentence
as the tiny one, so what we add to it weighs most here.
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
from importlib import import_module
from pathlib import Path
from typing import Any

from scripts.bench import SAMPLE, Bench, family

TINY_NAME = "de_DE-tiny-medium"
MOST_OVER_BARE = 1.10
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    Attributes:
        engine: Its name.
        voice: Who spoke.
        sound_s: Seconds of sound made.
        cpu_share: CPU seconds for a second of sound.
        first_s: From the start of the process to the first sentence's sound.
        memory_mb: Highest PSS of all processes together.
    """

    engine: str
    voice: str
    sound_s: float
    cpu_share: float
    first_s: float
    memory_mb: float


def sentences_of(article: Path) -> list[str]:
    """Return the sentences of an article as they are spoken."""
    from narrate.german import utterances, verbalize
    from narrate.reading import read_article

    read = read_article(article)
    printed = [read.title, *([read.teaser] if read.teaser else [])]
    for section in read.sections:
        printed += [*([section.heading] if section.heading else []), *section.paragraphs]
    return [verbalize(sentence) for paragraph in printed for sentence in utterances(paragraph)]


def cpu_s() -> float:
    """Return the CPU seconds of this process, its descendants, and those of them that have ended."""
    ticks = 0
    for process in family(os.getpid()):
        try:
            fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        ticks += sum(map(int, fields[11:15]))
    return ticks / TICKS


def speak(name: str, options: dict[str, Any], texts: list[str], began_s: float) -> dict[str, Any]:
    """Open an engine, say all texts, and return what was measured; for a process that has done nothing yet."""
    from narrate.voices.engines import open_engine

    engine = open_engine(name, options)
    voice = engine.voices()[0]
    engine.synthesize(texts[0], voice)
    first_s = time.time() - began_s
    before_s = cpu_s()
    sound_s = 0.0
    for text in texts:
        speech = engine.synthesize(text, voice)
        sound_s += len(speech.pcm) / 2 / speech.rate_hz
    used_s = cpu_s() - before_s
    engine.close()
    return {"voice": voice.name, "sound_s": sound_s, "cpu_share": used_s / sound_s, "first_s": first_s}


def over_bare(folder: str, texts: list[str], rounds: int) -> dict[str, float]:
    """Return the CPU time of our Piper over that of bare piper-tts, as it is and kept to one thread as ours is.

    Each is the median of rounds in turn.
    """
    from piper import PiperVoice, SynthesisConfig

    from narrate.voices.engines import open_engine

    engine = open_engine("piper", {"folder": folder})
    voice = next(voice for voice in engine.voices() if not voice.pitch_semitones)
    model = Path(folder) / f"{TINY_NAME}.onnx"
    bare, single = PiperVoice.load(model), PiperVoice.load(model)
    onnxruntime: Any = import_module("onnxruntime")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    single.session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])

    def said_by(piper: Any) -> Callable[[], int]:
        config = SynthesisConfig(normalize_audio=False)
        return lambda: sum(len(part.audio_int16_bytes) for text in texts for part in piper.synthesize(text, config))

    ways = {
        "ours": lambda: sum(len(engine.synthesize(text, voice).pcm) for text in texts),
        "bare": said_by(bare),
        "single": said_by(single),
    }
    if len({say() for say in ways.values()}) > 1:
        sys.exit("Our Piper and bare piper-tts do not make the same sound; there is nothing to compare.")
    used: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds):
        for name in sorted(ways, reverse=bool(number % 2)):
            used[name].append(_used_s(ways[name]))
    engine.close()
    return {
        name: statistics.median(own / their for own, their in zip(used["ours"], used[name], strict=True))
        for name in ("bare", "single")
    }


def _used_s(say: Callable[[], int]) -> float:
    """Return the CPU seconds of one call, all threads."""
    start_s = time.process_time()
    say()
    return time.process_time() - start_s


class Engines:
    """Fresh processes that each measure one engine."""

    def __init__(self, folder: Path, article: Path, rounds: int) -> None:
        self._bench = Bench(folder, article)
        self._rounds = rounds
        self._texts, self._answer = folder / "texts.json", folder / "answer.json"
        self._texts.write_text(json.dumps(sentences_of(article)), "utf-8")

    def row(self, name: str, options: dict[str, Any]) -> Row:
        """Measure one engine: the median of all rounds, and memory in a run more."""
        command = self._command("speak", name, json.dumps(options))
        found = [self._asked(command) for _ in range(self._rounds)]
        memory_mb = self._bench.memory_mb([*command, str(time.time())])
        middle = {key: statistics.median(one[key] for one in found) for key in ("sound_s", "cpu_share", "first_s")}
        return Row(
            name,
            found[0]["voice"],
            round(middle["sound_s"], 1),
            round(middle["cpu_share"], 5),
            round(middle["first_s"], 2),
            round(memory_mb),
        )

    def over_bare(self, folder: Path) -> dict[str, float]:
        """Return our Piper's CPU time over that of bare piper-tts, as it is and on one thread."""
        return self._asked(self._command("compare", str(folder), str(max(self._rounds, 5))))

    def _command(self, *work: str) -> list[str]:
        return [sys.executable, "-m", "scripts.bench_engines", "--work", str(self._texts), str(self._answer), *work]

    def _asked(self, command: list[str]) -> dict[str, Any]:
        subprocess.run([*command, str(time.time())], check=True, env=self._bench.environment)
        answer: dict[str, Any] = json.loads(self._answer.read_bytes())
        return answer


def available(named: list[str]) -> list[str]:
    """Return the engines to measure: those named, else all that can speak here and offline."""
    from narrate.model.errors import EngineUnavailable
    from narrate.voices.engines import engine_names, open_engine

    found = []
    for name in named or engine_names():
        try:
            engine = open_engine(name)
            missing = engine.missing()
        except EngineUnavailable as error:
            missing = error.message
        if missing:
            print(f"{name}: {missing}", file=sys.stderr)
        elif named or not engine.network:
            found.append(name)
    return found


def table(rows: list[Row]) -> str:
    """Return the rows as a Markdown table."""
    lines = ["| engine | voice | sound s | CPU s per s | first sound s | MB (PSS) |", "|---|---|---|---|---|---|"]
    lines += [
        f"| {row.engine} | {row.voice} | {row.sound_s:.1f} | {row.cpu_share:.5f} | {row.first_s:.2f} "
        f"| {row.memory_mb:.0f} |"
        for row in rows
    ]
    return "\n".join(lines)


def work(texts: str, answer: str, kind: str, *given: str) -> None:
    """Do what a process of its own is started for, and write down what it found."""
    said = json.loads(Path(texts).read_bytes())
    if kind == "speak":
        found = speak(given[0], json.loads(given[1]), said, float(given[2]))
    else:
        found = over_bare(given[0], said, int(given[1]))
    Path(answer).write_text(json.dumps(found))


def main() -> int:
    """Measure and print; return 1 where our Piper is too slow."""
    if sys.argv[1:2] == ["--work"]:
        work(*sys.argv[2:])
        return 0
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("article", nargs="?", type=Path, default=SAMPLE, help="article to say")
    parser.add_argument("--engine", action="append", default=[], help="measure this one; also one of the network")
    parser.add_argument("--tiny-piper", action="store_true", help="compare with bare piper-tts on a tiny voice")
    parser.add_argument("--rounds", type=int, default=3, help="fresh processes for each engine")
    parser.add_argument("--json", type=Path, help="file for the figures")
    options = parser.parse_args()
    names = available(options.engine) if options.engine or not options.tiny_piper else []
    ratios: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="narrate-bench-") as folder:
        engines = Engines(Path(folder), options.article.resolve(), options.rounds)
        rows = [engines.row(name, {}) for name in names]
        if options.tiny_piper:
            from tests.voices.engines.tiny_piper import make_tiny_voice

            voices = Path(folder) / "voices"
            voices.mkdir()
            make_tiny_voice(voices, TINY_NAME)
            rows.append(engines.row("piper", {"folder": str(voices)}))
            ratios = engines.over_bare(voices)
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}"
    print(f"{machine}, {options.article.name}, median of {options.rounds}\n\n{table(rows)}")
    if ratios:
        print(
            f"\nCPU time of our Piper over bare piper-tts: {ratios['bare']:.2f} (at most {MOST_OVER_BARE:.2f}); "
            f"over bare piper-tts kept to one thread: {ratios['single']:.2f}"
        )
    if options.json:
        figures = {"machine": machine, "rows": [asdict(row) for row in rows], "over_bare_piper": ratios}
        options.json.write_text(json.dumps(figures, indent=1) + "\n")
    return 1 if ratios.get("bare", 0) > MOST_OVER_BARE else 0


if __name__ == "__main__":
    sys.exit(main())
