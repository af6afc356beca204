"""Scores ``narrate.german.verbalize`` on cases: in text, and by ear through espeak-ng's phonemes.

A case is a line of a TSV file: class, printed, accepted readings separated by " | ".
Text is compared with case, white space and punctuation folded and harmless variants
merged; ears are compared by the phonemes that espeak-ng's German voice would say.
"""

from __future__ import annotations

import argparse
import ctypes
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from narrate.german import verbalize
from narrate.german.numbers import joined

CASES = Path("tests/german/cases")
SYNCHRONOUS, DONT_EXIT, UTF8, IPA = 2, 0x8000, 1, 2
_MERGED = (("paragraph", "paragraf"), ("einhundert", "hundert"), ("eintausend", "tausend"), ("ß", "ss"))
_STOP_INSIDE = re.compile(r"\w\. [a-zäöüß]")


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence and how it may be read.

    Attributes:
        kind: Semiotic class.
        printed: As printed.
        accepted: Right readings, the best first.
    """

    kind: str
    printed: str
    accepted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """How a case came out."""

    case: Case
    spoken: str
    in_text: bool
    by_ear: bool


def read_cases(paths: Iterable[Path]) -> list[Case]:
    """Read the cases of files and folders.

    Raises:
        ValueError: A line has not three columns.
    """
    found = []
    for path in paths:
        for file in sorted(path.glob("*.tsv")) if path.is_dir() else [path]:
            for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
                if not line or line.startswith("#"):
                    continue
                columns = line.split("\t")
                if len(columns) != 3:
                    raise ValueError(f"{file}:{number}: a case has three columns")
                accepted = tuple(reading.strip() for reading in columns[2].split(" | "))
                found.append(Case(columns[0], columns[1], accepted))
    return found


def folded(text: str) -> str:
    """Return a reading with what nobody hears taken out."""
    words = re.sub(r"[\W_]+", " ", text.casefold()).strip()
    words = joined(words)
    for variant, merged in _MERGED:
        words = words.replace(variant, merged)
    return words


@cache
def _espeak() -> ctypes.CDLL:
    import espeakng_loader

    library = ctypes.CDLL(espeakng_loader.get_library_path())
    data = Path(espeakng_loader.get_data_path())
    library.espeak_Initialize(SYNCHRONOUS, 0, str(data.parent).encode(), DONT_EXIT)
    library.espeak_SetVoiceByName(b"de")
    library.espeak_TextToPhonemes.restype = ctypes.c_char_p
    return library


@cache
def phonemes(text: str) -> str:
    """Return what espeak-ng's German voice says, in IPA, without stress and spaces."""
    library = _espeak()
    rest = ctypes.c_char_p(text.encode())
    said = []
    while rest.value:
        said.append(library.espeak_TextToPhonemes(ctypes.byref(rest), UTF8, IPA).decode())
    return re.sub(r"[\sˈˌ‖|_-]", "", "".join(said))


def score(case: Case) -> Result:
    """Read one case and compare."""
    spoken = verbalize(case.printed)
    stray = bool(_STOP_INSIDE.search(spoken)) and not any(map(_STOP_INSIDE.search, case.accepted))
    in_text = not stray and folded(spoken) in {folded(reading) for reading in case.accepted}
    by_ear = not stray and phonemes(spoken) in {
        phonemes(form) for reading in case.accepted for form in _variants(reading)
    }
    return Result(case, spoken, in_text, by_ear)


def _variants(reading: str) -> tuple[str, ...]:
    """Return a reading with *ein hundert* said and left out."""
    return (
        reading,
        re.sub(r"\bein (hundert|tausend)\b", r"\1", reading),
        re.sub(r"(?<![\w] )\b(hundert|tausend)\b", r"ein \1", reading),
    )


def table(results: Sequence[Result]) -> str:
    """Return a Markdown table: cases, right in text, right by ear, for each class and all."""
    kinds = sorted({result.case.kind for result in results})
    lines = ["| class | cases | text, % | by ear, % |", "|---|---|---|---|"]
    for kind in [*kinds, "all"]:
        chosen = [result for result in results if kind in {"all", result.case.kind}]
        text = 100 * sum(result.in_text for result in chosen) / len(chosen)
        ear = 100 * sum(result.by_ear for result in chosen) / len(chosen)
        lines.append(f"| {kind} | {len(chosen)} | {text:.0f} | {ear:.0f} |")
    return "\n".join(lines)


def main() -> None:
    """Print the table; with ``--errors`` the misses too."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="*", type=Path, default=[CASES], help="TSV files or folders of them")
    parser.add_argument("--errors", action="store_true", help="print what came out wrong")
    parser.add_argument("--only", help="one class")
    options = parser.parse_args()
    results = [score(case) for case in read_cases(options.paths) if options.only in (None, case.kind)]
    if not results:
        sys.exit("There are no cases there.")
    if options.errors:
        for result in results:
            if not (result.in_text and result.by_ear):
                marks = ("text " if not result.in_text else "") + ("ear" if not result.by_ear else "")
                print(f"[{result.case.kind}] {marks}\n   {result.case.printed}\n → {result.spoken}")
                print(f" = {' | '.join(result.case.accepted)}")
    print(table(results))


if __name__ == "__main__":
    main()
