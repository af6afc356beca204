"""Feed broken articles to the readers and the script writer; nothing but an explained failure may come out.

Articles of the layout tests are cut, joined, doubled and strewn with signs that mean something.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
import traceback
from pathlib import Path

from narrate.model.errors import NarrateError
from narrate.reading import Reading, read_content
from narrate.reading.source import Format
from narrate.script import write_script

CASES = Path(__file__).parent.parent / "tests" / "layouts" / "cases"
FORMATS: tuple[Format, ...] = ("auto", "text", "markdown", "html")
TOKENS = [
    b"<p>",
    b"</p>",
    b"<div>",
    b"</div>",
    b"<blockquote class='twitter-tweet'>",
    b"</blockquote>",
    b"<script>",
    b"<!--",
    b"-->",
    b"&#0;",
    b"&amp;",
    b"\xff",
    b"\x84",
    b"\x93",
    b"\xc3",
    b"\xe2\x80\x9e",
    b"\xe2\x80\x9c",
    b'"',
    b"\n\n",
    b"\n",
    b"\r",
    b"---\n",
    b"> ",
    b"# ",
    b"1. ",
    b"```",
    b"|",
    b"**",
    b"_",
    b"[^1]",
    b": ",
    b"Frage: ",
    b"1/4 ",
    b"\xef\xbb\xbf",
    b"\0",
    b"<![CDATA[",
    b"<svg>",
    b"<table><tr><td>",
    b"@a_b",
    b"{}",
]


def broken(corpus: list[bytes], chance: random.Random) -> bytes:
    """Return an article with a few things done to it."""
    content = bytearray(chance.choice(corpus))
    start = chance.randrange(len(content))
    content = content[start : start + chance.randrange(20, 900)]
    for _ in range(chance.randrange(1, 12)):
        at = chance.randrange(len(content) + 1)
        what = chance.randrange(4)
        if what == 0:
            content[at:at] = chance.choice(TOKENS)
        elif what == 1:
            del content[at : at + chance.randrange(1, 40)]
        elif what == 2:
            other = chance.choice(corpus)
            cut = chance.randrange(len(other))
            content[at:at] = other[cut : cut + chance.randrange(1, 200)]
        elif content:
            content[at % len(content)] = chance.randrange(256)
    return bytes(content)


def main() -> int:
    """Run, and print how many inputs were read, refused, and met a bug."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--count", type=int, default=100_000, help="how many inputs")
    parser.add_argument("--seed", type=int, default=1, help="of the chance")
    options = parser.parse_args()
    chance = random.Random(options.seed)
    corpus = [path.read_bytes() for path in sorted(CASES.iterdir()) if not path.name.endswith(".script.txt")]
    read = refused = bugs = 0
    begun = time.monotonic()
    for _ in range(options.count):
        content, kind = broken(corpus, chance), chance.choice(FORMATS)
        try:
            write_script(read_content(content, Reading(format=kind, language="de")))
            read += 1
        except NarrateError:
            refused += 1
        except Exception:
            bugs += 1
            if bugs <= 5:
                traceback.print_exc(limit=-4)
                print(kind, content, file=sys.stderr)
    print(f"{read} read, {refused} refused with a sentence, {bugs} bugs in {time.monotonic() - begun:.0f} s")
    return 1 if bugs else 0


if __name__ == "__main__":
    sys.exit(main())
