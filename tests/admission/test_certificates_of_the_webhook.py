"""Certificates that the webhook makes for itself or has from files: renewed without a restart, and without a right to Secrets (F3)."""

import ssl
from base64 import b64decode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from sundown.admission.selfmade import MOST_TRUSTED, bundle, make
from sundown.process.certificates import CERTIFICATE, KEY, Swapped
from sundown_lab.certs import Authority, Certificate
from sundown_lab.cluster import Cluster
from support.admitting import DEFAULTS, default, namespace_of, refusal_of
from support.apiserver import Api, Json, eventually
from support.audit import Audit
from support.envs import NAMESPACES
from support.webhooks import ACCOUNT, CONFIGURATIONS, USER, Porch, shipped

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)
PAIRS = [make(["a.svc"], now=NOON + n * DAY, life=90 * DAY) for n in range(MOST_TRUSTED + 2)]


def authorities(pem: bytes) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(pem) if pem else []


def test_the_next_one_is_trusted_beside_the_one_before() -> None:
    """F3"""
    first, second = PAIRS[:2]
    both = bundle(bundle(b"", first.authority, now=NOON), second.authority, now=NOON + DAY)
    assert both == first.authority + second.authority


def test_what_is_over_and_what_nobody_can_read_is_left_out() -> None:
    """F3"""
    first, second = PAIRS[:2]
    assert bundle(first.authority, second.authority, now=first.until) == second.authority
    assert bundle(b"no certificate", first.authority, now=NOON) == first.authority


@given(order=st.lists(st.sampled_from(PAIRS), max_size=20))
def test_a_bundle_never_grows_for_ever_and_has_the_last_one_in_it(order: list[object]) -> None:
    """J6: a process that starts again and again makes a new one each time."""
    trusted = b""
    for pair in order:
        trusted = bundle(trusted, pair.authority, now=NOON + 10 * DAY)  # type: ignore[attr-defined]
        found = authorities(trusted)
        assert len(found) <= MOST_TRUSTED
        assert len(set(found)) == len(found)
        assert pair.authority in trusted  # type: ignore[attr-defined]
        assert bundle(trusted, pair.authority, now=NOON + 10 * DAY) == trusted  # type: ignore[attr-defined]


def test_it_is_for_the_names_and_addresses_and_signs_nothing_else() -> None:
    """F3"""
    pair = make(["a.sundown-system.svc", "127.0.0.1"], now=NOON, life=90 * DAY)
    certificate = x509.load_pem_x509_certificate(pair.shown)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["a.sundown-system.svc"]
    assert [str(one) for one in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1"]
    assert certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca is False
    certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(pair.authority))
    assert (pair.renewed_at, pair.until) == (NOON + 60 * DAY, NOON + 90 * DAY)


def test_no_disk_has_to_know_it() -> None:
    """F3: the pod's file system is read-only."""
    shown = Swapped()
    shown.show_pem(PAIRS[0].shown)
    with pytest.raises(ssl.SSLError):
        shown.show_pem(PAIRS[0].authority)  # has no key


def trusted_by(api: Api) -> dict[str, bytes]:
    """The bundle of each webhook."""
    hooks: list[Json] = [
        hook for path in CONFIGURATIONS.values() for hook in api.get(f"{path}/{ACCOUNT}").get("webhooks", [])
    ]
    return {each["name"]: b64decode(each["clientConfig"].get("caBundle", "")) for each in hooks}


def refuses(api: Api) -> bool:
    """Whether it answers; with ``failurePolicy: Fail`` anything else than its answer fails."""
    said = refusal_of(lambda: api.create(f"{NAMESPACES}?dryRun=All", namespace_of("team-tls", {"scheduler": "on"})))
    return 'must be "enabled" or "disabled", got "on"' in said


