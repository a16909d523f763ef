"""Keys and certificates of one control plane: its authority, what the servers show, and what clients log in with."""

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LIFETIME = timedelta(days=365)
# A clock that is a little behind, of a container or a guest, must not find the certificates "not yet valid".
BACKDATED = timedelta(hours=1)


@dataclass(frozen=True)
class Certificate:
    """A certificate and its private key, both PEM."""

    certificate: bytes
    key: bytes

    def save(self, directory: Path, name: str) -> tuple[Path, Path]:
        """Writes `name.crt` and `name.key` (mode 0600) and returns both paths."""
        return _write(directory / f"{name}.crt", self.certificate), _write(directory / f"{name}.key", self.key)


class Authority:
    """A certificate authority that lives as long as its control plane; its own key stays in memory and one file."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sundown-lab")])
        usage = x509.KeyUsage(
            digital_signature=True,
            key_cert_sign=True,
            crl_sign=True,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            encipher_only=False,
            decipher_only=False,
        )
        self._certificate = (
            _builder(subject=name, issuer=name, key=self._key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self._key.public_key()), critical=False)
            .sign(self._key, hashes.SHA256())
        )

    @property
    def pair(self) -> Certificate:
        """The authority itself."""
        return Certificate(self._certificate.public_bytes(serialization.Encoding.PEM), _private(self._key))

    def server(self, *, names: tuple[str, ...], addresses: tuple[str, ...]) -> Certificate:
        """What a server shows that is reached by these DNS names and IP addresses."""
        alternatives = x509.SubjectAlternativeName(
            [*map(x509.DNSName, names), *(x509.IPAddress(ipaddress.ip_address(address)) for address in addresses)]
        )
        return self._issue(common_name=names[0], usage=ExtendedKeyUsageOID.SERVER_AUTH, alternatives=alternatives)

    def client(self, user: str, *, groups: tuple[str, ...] = ()) -> Certificate:
        """What a client logs in with: Kubernetes reads the user from CN and the groups from O."""
        return self._issue(common_name=user, organisations=groups, usage=ExtendedKeyUsageOID.CLIENT_AUTH)

    def _issue(
        self,
        *,
        common_name: str,
        usage: x509.ObjectIdentifier,
        organisations: tuple[str, ...] = (),
        alternatives: x509.SubjectAlternativeName | None = None,
    ) -> Certificate:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name(
            [
                *(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation) for organisation in organisations),
                x509.NameAttribute(NameOID.COMMON_NAME, common_name),
            ]
        )
        builder = (
            _builder(subject=subject, issuer=self._certificate.subject, key=key.public_key())
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()),
                critical=False,
            )
        )
        if alternatives is not None:
            builder = builder.add_extension(alternatives, critical=False)
        signed = builder.sign(self._key, hashes.SHA256())
        return Certificate(signed.public_bytes(serialization.Encoding.PEM), _private(key))


def service_account_key() -> Certificate:
    """The pair that signs tokens of ServiceAccounts; `certificate` holds the bare public key."""
    key = ec.generate_private_key(ec.SECP256R1())
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return Certificate(public, _private(key))


def _builder(*, subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + LIFETIME)
    )


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_bytes(content)
    return path
