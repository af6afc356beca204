"""What an episode is signed with: a certificate, its private key, and a time stamp service."""

from __future__ import annotations

import hashlib
import importlib
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from narrate.model.errors import EngineUnavailable, InputMissing, InputUnreadable, PermissionRefused, StorageError

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

INSTALL = "Content Credentials need c2pa-python; install it with: pip install 'narrate-de[c2pa]'"
LARGEST_PEM_BYTES = 1_000_000
SMALLEST_RSA_BITS = 2048
CURVES = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}


@dataclass(frozen=True, slots=True)
class Credentials:
    """A certificate and its key, read and checked. The key stands in no message and no ``repr``.

    Attributes:
        chain: Where the certificates were read from, the signer's first.
        key: Where the private key was read from.
        tsa_url: RFC 3161 time stamp service, which is asked over the network; None for none.
        expires: When the certificate ends, and without a time stamp every signature with it.
        fingerprint: SHA-256 of the certificate, in hexadecimal.
    """

    chain: Path
    key: Path
    tsa_url: str | None = field(repr=False)  # it may hold a password
    expires: datetime
    fingerprint: str
    _algorithm: str = field(repr=False)
    _certificates: bytes = field(repr=False)
    _private: bytes = field(repr=False)

    @property
    def digest(self) -> str:
        """What decides how a signed file differs from another."""
        return f"{self.fingerprint} {self.tsa_url}"

    @property
    def tsa_host(self) -> str:
        """Name of the time stamp service, without any password that its address may hold."""
        return urlsplit(self.tsa_url or "").hostname or ""

    def signer(self) -> Any:
        """Return the library's signer."""
        c2pa = library()
        tsa = self.tsa_url.encode() if self.tsa_url else None
        return c2pa.Signer.from_info(
            c2pa.C2paSignerInfo(self._algorithm.encode(), self._certificates, self._private, tsa)
        )


def read_credentials(chain: Path, key: Path, tsa_url: str | None = None, passphrase: str | None = None) -> Credentials:
    """Read and check what episodes are signed with; whether it can sign is found by ``sign``.

    Args:
        chain: PEM file of the certificates, the signer's first; may be readable only once.
        key: PEM file of the private key.
        tsa_url: Address of an RFC 3161 time stamp service, or None.
        passphrase: Of the key, or None.

    Raises:
        InputMissing: There is no such file.
        InputUnreadable: They are not what they should be, do not fit, or may not sign.
        PermissionRefused: A file cannot be read.
        EngineUnavailable: c2pa-python is missing.
    """
    library()
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    if tsa_url is not None:
        _check_address(tsa_url)
    certificates = parse_certificates(read_pem(chain, "certificate"), chain)
    loaded = _private_key(key, passphrase)
    _check_signer(certificates, loaded, chain, key)
    leaf = certificates[0]
    return Credentials(
        chain,
        key,
        tsa_url,
        leaf.not_valid_after_utc,
        hashlib.sha256(leaf.public_bytes(Encoding.DER)).hexdigest(),
        _algorithm(loaded, key),
        b"".join(one.public_bytes(Encoding.PEM) for one in certificates),
        loaded.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    )


def _check_address(url: str) -> None:
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        good = good and url.isascii() and url.isprintable() and " " not in url
    except ValueError:
        good = False
    if not good:
        raise InputUnreadable("The time stamp service is not a valid address; write it as https://host/path.")


def parse_certificates(content: bytes, path: Path) -> list[Certificate]:
    """Return the certificates of a PEM file.

    Raises:
        InputUnreadable: It holds none, or one that is damaged.
    """
    from cryptography import x509

    try:
        return x509.load_pem_x509_certificates(content)
    except ValueError:
        raise InputUnreadable(f"'{path}' holds no readable certificate; name a PEM file of certificates.") from None


def _private_key(path: Path, passphrase: str | None) -> Any:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    content = read_pem(path, "private key")
    locked = b"ENCRYPTED" in content
    if locked and not passphrase:
        raise InputUnreadable(f"The private key '{path}' is locked; give its passphrase in NARRATE_SIGN_PASSPHRASE.")
    try:
        return load_pem_private_key(content, passphrase.encode() if locked and passphrase else None)
    except (TypeError, ValueError, UnsupportedAlgorithm):
        # The library's own words are left out: nothing of the key shall be in a message.
        what = "does not open with this passphrase" if locked else "is not a readable private key"
        raise InputUnreadable(f"'{path}' {what}; name the PEM file of the certificate's key.") from None