@pytest.mark.lab
def test_one_of_its_own_is_renewed_and_each_request_is_answered_meanwhile(api: Api, porch: Porch) -> None:
    """F3: of 26 seconds' life, without a restart."""
    with porch.running(SUNDOWN_ADMISSION_DAYS="0.0003") as webhook:
        eventually(lambda: refuses(api), what="it is asked")
        (first,) = set(trusted_by(api).values())
        assert len(authorities(first)) == 1

        def renewed() -> bool:
            assert refuses(api)
            return webhook.output.count('"certificate-renewed"') > 1

        eventually(renewed, what="it is renewed")
        (both,) = set(trusted_by(api).values())
        assert both.startswith(first)
        assert len(authorities(both)) == 2
        assert refuses(api)


@pytest.mark.lab
def test_an_authority_that_somebody_takes_away_is_written_again(api: Api, porch: Porch) -> None:
    """F3: the manifests replaced, say, which have none."""
    sooner = "import sundown.admission.publishing as publishing; publishing._LOOK_EVERY = 0.2"
    with porch.running(with_rows=sooner):
        before = trusted_by(api)
        for path in CONFIGURATIONS.values():
            found = api.get(f"{path}/{ACCOUNT}")
            for hook in found["webhooks"]:
                del hook["clientConfig"]["caBundle"]
            api.replace(f"{path}/{ACCOUNT}", found)
        eventually(lambda: trusted_by(api) == before, what="it is there again")


@pytest.mark.lab
def test_every_right_is_needed_and_none_is_missing(control_plane: Cluster, api: Api, porch: Porch) -> None:
    """J3 (the webhook's part): no Secret, and of webhook configurations its own two."""
    porch.account()
    audit = Audit(control_plane, user=USER)
    with porch.running():
        eventually(lambda: refuses(api), what="it is asked")
        api.create(f"{NAMESPACES}?dryRun=All", namespace_of("team-rights", {}))
        eventually(lambda: audit.rights() >= granted(), what="every right is used")
        assert audit.rights() == granted()
        assert {each.name for each in audit.requests() if "webhook" in each.resource} == {ACCOUNT}
        assert [each for each in audit.requests() if each.code == 403] == []


def granted() -> set[tuple[str, str]]:
    rules = [rule for each in shipped("rights.yaml") if each["kind"] == "ClusterRole" for rule in each["rules"]]
    return {(verb, resource) for rule in rules for resource in rule["resources"] for verb in rule["verbs"]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a certificate stands."""
    (tmp_path / "tls").mkdir()
    return tmp_path / "tls"


@pytest.fixture
def unpublished(porch: Porch) -> Iterator[Porch]:
    """Without the right on webhook configurations, which is there again afterwards."""
    yield porch
    porch.take_down()
    porch.account()


@pytest.mark.lab
def test_one_from_files_takes_no_right_on_configurations_and_is_swapped(
    control_plane: Cluster, api: Api, unpublished: Porch, folder: Path
) -> None:
    """F3, J3"""
    before, after = Authority(), Authority()
    put(folder, before)
    sooner = "import sundown.process.certificates as certificates; certificates._LOOK_EVERY = 0.1"
    webhook = unpublished.make(publishes=False, with_rows=sooner, SUNDOWN_ADMISSION_TLS=str(folder))
    audit = Audit(control_plane, user=USER)
    try:
        webhook.start()
        unpublished.configure(webhook, failure="Fail", wait=30, trusted=before.pair.certificate)
        eventually(lambda: refuses(api), what="it is asked")
        put(folder, after)
        eventually(lambda: '"certificate-renewed"' in webhook.output, what="it is swapped")
        unpublished.configure(webhook, failure="Fail", wait=30, trusted=after.pair.certificate)
        eventually(lambda: refuses(api), what="the new one is trusted")
        assert "no time zone" in refusal_of(lambda: api.create(f"{DEFAULTS}?dryRun=All", default("Europe/Berln")))
        assert [each for each in audit.requests() if "webhook" in each.resource] == []
    finally:
        webhook.kill()


def put(folder: Path, authority: Authority) -> None:
    pair: Certificate = authority.server(names=("sundown-admission",), addresses=("127.0.0.1",))
    (folder / CERTIFICATE).write_bytes(pair.certificate)
    (folder / KEY).write_bytes(pair.key)
