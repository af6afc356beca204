"""What an episode is signed with: refused before any work where it cannot sign, and never shown."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID as Use

from narrate.episode.signing.credentials import read_pem
from narrate.episode.signing.sign import Credentials, open_credentials, state
from narrate.model.errors import EngineUnavailable, InputMissing, InputUnreadable, PermissionRefused
from tests.episode.signing.certificates import Authority, Signer, key_pem
from tests.episode.signing.test_sign import authority, credentials, signed, signed_copy, signer
from tests.episode.test_tags import mp3, tag

__all__ = ["authority", "credentials", "signed", "signer"]


KEYS = {
    "P-256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "P-384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "P-521": lambda: ec.generate_private_key(ec.SECP521R1()),
    "RSA": lambda: rsa.generate_private_key(65_537, 2048),
    "Ed25519": ed25519.Ed25519PrivateKey.generate,
}


@pytest.mark.parametrize("kind", KEYS)
def test_every_kind_of_key_that_c2pa_knows(authority: Authority, tmp_path: Path, kind: str) -> None:
    """The algorithm follows from the key."""
    made = authority.signer(KEYS[kind]())
    path = signed_copy(mp3(tmp_path / "plain.mp3", tag()), open_credentials(made.chain, made.key))
    found = state(path, made.root)
    assert found is not None
    assert found.state == "Trusted"


def test_a_locked_key_opens_with_its_passphrase(authority: Authority, tmp_path: Path) -> None:
    """Without it, or with another one, one sentence says so."""
    key = ec.generate_private_key(ec.SECP256R1())
    made, locked = authority.signer(key), tmp_path / "locked.pem"
    locked.write_bytes(key_pem(key, b"geheim"))
    right, *others = ("geheim", None), (None, "NARRATE_SIGN_PASSPHRASE"), ("falsch", "does not open")
    assert open_credentials(made.chain, locked, passphrase=right[0]).expires
    for wrong, words in others:
        with pytest.raises(InputUnreadable, match=words):
            open_credentials(made.chain, locked, passphrase=wrong)


def test_a_key_may_come_through_a_pipe(signer: Signer) -> None:
    """It is read once, so that it need not lie on the disk."""
    out, into = os.pipe()
    os.write(into, signer.key.read_bytes())
    os.close(into)
    try:
        assert open_credentials(signer.chain, Path(f"/dev/fd/{out}")).fingerprint
    finally:
        os.close(out)


def test_unfit_credentials_are_refused_before_any_work(authority: Authority, signer: Signer, tmp_path: Path) -> None:
    """Expired, not yet valid, self-signed, for another purpose, of another key, of another kind: a sentence each."""
    other = authority.signer()
    reversed_chain = tmp_path / "reversed.pem"
    parts = signer.chain.read_bytes().partition(b"-----END CERTIFICATE-----\n")
    reversed_chain.write_bytes(parts[2] + parts[0] + parts[1])
    torn = tmp_path / "torn.pem"
    torn.write_bytes(signer.chain.read_bytes().replace(b"MII", b"MXX"))
    stranger = Authority(tmp_path / "stranger", "Fremde")
    mixed = tmp_path / "mixed.pem"
    mixed.write_bytes(parts[0] + parts[1] + stranger.root.read_bytes())
    expired, future = authority.signer(days=(-9, -1)), authority.signer(days=(1, 9))
    self_signed, web = authority.signer(self_signed=True), authority.signer(use=Use.SERVER_AUTH)
    curve = authority.signer(ec.generate_private_key(ec.SECP256K1()))
    cases = [
        (expired.chain, expired.key, "ended on"),
        (future.chain, future.key, "valid only from"),
        (self_signed.chain, self_signed.key, "self-signed"),
        (web.chain, web.key, "emailProtection"),
        (curve.chain, curve.key, "P-256"),
        (signer.chain, other.key, "does not belong"),
        (reversed_chain, signer.key, "certificate first"),
        (mixed, signer.key, "not a chain"),
        (torn, signer.key, "no readable certificate"),
        (signer.key, signer.key, "no readable certificate"),
        (signer.chain, signer.chain, "not a readable private key"),
        (tmp_path, signer.key, "is a folder"),
    ]
    for chain, key, words in cases:
        with pytest.raises(InputUnreadable, match=words) as refused:
            open_credentials(chain, key)
        assert refused.value.message.count(". ") == 0
        assert "BEGIN" not in refused.value.message


def test_missing_and_foreign_files_are_sentences(signer: Signer, signed: Path, tmp_path: Path) -> None:
    """No file, no PEM file, no address: each has its exit code."""
    nothing, text = tmp_path / "nichts.pem", tmp_path / "text.pem"
    text.write_bytes(b"\x00\xff" * 1000)
    for chain, key in ((nothing, signer.key), (signer.chain, nothing)):
        with pytest.raises(InputMissing, match=r"nichts\.pem"):
            open_credentials(chain, key)
    for chain, key in ((text, signer.key), (signer.chain, text)):
        with pytest.raises(InputUnreadable, match="PEM"):
            open_credentials(chain, key)
    for address in ("ftp://a.example", "a.example", "http://", "http://a b/", "http://a:99999/", "http://ä.example/\n"):
        with pytest.raises(InputUnreadable, match="https://host/path"):
            open_credentials(signer.chain, signer.key, address)
    with pytest.raises(InputMissing):
        state(tmp_path / "nichts.mp3")
    with pytest.raises(InputMissing, match="trusted"):
        state(signed, nothing)
    with pytest.raises(InputUnreadable, match="PEM"):
        state(signed, text)


@pytest.mark.skipif(not hasattr(os, "seteuid"), reason="needs POSIX")
def test_a_key_that_may_not_be_read(signer: Signer, tmp_path: Path) -> None:
    """Exit code 77, and a sentence; root, who may read everything, becomes nobody for it."""
    closed = Path(shutil.copy(signer.key, tmp_path / "closed.pem"))
    closed.chmod(0)
    owner = os.geteuid()
    try:
        if owner == 0:
            os.seteuid(65_534)
        with pytest.raises(PermissionRefused):
            read_pem(closed, "private key")
    finally:
        os.seteuid(owner)


def test_the_key_is_never_shown(credentials: Credentials, signer: Signer) -> None:
    """Neither key nor service's password stands in what Python prints of the credentials."""
    shown = repr(replace(credentials, tsa_url="http://name:geheim@a.example/"))
    assert "geheim" not in shown
    assert "BEGIN" not in shown
    secret = signer.key.read_text().splitlines()[1]
    assert secret not in shown


def test_without_the_library_one_line_says_how_to_get_it(
    signed: Path, signer: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Signing and reading a signature end with 69; an unsigned file needs no library."""
    monkeypatch.setitem(__import__("sys").modules, "c2pa", None)
    for call in (lambda: open_credentials(signer.chain, signer.key), lambda: state(signed)):
        with pytest.raises(EngineUnavailable, match=r"pip install 'narrate-de\[c2pa\]'"):
            call()
    assert state(signed.with_name("plain.mp3")) is None