def _check_signer(certificates: list[Certificate], key: Any, chain: Path, key_path: Path) -> None:
    """Refuse what the library takes although nobody could trust it, and say more exactly what it refuses."""
    leaf = certificates[0]
    if leaf.public_key() != key.public_key():
        place = next((n for n, one in enumerate(certificates, 1) if one.public_key() == key.public_key()), None)
        raise InputUnreadable(
            f"The private key '{key_path}' does not belong to the first certificate in '{chain}'; "
            + ("put the signer's certificate first." if place else "name the key that the certificate was made for.")
        )
    if leaf.issuer == leaf.subject:
        raise InputUnreadable(f"The certificate '{chain}' is self-signed; sign with one that an authority issued.")
    now = datetime.now(UTC)
    if now > leaf.not_valid_after_utc:
        ended = leaf.not_valid_after_utc.date()
        raise InputUnreadable(f"The certificate '{chain}' ended on {ended}; ask for a new one.")
    if now < leaf.not_valid_before_utc:
        begins = leaf.not_valid_before_utc.date()
        raise InputUnreadable(f"The certificate '{chain}' is valid only from {begins}; sign later or with another.")
    if any(one.issuer != above.subject for one, above in itertools.pairwise(certificates)):
        raise InputUnreadable(f"The certificates in '{chain}' are not a chain; let each be followed by its issuer's.")


def _algorithm(key: Any, path: Path) -> str:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name in CURVES:
        return CURVES[key.curve.name]
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= SMALLEST_RSA_BITS:
        return "ps256"
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return "ed25519"
    raise InputUnreadable(f"C2PA knows no signatures of the kind of '{path}'; use a key on the curve P-256.")


def library() -> Any:
    """Return c2pa-python.

    Raises:
        EngineUnavailable: It is not installed, or does not run here.
    """
    try:
        return importlib.import_module("c2pa")
    except (ImportError, OSError, RuntimeError) as error:
        raise EngineUnavailable(INSTALL) from error


def context(roots: bytes | None = None, signing: bool = False) -> Any:
    """Return the library's settings: offline, without pictures, trusting only what was named."""
    c2pa = library()
    verify = {
        "verify_after_sign": signing,
        "verify_trust": roots is not None,
        "remote_manifest_fetch": False,
        "ocsp_fetch": False,
    }
    core = {"allowed_network_hosts": [], "allow_redirects": False, "decode_identity_assertions": False}
    trust = {"trust": {"user_anchors": roots.decode("utf-8", "replace")}} if roots is not None else {}
    chosen = {"core": core, "verify": verify, "builder": {"thumbnail": {"enabled": False}}, **trust}
    return c2pa.Context(c2pa.Settings.from_dict(chosen))


@contextmanager
def readable(path: Path, what: str) -> Iterator[None]:
    """Turn the operating system's refusals to read a file into sentences with exit codes."""
    try:
        yield
    except FileNotFoundError:
        raise InputMissing(f"The {what} '{path}' does not exist; name an existing file.") from None
    except PermissionError:
        raise PermissionRefused(f"No permission to read the {what} '{path}'; change who may read it.") from None
    except IsADirectoryError:
        raise InputUnreadable(f"'{path}' is a folder; name the {what} itself.") from None
    except OSError as error:
        raise StorageError(f"Reading the {what} '{path}' failed ({error.strerror}); check the disk.") from error


def read_pem(path: Path, what: str) -> bytes:
    """Return the content of a PEM file.

    Raises:
        InputMissing, InputUnreadable, PermissionRefused, StorageError: It cannot be read, or is not a PEM file.
    """
    with readable(path, what), path.open("rb") as file:
        content = file.read(LARGEST_PEM_BYTES + 1)
    if len(content) > LARGEST_PEM_BYTES or b"-----BEGIN " not in content:
        raise InputUnreadable(f"'{path}' is not a {what} in PEM format; name a file that begins with -----BEGIN.")
    return content


def one_line(text: object, longest: int = 100) -> str:
    """Return foreign text as it may stand in a message: on one line, printable, short."""
    plain = " ".join("".join(sign if sign.isprintable() else " " for sign in str(text)).split())
    return plain if len(plain) <= longest else plain[: longest - 1] + "…"
