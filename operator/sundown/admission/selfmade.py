"""Certificates that the webhook makes for itself, and the bundle of those that the API server is to trust. Pure but for the dice.

Each has an authority of its own, whose key is forgotten as soon as it has signed: nobody can make another by it.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY = "sundown-admission"
MOST_TRUSTED = 8
"""So many authorities stand in a bundle: of each replica, the one before and the next; not one for every restart there ever was."""
_BACKDATED = timedelta(minutes=10)
"""The clock of the API server may be behind ours."""


@dataclass(frozen=True, slots=True)
class Pair:
    """What is shown (certificate and key in one PEM), by which authority, and until when."""

    shown: bytes
    authority: bytes
    until: datetime
    renewed_at: datetime


def make(names: Iterable[str], *, now: datetime, life: timedelta) -> Pair:
    """A certificate for these names and addresses that is good from now on, and due for renewal after two thirds."""
    until = now + life
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, AUTHORITY)])
    above, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority = (
        _builder(issuer, above.public_key(), issuer=issuer, now=now, until=until)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(above.public_key()), critical=False)
        .sign(above, hashes.SHA256())
    )
    known = list(names)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, known[0][:64])])
    certificate = (
        _builder(subject, key.public_key(), issuer=issuer, now=now, until=until)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([_name(one) for one in known]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(above.public_key()), critical=False)
        .sign(above, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return Pair(
        shown=private + certificate.public_bytes(Encoding.PEM),
        authority=authority.public_bytes(Encoding.PEM),
        until=until,
        renewed_at=now + life * 2 / 3,
    )


def bundle(trusted: bytes, authority: bytes, *, now: datetime) -> bytes:
    """What is to be trusted where ``trusted`` was: that, as far as it is good still, and this authority besides.

    Equal to ``trusted`` where nothing is to be written.
    """
    own = x509.load_pem_x509_certificate(authority)
    before = _certificates(trusted)
    good = [one for one in before if one.not_valid_after_utc > now and one != own]
    newest = sorted(good, key=lambda one: one.not_valid_before_utc, reverse=True)[: MOST_TRUSTED - 1]
    kept = [one for one in before if one in newest or one == own]
    if own in before and kept == before:
        return trusted
    return b"".join(one.public_bytes(Encoding.PEM) for one in (*(one for one in kept if one != own), own))


def _certificates(pem: bytes) -> list[x509.Certificate]:
    """Those that can be read; whatever else somebody has put there is left out."""
    with suppress(ValueError):
        return x509.load_pem_x509_certificates(pem)
    return []


def _builder(
    subject: x509.Name, key: ec.EllipticCurvePublicKey, *, issuer: x509.Name, now: datetime, until: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BACKDATED)
        .not_valid_after(until)
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=signs,
        crl_sign=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(text: str) -> x509.GeneralName:
    with suppress(ValueError):
        return x509.IPAddress(ip_address(text))
    return x509.DNSName(text)
