"""By which certificates the API server is believed to be the API server, over the life of a process (J1)."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from ipaddress import ip_address
from pathlib import Path

import aiohttp
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from kubernetes_asyncio.client import Configuration

from sundown.cluster.session import open_session
from sundown_lab.certs import Authority, Certificate
from support.loopback import serve

Open = Callable[[], aiohttp.ClientSession]


@contextmanager
def api_server(shown: Certificate, folder: Path) -> Iterator[str]:
    """The address of something that proves itself by a certificate."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(*shown.save(folder, "server"))
    with serve(lambda _: b"{}", tls=tls) as port:
        yield f"https://127.0.0.1:{port}/"


def issued(authority: Authority) -> Certificate:
    return authority.server(names=("kubernetes",), addresses=("127.0.0.1",))


def trusting(folder: Path, authority: Authority) -> Configuration:
    """The configuration of a pod, whose folder of its ServiceAccount has the authority."""
    known = Configuration()
    known.ssl_ca_cert = str(folder / "ca.crt")
    Path(known.ssl_ca_cert).write_bytes(authority.pair.certificate)
    return known


def put(path: Path, content: bytes | None) -> None:
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)


async def answers(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(url) as response:
            return response.status == HTTPStatus.OK
    except aiohttp.ClientConnectorCertificateError:
        return False


def of_years_ago(folder: Path) -> tuple[Certificate, Path]:
    """What an API server shows whose cluster was made by older tools: nothing of it says by which key it was signed."""
    keys = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]) for name in ("kubernetes", "kube-apiserver")]
    now = datetime.now(UTC)
    addresses = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = []
    for name, key, about in (
        (names[0], keys[0], x509.BasicConstraints(ca=True, path_length=None)),
        (names[1], keys[1], addresses),
    ):
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(names[0])
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1500))
            .not_valid_after(now + timedelta(days=1500))
            .add_extension(about, critical=False)
        )
        made.append(builder.sign(keys[0], hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    private = keys[1].private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    authority = folder / "authority.crt"
    authority.write_bytes(made[0])
    return Certificate(made[1], private), authority


async def test_a_cluster_of_years_ago_is_believed_by_every_python(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """kubernetes-client/python #2394, py-kube-downscaler #170: Python 3.13 refuses EKS and GKE, where kubectl does not."""
    lenient = ssl.create_default_context

    def as_since_python_3_13(*args: object, **options: object) -> ssl.SSLContext:
        context = lenient(*args, **options)  # type: ignore[arg-type]
        context.verify_flags |= ssl.VERIFY_X509_STRICT | ssl.VERIFY_X509_PARTIAL_CHAIN
        return context

    monkeypatch.setattr(ssl, "create_default_context", as_since_python_3_13)
    shown, authority = of_years_ago(tmp_path)
    known = Configuration()
    known.ssl_ca_cert = str(authority)
    with api_server(shown, tmp_path) as url:
        strict = aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=authority))
        async with aiohttp.ClientSession(connector=strict) as session:
            assert not await answers(session, url)
        async with open_session(known, timeout=5, manager="test") as session:
            assert await answers(session, url)
        known.ssl_ca_cert = str(trusting(tmp_path, Authority()).ssl_ca_cert)
        async with open_session(known, timeout=5, manager="test") as session:
            assert not await answers(session, url)


async def test_a_new_authority_of_the_cluster_is_believed_without_a_restart(tmp_path: Path) -> None:
    """openshift/library-go #395: after the authority was exchanged every call failed until the pod was made anew."""
    before, after = Authority(), Authority()
    known = trusting(tmp_path, before)
    async with open_session(known, timeout=5, manager="test") as session:
        with api_server(issued(before), tmp_path) as url:
            assert await answers(session, url)
        with api_server(issued(after), tmp_path) as url:
            assert not await answers(session, url)
            trusting(tmp_path, after)
            assert await answers(session, url)
        with api_server(issued(before), tmp_path) as url:
            assert not await answers(session, url)


async def test_a_file_that_is_half_written_changes_nothing_until_it_is_whole(tmp_path: Path) -> None:
    before, after = Authority(), Authority()
    known = trusting(tmp_path, before)
    there = Path(str(known.ssl_ca_cert))
    async with open_session(known, timeout=5, manager="test") as session:
        for broken in (b"", b"-----BEGIN CERTIFICATE-----\nMIIB", None):
            put(there, broken)
            with api_server(issued(before), tmp_path) as url:
                assert await answers(session, url)
        trusting(tmp_path, after)
        with api_server(issued(after), tmp_path) as url:
            assert await answers(session, url)


async def test_whom_a_certificate_is_for_is_looked_at_all_the_same(tmp_path: Path) -> None:
    authority = Authority()
    known = trusting(tmp_path, authority)
    foreign = authority.server(names=("elsewhere",), addresses=("192.0.2.1",))
    with api_server(foreign, tmp_path) as url:
        async with open_session(known, timeout=5, manager="test") as session:
            assert not await answers(session, url)
        known.verify_ssl = False
        async with open_session(known, timeout=5, manager="test") as session:
            assert await answers(session, url)
