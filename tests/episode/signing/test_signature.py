"""Signatures read from whole, changed and hostile files."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutagen.id3 import ID3

from narrate.episode.manifest import TOOL
from narrate.episode.signing import sign
from narrate.episode.signing.credentials import context
from narrate.episode.signing.sign import Credentials, state
from narrate.episode.tags import RULE_BASED
from narrate.model.errors import InputUnreadable
from tests.episode.signing.certificates import ORGANISATION, Authority, Signer, serving
from tests.episode.signing.test_sign import authority, credentials, signed, signer

c2pa = pytest.importorskip("c2pa")
__all__ = ["authority", "credentials", "signed", "signer"]
MISMATCH = "assertion.dataHash.mismatch"


def test_what_is_signed_is_trusted_by_who_trusts_the_authority(signed: Path, signer: Signer) -> None:
    """Issuer and source type are read back; without anchors the signature is valid, nothing more."""
    found = state(signed, signer.root)
    assert found is not None
    assert (found.state, found.problems, found.reason) == ("Trusted", (), "")
    assert (found.issuer, found.source_type, found.signed_at) == (ORGANISATION, RULE_BASED, None)
    valid = state(signed)
    assert valid is not None
    assert (valid.state, valid.problems) == ("Valid", ())


def test_a_stranger_does_not_count_as_trusted(signed: Path, tmp_path: Path) -> None:
    """A signature that leads back to none of the given anchors is told apart from a valid one."""
    found = state(signed, Authority(tmp_path / "other", "Andere").root)
    assert found is not None
    assert (found.state, found.problems) == ("Untrusted", ("signingCredential.untrusted",))


def test_an_unsigned_file_has_no_state(signed: Path, tmp_path: Path) -> None:
    """No signature is no error; nor is any other file."""
    assert state(signed.with_name("plain.mp3")) is None
    for content in (b"", b"ID3", b"x" * 100, b"ID3\x03\x00\x00\x7f\x7f\x7f\x7f"):
        (tmp_path / "x").write_bytes(content)
        assert state(tmp_path / "x") is None


def test_every_later_change_shows(signed: Path, tmp_path: Path) -> None:
    """A flipped bit, a cut end, an appended tag and a mere re-save are all told as a mismatch."""
    whole = signed.read_bytes()
    flipped = bytearray(whole)
    flipped[-5000] ^= 1
    path = tmp_path / "a.mp3"
    for content in (bytes(flipped), whole[:-4096], whole + b"TAG" + bytes(125)):
        path.write_bytes(content)
        found = state(path)
        assert found is not None
        assert (found.state, found.reason) == ("Invalid", MISMATCH)
    path.write_bytes(whole)
    ID3(path).save(path, v2_version=4)
    found = state(path)
    assert found is not None
    assert (found.state, found.reason) == ("Invalid", MISMATCH)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=8), st.floats(0, 1), st.booleans())
def test_a_hostile_file_is_a_state_or_nothing(
    signed: Path, tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[float, int]], end: float, cut: bool
) -> None:
    """Whatever is changed in the statement or cut off, the answer is a state, and never an error of the library."""
    content = bytearray(signed.read_bytes())
    begin = content.index(b"application/c2pa")
    for place, value in edits:
        content[begin + round(place * 13_000)] = value
    path = tmp_path_factory.getbasetemp() / "hostile.mp3"
    path.write_bytes(content[: round(end * len(content))] if cut else content)
    found = state(path)
    assert found is None or found.state in ("Valid", "Invalid")
    assert found is None or found.state == "Valid" or found.reason.isprintable()


def test_reading_asks_nobody(tmp_path: Path, signed: Path, credentials: Credentials, signer: Signer) -> None:
    """A statement that lies elsewhere counts as none, and the address that a file names is not opened."""
    asked = []

    class Listen(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)

    with serving(Listen) as address:
        for embedded in (True, False):
            path = tmp_path / "a.mp3"
            with (
                signed.with_name("plain.mp3").open("rb") as plain,
                path.open("w+b") as target,
                c2pa.Builder(sign.assertions(sign.Statement("x", "de", RULE_BASED, TOOL)), context()) as builder,
                credentials.signer() as by,
            ):
                builder.set_remote_url(f"{address}/elsewhere.c2pa")
                if not embedded:
                    builder.set_no_embed()
                builder.sign(by, "audio/mpeg", plain, target)
            found = state(path, signer.root)
            assert (found and found.state) == ("Trusted" if embedded else None)
    assert asked == []


def test_anchors_must_be_certificates(signed: Path, signer: Signer, tmp_path: Path) -> None:
    """A key and a damaged certificate are refused in one sentence, rather than taken for nobody's."""
    torn = tmp_path / "torn.pem"
    torn.write_bytes(signer.root.read_bytes().replace(b"MII", b"MXX"))
    for anchors in (signer.key, torn):
        with pytest.raises(InputUnreadable, match="no readable certificate"):
            state(signed, anchors)
