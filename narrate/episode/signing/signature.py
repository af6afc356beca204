"""Whether the Content Credentials in an MP3 hold, read from files that may be damaged or made to do harm.

Source:
    C2PA specification 2.4, validation.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from narrate.episode.signing.chapters import tag_of
from narrate.episode.signing.credentials import context, library, one_line, parse_certificates, read_pem, readable

MIME = "audio/mpeg"
MANIFEST = re.compile(rb"GEOB.{6}.application/c2pa\x00", re.DOTALL)
UNREADABLE = "manifest.unreadable"


@dataclass(frozen=True, slots=True)
class SignatureState:
    """What the Content Credentials of a file come to.

    Attributes:
        state: ``Trusted``: the signature holds and leads back to an anchor. ``Valid``: it holds, and no anchors
            were given. ``Untrusted``: it holds, but leads back to none of them. ``Invalid``: it does not hold.
        problems: C2PA's codes of what is wrong, such as ``assertion.dataHash.mismatch``.
        issuer: Organisation in the signer's certificate, or None.
        source_type: IPTC digital source type, or None.
        signed_at: When a time stamp service saw the signature, or None.
    """

    state: Literal["Trusted", "Valid", "Untrusted", "Invalid"]
    problems: tuple[str, ...] = ()
    issuer: str | None = None
    source_type: str | None = None
    signed_at: datetime | None = None

    @property
    def reason(self) -> str:
        """What is wrong, in one line; empty where nothing is."""
        return ", ".join(self.problems)


def state(path: Path, anchors: Path | None = None) -> SignatureState | None:
    """Tell whether the Content Credentials of an MP3 hold. The network is never asked.

    Args:
        path: Any file; it may be damaged, or made to do harm.
        anchors: PEM file of the certificates that a signature must lead back to; None asks only whether it holds.

    Returns:
        Its state, or None where there is none in the file. One that is only named there, and lies elsewhere, is none.

    Raises:
        EngineUnavailable: There is a signature, and c2pa-python is missing.
        InputMissing, InputUnreadable, PermissionRefused, StorageError: A file cannot be read.
    """
    roots = read_pem(anchors, "file of trusted certificates") if anchors else None
    with readable(path, "file"):
        if not MANIFEST.search(tag_of(path)):
            return None
        c2pa = library()
        if roots is not None and anchors is not None:
            parse_certificates(roots, anchors)
        try:
            with path.open("rb") as file, c2pa.Reader(MIME, file, context=context(roots)) as reader:
                told, word = json.loads(reader.json()), str(reader.get_validation_state())
        except (c2pa.C2paError, ValueError, RecursionError):
            return SignatureState("Invalid", (UNREADABLE,))
    return _state_of(told, word, roots is not None)


def _state_of(told: Any, word: str, anchored: bool) -> SignatureState:
    """Read what the library tells, of which the strings are the file's own."""
    manifest = _at(told, "manifests", _at(told, "active_manifest"))
    failures = _at(told, "validation_results", "activeManifest", "failure")
    listed = [*(failures if isinstance(failures, list) else ()), *(_at(told, "validation_status") or ())]
    problems = tuple(dict.fromkeys(one_line(_at(failure, "code")) for failure in listed))
    if word not in ("Trusted", "Valid"):
        word = "Invalid"
    elif word == "Valid" and anchored:
        word = "Untrusted"
    return SignatureState(
        word,  # type: ignore[arg-type]
        problems,
        _text(_at(manifest, "signature_info", "issuer")),
        _text(next(_source_types(manifest), None)),
        _moment(_at(manifest, "signature_info", "time")),
    )


def _source_types(manifest: Any) -> Iterator[Any]:
    for assertion in _at(manifest, "assertions") or ():
        if str(_at(assertion, "label")).startswith("c2pa.actions"):
            for action in _at(assertion, "data", "actions") or ():
                if _at(action, "digitalSourceType"):
                    yield _at(action, "digitalSourceType")


def _at(tree: Any, *path: Any) -> Any:
    for name in path:
        tree = tree.get(name) if isinstance(tree, dict) and isinstance(name, str) else None
    return tree


def _text(value: Any) -> str | None:
    return one_line(value) if isinstance(value, str) and value else None


def _moment(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
