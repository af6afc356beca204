"""Content Credentials: a signed statement inside an MP3 of what made it, and whether it still holds.

Signing is the last thing that happens to a file: whatever is written to it afterwards voids the signature. The signer
writes the tag anew, as ID3v2.4, and that must not cost a chapter; see :mod:`narrate.episode.signing.chapters`.

Source:
    C2PA specification 2.4; CAWG metadata assertion 1.1.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from narrate.audio.mp3_frames import info_frame
from narrate.episode.signing.chapters import (
    LINK_BYTES,
    chapters_by_standard,
    signable,
    signable_title,
    starts_in_players,
    tag_of,
)
from narrate.episode.signing.credentials import Credentials, context, library, one_line, read_credentials
from narrate.episode.signing.signature import MANIFEST, MIME, SignatureState, state
from narrate.episode.tags import RULE_BASED
from narrate.model.episode import Tool
from narrate.model.errors import EngineUnavailable, InputUnreadable, NarrateError, SoundError
from narrate.system.files import explained

CONTEXT = {"dc": "http://purl.org/dc/elements/1.1/", "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"}
TITLE_CHARACTERS = 500
SMALLEST_FRAME_BYTES = 313  # at 96 kbit/s and 44.1 kHz

__all__ = [
    "Credentials", "SignatureState", "Statement", "open_credentials", "sign", "signable", "signable_title", "state",
]  # fmt: skip


def open_credentials(chain: Path, key: Path, tsa_url: str | None = None, passphrase: str | None = None) -> Credentials:
    """Read what episodes are signed with, and try it on a moment of silence, so that an hour of work is not lost.

    No time stamp service is asked yet.

    Args:
        chain: PEM file of the certificates, the signer's first; it may be a pipe.
        key: PEM file of the private key; it may be a pipe.
        tsa_url: Address of an RFC 3161 time stamp service, or None: then signatures end with the certificate.
        passphrase: Of the key, or None.

    Raises:
        InputMissing: There is no such file.
        InputUnreadable: They are not what they should be, do not fit, or may not sign.
        PermissionRefused: A file cannot be read.
        EngineUnavailable: c2pa-python is missing.
    """
    credentials = read_credentials(chain, key, tsa_url, passphrase)
    statement = assertions(Statement("", "de", RULE_BASED, Tool(name="narrate", version="")))
    silence = io.BytesIO(info_frame(1, SMALLEST_FRAME_BYTES, 96, 44_100, 0))
    _write(statement, replace(credentials, tsa_url=None), silence, io.BytesIO())
    return credentials


@dataclass(frozen=True)
class Statement:
    """What is signed of an episode or clip; the language in BCP 47, the source in IPTC's terms."""

    title: str
    language: str
    source_type: str
    tool: Tool


def sign(source: Path, target: Path, credentials: Credentials, said: Statement) -> None:
    """Write a signed copy of a finished MP3. Two signatures of the same bytes differ.

    Args:
        source: An MP3 without a signature, with every tag it will have; its chapters as :func:`signable` returns them.
        target: Where the copy goes, and nothing is yet; whoever publishes it makes it safe on the disk.
        credentials: Opened before.
        said: What is signed.

    Raises:
        EngineUnavailable: c2pa-python is missing, or the time stamp service does not answer.
        InputUnreadable: The certificate may not sign this, or not any more.
        SoundError: A chapter was lost, or the file cannot be signed.
        OutputRefused, PermissionRefused, StorageError: The copy cannot be written.
            Whatever was raised, there is no target.
    """
    content = tag_of(source)
    before = chapters_by_standard(source), starts_in_players(content)
    if MANIFEST.search(content):
        raise SoundError(f"'{source.name}' is signed already; sign the file as it was before.")
    statement = assertions(said)
    with explained(target):
        output = _Output(target, "x+")
    try:
        with explained(target), output, source.open("rb") as unsigned, io.BufferedRandom(output) as signed:
            _write(statement, credentials, unsigned, signed)
        if (chapters_by_standard(target), starts_in_players(tag_of(target))) != before:
            raise SoundError(
                f"Signing would hide chapters of '{source.name}' from players; shorten their titles and links to "
                f"{LINK_BYTES} bytes, or publish without --sign."
            )
    except BaseException as failure:
        target.unlink(missing_ok=True)
        if output.failure is not None and isinstance(failure, SoundError):
            with explained(target):
                raise output.failure from None
        raise


class _Output(io.FileIO):
    """A file that remembers why it could not be written; the library only says that it could not."""

    failure: OSError | None = None

    def write(self, content: Any) -> int:
        """Write as much as can be."""
        try:
            return super().write(content)
        except OSError as error:
            self.failure = error
            raise


def _write(statement: dict[str, object], credentials: Credentials, unsigned: IO[bytes], signed: IO[bytes]) -> None:
    c2pa = library()
    with (
        _told(credentials),
        c2pa.Builder(statement, context(signing=True)) as builder,
        credentials.signer() as signer,
    ):
        builder.sign(signer, MIME, unsigned, signed)


def assertions(said: Statement) -> dict[str, object]:
    """Return what is signed: that this was made by a program, of which kind, and what it is called."""
    agent = {"name": said.tool.name, "version": said.tool.version}
    created = {"action": "c2pa.created", "digitalSourceType": said.source_type, "softwareAgent": agent}
    named = {
        "@context": CONTEXT,
        "dc:title": one_line(said.title, TITLE_CHARACTERS),
        "dc:language": said.language,
        "Iptc4xmpExt:DigitalSourceType": said.source_type,
    }
    return {
        "claim_generator_info": [agent],
        "format": MIME,
        "title": one_line(said.title, TITLE_CHARACTERS),
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": [created]}},
            {"label": "cawg.metadata", "data": named},
        ],
    }


@contextmanager
def _told(credentials: Credentials) -> Iterator[None]:
    """Turn the library's errors into sentences; the library's own words never hold the key."""
    c2pa = library()
    try:
        yield
    except c2pa.C2paError as error:
        raise _refusal(error, credentials) from None


def _refusal(error: Exception, credentials: Credentials) -> NarrateError:
    text = str(error)
    if re.search(r"time.?stamp|http|TSA", text, re.IGNORECASE) and credentials.tsa_url:
        host = credentials.tsa_host
        return EngineUnavailable(
            f"The time stamp service {host} did not return a time stamp; try again, or leave out --sign-tsa."
        )
    if "time of signing" in text:
        return InputUnreadable(f"The certificate '{credentials.chain}' is not valid now; ask for a new one.")
    if "certificate" in text:
        return InputUnreadable(
            f"The certificate '{credentials.chain}' is not allowed to sign Content Credentials; get one whose key "
            "usage is digitalSignature and extended key usage emailProtection."
        )
    return SoundError(f"Signing failed ({one_line(text)}); check certificate and key, or publish without --sign.")
