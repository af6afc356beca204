"""The server that Piper's voices are fetched from: what it lists, and how it is asked."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any
from urllib.parse import urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

from narrate.model.errors import EngineUnavailable, InputUnreadable, NarrateError, ServiceBusy
from narrate.voices.engines.piper.voices import known_voice

BASE_URL = "https://huggingface.co/rhasspy/piper-voices/resolve/main"
LARGEST_LIST_BYTES = 20_000_000
LARGEST_CARD_BYTES = 200_000
LARGEST_FILE_BYTES = 1_000_000_000
READ_BYTES = 1 << 18
CONNECT_S = 15.0
SILENCE_S = 60.0  # without a byte
LONGEST_S = 3600.0  # for one file
MOST_REDIRECTS = 5
BUSY = (429, 503, 504)
HERE = ("127.0.0.1", "localhost", "::1")
_NAME = re.compile(r"de_[A-Z]{2}-[A-Za-z0-9_]+-[a-z_]+")
_PATH = re.compile(r"[A-Za-z0-9_][\w.-]*(?:/[A-Za-z0-9_][\w.-]*)*", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{32}")
_LICENCE = re.compile(r"^\W*licen[cs]e[^\w\n]*?:[^\w\n]*(\w.*)$", re.IGNORECASE | re.MULTILINE)
_NON_COMMERCIAL = re.compile(r"(?<![a-z])NC(?![a-z])|non-?\s?commercial", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A file of a voice, as the list tells it.

    Attributes:
        path: Below the server's folder.
        size_bytes: Its size.
        md5: Its digest, in hexadecimal.
    """

    path: str
    size_bytes: int
    md5: str

    @property
    def name(self) -> str:
        """Without folders."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class ListedVoice:
    """A voice that can be installed.

    Attributes:
        name: For example ``de_DE-thorsten-medium``.
        licence: As its card names it, else as we know it, else ``unknown``.
        commercial: Whether the licence allows commercial use, as far as it tells.
        files: The model, then its configuration.
        url: The server's folder.
    """

    name: str
    licence: str
    commercial: bool
    files: tuple[ListedFile, ListedFile]
    url: str

    @property
    def size_bytes(self) -> int:
        """Of all its files."""
        return sum(file.size_bytes for file in self.files)


def base_url() -> str:
    """Return where voices are fetched from; ``NARRATE_PIPER_URL`` names a mirror."""
    return (os.environ.get("NARRATE_PIPER_URL") or BASE_URL).rstrip("/")


def read_list(url: str | None = None) -> dict[str, object]:
    """Fetch the list of voices, and return the German ones as the server describes them, by name.

    Args:
        url: The folder that holds ``voices.json``; that of ``base_url`` by default.

    Raises:
        EngineUnavailable: It cannot be fetched, or is no such list.
        ServiceBusy: The server asks to come later.
    """
    url = url or base_url()
    try:
        listed = json.loads(_small(f"{url}/voices.json", LARGEST_LIST_BYTES))
    except (ValueError, RecursionError):
        listed = None
    if not isinstance(listed, dict):
        raise EngineUnavailable(f"{url} is not a list of voices; check NARRATE_PIPER_URL.")
    return {name: entry for name, entry in listed.items() if _NAME.fullmatch(name)}


def look_up(name: str, url: str | None = None) -> ListedVoice:
    """Return what there is to know of a voice before it is fetched: its licence and size.

    Args:
        name: For example ``de_DE-thorsten-medium``.
        url: The server's folder; that of ``base_url`` by default.

    Raises:
        InputUnreadable: There is no German voice of this name.
        EngineUnavailable: The server cannot be reached, or says nothing usable.
        ServiceBusy: It asks to come later.
    """
    url = (url or base_url()).rstrip("/")
    listed = read_list(url)
    if name not in listed:
        near = get_close_matches(name, listed, 3, 0.4) or sorted(listed)
        raise InputUnreadable(f"There is no German Piper voice '{name}'; the nearest are: {', '.join(near) or 'none'}.")
    files, card = listed_files(name, listed[name])
    told = _LICENCE.findall(_small(f"{url}/{card}", LARGEST_CARD_BYTES).decode("utf-8", "replace")) if card else []
    known = known_voice(name).licence
    licence = " ".join(told[-1].split())[:80] if told and "see url" not in told[-1].lower() else known
    commercial = not any(map(_NON_COMMERCIAL.search, [*told, known]))
    return ListedVoice(name, licence, commercial, files, url)


def listed_files(name: str, entry: object) -> tuple[tuple[ListedFile, ListedFile], str | None]:
    """Return the model and the configuration that the list names for a voice, and the path of its card.

    Args:
        name: Of the voice.
        entry: What the list says of it; comes from outside and may be anything.

    Raises:
        EngineUnavailable: It does not name just these, or a path leads elsewhere, or a size or digest is none.
    """
    files = entry.get("files") if isinstance(entry, dict) else None
    found: dict[str, ListedFile] = {}
    card = None
    for path, facts in files.items() if isinstance(files, dict) else ():
        file = _listed_file(path, facts)
        if file is None or file.name in found:
            raise EngineUnavailable(f"The list of voices has no valid entry for '{name}'; nothing was downloaded.")
        if file.name == "MODEL_CARD":
            card = path
        found[file.name] = file
    model, config = found.get(f"{name}.onnx"), found.get(f"{name}.onnx.json")
    if model is None or config is None:
        raise EngineUnavailable(f"The list of voices has no valid entry for '{name}'; nothing was downloaded.")
    return (model, config), card


def _listed_file(path: str, facts: object) -> ListedFile | None:
    if not _PATH.fullmatch(path) or not isinstance(facts, Mapping):
        return None
    size, md5 = facts.get("size_bytes"), facts.get("md5_digest")
    if not isinstance(size, int) or not 0 < size <= LARGEST_FILE_BYTES or not _DIGEST.fullmatch(str(md5)):
        return None
    return ListedFile(path, size, str(md5))


@contextmanager
def opened(url: str, headers: Mapping[str, str] = {}) -> Iterator[Any]:
    """Ask for a file, and give the ``urllib3`` response: status 200, 206, or 416 where a part was asked for.

    Raises:
        EngineUnavailable: The server cannot be reached, sends elsewhere too often, or has no such file.
        ServiceBusy: It asks to come later.
    """
    import urllib3

    timeout = urllib3.Timeout(connect=CONNECT_S, read=SILENCE_S)
    for _ in range(MOST_REDIRECTS):
        with _pool(url, timeout) as pool:
            try:
                answer = pool.request(
                    "GET", url, headers=dict(headers), preload_content=False, redirect=False, retries=False
                )
            except urllib3.exceptions.HTTPError as error:
                raise EngineUnavailable(f"{url} cannot be reached; check the network or NARRATE_PIPER_URL.") from error
            try:
                target = answer.get_redirect_location()
                if not target:
                    if answer.status not in ({200, 206, 416} if headers else {200}):
                        raise _refused(url, answer.status)
                    yield answer
                    return
            finally:
                answer.close()
        try:
            url = urljoin(url, target)
        except ValueError:
            raise EngineUnavailable(f"{url} redirects to an invalid address; check NARRATE_PIPER_URL.") from None
    raise EngineUnavailable(f"{url} redirects too often; check NARRATE_PIPER_URL.")


def _pool(url: str, timeout: Any) -> Any:
    """Return who connects to an address, through the proxy of the environment where there is one."""
    import urllib3

    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        secret = "@" in parts.netloc
    except ValueError:
        secret = True
    if secret:  # messages would repeat it
        raise EngineUnavailable(
            "Voices are fetched by https only, from an address without a user name; fix --url or NARRATE_PIPER_URL."
        )
    if parts.scheme != "https" and not (parts.scheme == "http" and host in HERE):
        raise EngineUnavailable(f"Voices are fetched by https only, not from {url}; check NARRATE_PIPER_URL.")
    proxy = getproxies().get(parts.scheme)
    if proxy and host not in HERE and not proxy_bypass(host):
        return urllib3.ProxyManager(proxy, timeout=timeout)
    return urllib3.PoolManager(timeout=timeout)


def _refused(url: str, status: int) -> NarrateError:
    if status in BUSY:
        return ServiceBusy(f"{url} is busy ({status}); try again later to resume the download.")
    return EngineUnavailable(f"{url} answered {status}; check NARRATE_PIPER_URL or try again later.")


def contents(answer: Any, url: str) -> Iterator[bytes]:
    """Yield what a response holds, as it comes.

    Raises:
        EngineUnavailable: It breaks off or takes more than an hour.
    """
    import urllib3

    end = time.monotonic() + LONGEST_S
    while True:
        try:
            content = answer.read1(READ_BYTES, decode_content=False)
        except urllib3.exceptions.HTTPError as error:
            raise broke_off(url) from error
        if not content:
            return
        if time.monotonic() > end:
            raise broke_off(url)
        yield content


def broke_off(url: str) -> EngineUnavailable:
    """Return the error for a file that did not come to its end."""
    return EngineUnavailable(f"{url} closed the connection; run the same command again to resume.")


def _small(url: str, most: int) -> bytes:
    """Fetch a small file whole."""
    content = b""
    with opened(url) as answer:
        for more in contents(answer, url):
            content += more
            if len(content) > most:
                raise EngineUnavailable(f"{url} is unexpectedly large; check NARRATE_PIPER_URL.")
    return content
