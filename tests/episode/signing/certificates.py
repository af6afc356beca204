"""Certificates for tests: an authority, signers it vouches for, and a time stamp service of its own."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID as Use
from cryptography.x509.oid import NameOID

EMAIL = Use.EMAIL_PROTECTION
ORGANISATION = "Redaktion Testblatt"
USAGES = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
    "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
)  # fmt: skip


def _name(common: str) -> x509.Name:
    pairs = ((NameOID.ORGANIZATION_NAME, ORGANISATION), (NameOID.COMMON_NAME, common))
    return x509.Name([x509.NameAttribute(kind, text) for kind, text in pairs])


def _certificate(
    subject: str,
    key: Any,
    issuer: str,
    issuer_key: Any,
    days: tuple[float, float] = (-1, 30),
    use: x509.ObjectIdentifier | None = EMAIL,
    authority: bool = False,
) -> x509.Certificate:
    now = datetime.now(UTC)
    allowed = ("key_cert_sign", "crl_sign") if authority else ("digital_signature",)
    usage = x509.KeyUsage(**{name: name in allowed for name in USAGES})
    issuer_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=days[0]))
        .not_valid_after(now + timedelta(days=days[1]))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(issuer_id, critical=False)
    )
    if use is not None and not authority:
        builder = builder.add_extension(x509.ExtendedKeyUsage([use]), critical=use == Use.TIME_STAMPING)
    return builder.sign(issuer_key, hashes.SHA256())


def _pem(*certificates: x509.Certificate) -> bytes:
    return b"".join(one.public_bytes(Encoding.PEM) for one in certificates)


def key_pem(key: Any, passphrase: bytes | None = None) -> bytes:
    """Return a private key as a PEM file has it."""
    lock = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    return bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock))


@dataclass(frozen=True)
class Signer:
    """Files of a signer.

    Attributes:
        chain: Certificates, the signer's first, then the authority's.
        key: Private key.
        root: The authority's certificate, which a reader may trust.
    """

    chain: Path
    key: Path
    root: Path


class Authority:
    """A certificate authority that writes into a folder."""

    def __init__(self, folder: Path, name: str = "Testwurzel") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.name = folder, name
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.certificate = _certificate(name, self.key, name, self.key, (-400, 400), authority=True)
        self.root = folder / "root.pem"
        self.root.write_bytes(_pem(self.certificate))

    def signer(
        self,
        key: Any = None,
        days: tuple[float, float] = (-1, 30),
        use: x509.ObjectIdentifier | None = EMAIL,
        self_signed: bool = False,
    ) -> Signer:
        """Issue a certificate.

        Args:
            key: Private key, or None for a new one on P-256.
            days: From when to when it is valid, counted from now.
            use: Its extended key usage.
            self_signed: Whether the signer vouches for itself.
        """
        key = key or ec.generate_private_key(ec.SECP256R1())
        issuer, issuer_key = ("Stimme", key) if self_signed else (self.name, self.key)
        certificate = _certificate("Stimme", key, issuer, issuer_key, days, use)
        place = Path(tempfile.mkdtemp(dir=self.folder))
        (place / "chain.pem").write_bytes(_pem(certificate, *([] if self_signed else [self.certificate])))
        (place / "key.pem").write_bytes(key_pem(key))
        return Signer(place / "chain.pem", place / "key.pem", self.root)

    @contextmanager
    def time_stamps(self) -> Iterator[str]:
        """Run an RFC 3161 service on this machine, made of OpenSSL; yield its address."""
        stamper = self.signer(use=Use.TIME_STAMPING)
        folder = stamper.key.parent
        (folder / "serial").write_text("01\n")
        (folder / "tsa.cnf").write_text(
            "[tsa]\ndefault_tsa = here\n[here]\n"
            f"serial = {folder / 'serial'}\ndefault_policy = 1.2.3.4.1\ndigests = sha256, sha384, sha512\n"
            f"signer_digest = sha256\naccuracy = secs:1\nordering = no\ness_cert_id_alg = sha256\ntsa_name = no\n"
        )
        command = ["openssl", "ts", "-reply", "-config", str(folder / "tsa.cnf"), "-section", "here"]
        command += ["-signer", str(stamper.chain), "-inkey", str(stamper.key), "-chain", str(stamper.root)]

        class Answer(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                question, answer = folder / "question.tsq", folder / "answer.tsr"
                question.write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
                subprocess.run([*command, "-queryfile", question, "-out", answer], check=True, capture_output=True)
                self.send_response(200)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(answer.stat().st_size))
                self.end_headers()
                self.wfile.write(answer.read_bytes())

            def log_message(self, format: str, *arguments: Any) -> None:
                """Say nothing."""

        with serving(Answer) as address:
            yield f"{address}/tsa"


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """Run a server on this machine; yield its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
