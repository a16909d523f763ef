"""The API by https: a certificate from files, which is renewed without a restart (F3)."""

import ssl
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

import aiohttp
import pytest

from sundown.process.certificates import CERTIFICATE, KEY, Certificates, NoCertificate
from sundown_lab.certs import Authority, Certificate
from support.frontdesk.api import Caller, calling

Trust = Callable[[Authority], ssl.SSLContext]


def trust(authority: Authority) -> ssl.SSLContext:
    return ssl.create_default_context(cadata=authority.pair.certificate.decode())


def issued(authority: Authority) -> Certificate:
    return authority.server(names=("sundown-api",), addresses=("127.0.0.1",))


def put(folder: Path, pair: Certificate) -> None:
    (folder / CERTIFICATE).write_bytes(pair.certificate)
    (folder / KEY).write_bytes(pair.key)


async def works(caller: Caller) -> bool:
    try:
        return (await caller.get("/api/v1/envs"))[0] == HTTPStatus.OK
    except aiohttp.ClientConnectorCertificateError:
        return False


async def test_a_new_certificate_is_in_force_without_a_restart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """F3"""
    monkeypatch.setattr("sundown.process.certificates._LOOK_EVERY", 0.01)
    before, after = Authority(), Authority()
    put(tmp_path, issued(before))
    async with calling(api_tls=tmp_path, trust=trust(before)) as old:
        assert await works(old)
        put(tmp_path, issued(after))
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trust(after), force_close=True)) as session:
            new = Caller(session, old.url, old.world)
            while not await works(new):
                pass
        assert not await works(old)


async def test_nobody_is_turned_away_while_it_is_renewed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """F3: who connected in the middle of it met a certificate without its key."""
    monkeypatch.setattr("sundown.process.certificates._LOOK_EVERY", 0.0)
    authority = Authority()
    pairs = issued(authority), issued(authority)
    put(tmp_path, pairs[0])
    async with calling(api_tls=tmp_path, trust=trust(authority)) as one:
        connector = aiohttp.TCPConnector(ssl=trust(authority), force_close=True)
        async with aiohttp.ClientSession(connector=connector) as session:
            caller = Caller(session, one.url, one.world)
            for number in range(100):
                put(tmp_path, pairs[number % 2])
                assert await works(caller)


async def test_by_http_nothing_is_answered_then(tmp_path: Path) -> None:
    authority = Authority()
    put(tmp_path, issued(authority))
    async with calling(api_tls=tmp_path, trust=trust(authority)) as caller, aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientError):
            await session.get(caller.url.replace("https", "http"))


def test_what_does_not_belong_together_leaves_the_one_before_in_force(tmp_path: Path) -> None:
    """F3: a certificate is written before its key, and somebody looks in between."""
    authority = Authority()
    first, second = issued(authority), issued(authority)
    put(tmp_path, first)
    certificates = Certificates(tmp_path)
    assert certificates.load()
    assert not certificates.load()
    (tmp_path / CERTIFICATE).write_bytes(second.certificate)
    with pytest.raises(NoCertificate, match="belong together"):
        certificates.load()
    (tmp_path / KEY).write_bytes(second.key)
    assert certificates.load()


@pytest.mark.parametrize("content", [None, b"", b"no certificate"])
def test_without_a_certificate_it_does_not_start(tmp_path: Path, content: bytes | None) -> None:
    """Tokens are not taken in the clear because a file is missing."""
    if content is not None:
        put(tmp_path, Certificate(content, content))
    with pytest.raises(NoCertificate, match=r"tls\.crt"):
        Certificates(tmp_path).load()
