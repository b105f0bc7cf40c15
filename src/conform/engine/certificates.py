"""Makes the certificates of the TLS cases: a valid one, and one with each possible flaw."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cached_property
import ipaddress
from pathlib import Path
import ssl
from typing import TYPE_CHECKING, Final, assert_never

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
import trustme

from conform.core.observations import LOOPBACK

if TYPE_CHECKING:
    from conform.cases.model import Transport

_ELSEWHERE: Final = "elsewhere.example.com"
_YEAR: Final = timedelta(days=365)


class Certificates:
    """A certificate authority for one run, and its certificates; they are made on first use.

    Args:
        folder: the folder for the files; the caller removes it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @cached_property
    def ca_file(self) -> str:
        """The PEM file of the authority; it signs all certificates except the untrusted ones."""
        path = self._folder / "authority.pem"
        self._authority.cert_pem.write_to_path(path)
        return str(path)

    def context(self, transport: Transport) -> ssl.SSLContext | None:
        """The TLS context of a listener; None for plain HTTP."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        match transport:
            case "http":
                return None
            case "tls":
                self._authority.issue_cert(LOOPBACK).configure_cert(context)
            case "tls-wrong-host":
                self._authority.issue_cert(_ELSEWHERE).configure_cert(context)
            case "tls-expired":
                today = datetime.now(UTC)
                issued = self._authority.issue_cert(
                    LOOPBACK, not_before=today - 2 * _YEAR, not_after=today - _YEAR
                )
                issued.configure_cert(context)
            case "tls-untrusted":
                trustme.CA(organization_name="unknown").issue_cert(LOOPBACK).configure_cert(context)
            case "tls-self-signed":
                context.load_cert_chain(_self_signed(self._folder / "self-signed.pem"))
            case _:
                assert_never(transport)
        return context

    def context_of(self, host: str) -> ssl.SSLContext:
        """The TLS context of any host, such as ``files.example``."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._authority.issue_cert(host).configure_cert(context)
        return context

    @cached_property
    def _authority(self) -> trustme.CA:
        return trustme.CA(organization_name="sdk-conformance")


def _self_signed(path: Path) -> Path:
    """Write a key and its self-signed certificate for this host."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "itself")])
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - _YEAR)
        .not_valid_after(today + _YEAR)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(LOOPBACK))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return path
