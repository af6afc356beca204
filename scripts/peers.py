"""What a user would take instead of narrate: how each is installed, given an article, and run."""

from __future__ import annotations

import email.utils
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape

HERE = Path(__file__).resolve().parent
LIST = "articles.list"
PROGRAM = "from narrate.cli import main; main()"
INSTALL_S = 900
PUBLISHED = email.utils.formatdate(1_790_000_000)
PYTHONS = ("python3.12", "python3.13")  # rss2podcast asks for 3.12


class NotRunnable(Exception):
    """A peer cannot be installed or run; the message says why, in its own or the installer's words."""


@dataclass(frozen=True, slots=True)
class Task:
    """What all are given.

    Attributes:
        articles: Plain text, a line a paragraph, the title first.
        folder: For whatever a run needs besides.
        out: Where the result goes; emptied before each run.
        endpoint: Address of the speech service.
    """

    articles: tuple[Path, ...]
    folder: Path
    out: Path
    endpoint: str


@dataclass(slots=True)
class Peer:
    """A program, with an environment of its own where it is installed from PyPI.

    Attributes:
        name: With its version.
        features: In the words of the table.
        packages: What pip is given; none where nothing is to be installed.
        environment: Variables of its runs.
        python: Interpreter of its environment.
    """

    name: str
    features: str
    packages: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    python: str = sys.executable

    def install(self, folder: Path) -> None:
        """Install it.

        Raises:
            NotRunnable: pip says why.
        """
        if not self.packages:
            return
        place = folder / self.name.split()[0]
        subprocess.run([newer_python(), "-m", "venv", str(place)], check=True, timeout=INSTALL_S)
        self.python = str(place / "bin" / "python")
        command = [self.python, "-m", "pip", "install", "--quiet", *self.packages]
        done = subprocess.run(command, check=False, timeout=INSTALL_S, capture_output=True, text=True)
        if done.returncode:
            errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
            raise NotRunnable(" ".join(errors[-1:]) or f"pip ended with {done.returncode}")

    def prepare(self, task: Task) -> None:
        """Put the articles into the form it reads, and set up what is set up once; not timed."""

    def commands(self, task: Task) -> list[list[str]]:
        """Return what a user types to have all articles read."""
        raise NotImplementedError

    def sounds(self, task: Task) -> list[Path]:
        """Return the files that were made to be listened to."""
        return sorted(task.out.rglob("*.mp3"))


class Narrate(Peer):
    """This package, with a show's feed and pages, from nothing."""

    def prepare(self, task: Task) -> None:
        """Begin a show, and write down which articles go into it."""
        (task.folder / LIST).write_text("".join(f"{article}\n" for article in task.articles), "utf-8")
        words = ["--title", "Probe", "--author", "Probe", "--base-url", "https://example.org/probe"]
        command = [self.python, "-c", PROGRAM, "init", str(task.out / "show"), *words]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def commands(self, task: Task) -> list[list[str]]:
        """Return a render of one article, a batch of several, with the voices that all peers have."""
        order = ["render", str(task.articles[0])] if len(task.articles) == 1 else ["batch", str(task.folder / LIST)]
        return [[self.python, "-c", PROGRAM, *order, "--show", str(task.out / "show"), "--engine", "espeak", "-q"]]

    def sounds(self, task: Task) -> list[Path]:
        """Return the episodes without their clips."""
        return sorted(task.out.glob("show/*/*.mp3"))


class PlainScript(Peer):
    """A script of thirty lines."""

    def commands(self, task: Task) -> list[list[str]]:
        """Return the script with all articles."""
        return [[self.python, str(HERE / "plain_script.py"), str(task.out), *map(str, task.articles)]]


class Rss2Podcast(Peer):
    """rss2podcast: a feed's articles, each sent whole to a service, and a feed of the answers."""

    def prepare(self, task: Task) -> None:
        """Write a feed that holds the articles, so that it need not fetch pages."""
        items = "".join(
            f"<item><title>{escape(title)}</title><guid>{number}</guid><pubDate>{PUBLISHED}</pubDate>"
            f"<description>{escape(''.join(f'<p>{escape(line)}</p>' for line in lines))}</description></item>"
            for number, (title, *lines) in enumerate(map(paragraphs, task.articles))
        )
        head = "<title>Probe</title><link>https://example.org</link><description>Probe</description>"
        feed = f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{items}</channel></rss>'
        (task.folder / "articles.xml").write_text(feed, "utf-8")

    def commands(self, task: Task) -> list[list[str]]:
        """Return its command."""
        feed = ["--feed-url", str(task.folder / "articles.xml"), "--feed-name", "Probe", "--no-fetch"]
        made = ["--output-dir", str(task.out), "--url-root", "https://example.org", "--voice", "de_DE-probe"]
        return [[self.python, "-m", "rss2podcast", *feed, *made, "--tts-endpoint", task.endpoint]]


class Audify(Peer):
    """audify-cli: an EPUB's chapters, sentence by sentence through OpenAI's protocol, to one MP3 each and an M4B."""

    def prepare(self, task: Task) -> None:
        """Write an EPUB with the articles as chapters."""
        write_epub(task.articles, task.folder / "articles.epub")

    def commands(self, task: Task) -> list[list[str]]:
        """Return its command, without a language model in between."""
        # Without the second it asks the network for a list of prices, and waits for it.
        self.environment = {"KOKORO_API_URL": f"{task.endpoint}/v1", "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
        chosen = ["--task", "direct", "--language", "de", "--voice", "de", "--tts-provider", "kokoro", "--confirm"]
        program = str(Path(self.python).with_name("audify"))
        return [[program, *chosen, "--output", str(task.out), str(task.folder / "articles.epub")]]

    def sounds(self, task: Task) -> list[Path]:
        """Return the chapters; the M4B holds the same again."""
        return sorted(task.out.rglob("episode_*.mp3"))


class Absent(Peer):
    """One that cannot be had from PyPI; installing it says so."""


def all_peers() -> list[Peer]:
    """Return narrate first, then all others."""
    ours = "several voices, chapters, clips, 5 transcripts with word times, cover, feed, pages, -16 LUFS"
    plain = "one voice, title"
    return [
        Narrate("narrate", ours),
        PlainScript("plain script (espeak-ng, pydub)", plain),
        Rss2Podcast(
            "rss2podcast 0.19.0", "one voice, feed", ("rss2podcast==0.19.0", "lxml_html_clean")
        ),  # without the second it cannot be imported
        Audify("audify-cli 0.2.1", "one voice, MP3 a chapter, M4B with chapters", ("audify-cli==0.2.1",)),
        Absent("epub_to_audiobook", "", ("epub_to_audiobook",)),
    ]


def newer_python() -> str:
    """Return an interpreter that the peers accept, else this one."""
    roots = [Path(found).parent for name in PYTHONS if (found := shutil.which(name))]
    roots += sorted(Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")).glob("versions/3.1[23]*/bin"))
    for program in (str(root / name) for root in roots for name in PYTHONS if (root / name).exists()):
        asked = subprocess.run([program, "--version"], check=False, capture_output=True)
        if asked.returncode == 0:
            return program
    return sys.executable


def paragraphs(article: Path) -> list[str]:
    """Return an article's lines that are not empty."""
    return [line.strip() for line in article.read_text("utf-8").splitlines() if line.strip()]


def write_epub(articles: tuple[Path, ...], path: Path) -> None:
    """Write the smallest EPUB with an article a chapter."""
    names = [f"part{number}" for number in range(1, len(articles) + 1)]
    items = "".join(f'<item id="{name}" href="{name}.xhtml" media-type="application/xhtml+xml"/>' for name in names)
    spine = "".join(f'<itemref idref="{name}"/>' for name in names)
    points = "".join(
        f'<navPoint id="n{number}" playOrder="{number}"><navLabel><text>{escape(paragraphs(article)[0])}</text>'
        f'</navLabel><content src="{name}.xhtml"/></navPoint>'
        for number, (name, article) in enumerate(zip(names, articles, strict=True), 1)
    )
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("mimetype", "application/epub+zip")
        book.writestr("META-INF/container.xml", _CONTAINER)
        book.writestr("content.opf", _PACKAGE.format(items=items, spine=spine))
        book.writestr("toc.ncx", _CONTENTS.format(points=points))
        for name, article in zip(names, articles, strict=True):
            title, *lines = map(escape, paragraphs(article))
            body = f"<h1>{title}</h1>" + "".join(f"<p>{line}</p>" for line in lines)
            book.writestr(f"{name}.xhtml", _CHAPTER.format(title=title, body=body))


_CONTAINER = (
    '<?xml version="1.0"?><container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="content.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
)
_PACKAGE = (
    '<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="2.0" unique-identifier="id"><metadata'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Probe</dc:title><dc:language>de</dc:language>'
    '<dc:identifier id="id">probe</dc:identifier></metadata><manifest><item id="ncx" href="toc.ncx" '
    'media-type="application/x-dtbncx+xml"/>{items}</manifest><spine toc="ncx">{spine}</spine></package>'
)
_CONTENTS = (
    '<?xml version="1.0"?><ncx xmlns="http://www.daisy.org/z3986/2005/ncx/" version="2005-1"><head/><docTitle><text>'
    "Probe</text></docTitle><navMap>{points}</navMap></ncx>"
)
_CHAPTER = (
    '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title>{title}</title></head>'
    "<body>{body}</body></html>"
)
