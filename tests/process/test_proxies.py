"""Which proxy is on the way to where, by the environment of the process."""

import pytest

from sundown.proxies import proxy_for

PROXY = "http://proxy.corp.example:3128"
OPENSHIFT = ".cluster.local,.svc,10.128.0.0/14,127.0.0.1,172.30.0.0/16,api-int.dev.corp.example,localhost"
"""As OpenShift sets it in every pod of an operator, less a few names."""
API_SERVERS = ["https://172.30.0.1:443", "https://api-int.dev.corp.example:6443", "https://kubernetes.default.svc"]


@pytest.fixture(autouse=True)
def proxied(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "no_proxy", "all_proxy", "REQUEST_METHOD"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("HTTPS_PROXY", PROXY)


@pytest.mark.parametrize("url", API_SERVERS)
def test_the_api_server_of_a_pod_is_reached_without_the_proxy(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """dask-kubernetes #420, kubernetes-client/python #2460: the Services' range was not understood in NO_PROXY."""
    monkeypatch.setenv("NO_PROXY", OPENSHIFT)
    assert proxy_for(url) is None
    assert proxy_for("https://slack.com/api/") == PROXY


@pytest.mark.parametrize(
    ("no_proxy", "url"),
    [
        ("10.0.0.0/8", "https://10.96.0.1"),
        ("10.96.0.1/12", "https://10.96.0.1"),
        ("fd00:10:96::/112", "https://[fd00:10:96::1]:443"),
        ("fd00:10:96::1", "https://[fd00:10:96::1]"),
        ("[fd00:10:96::1]:443", "https://[fd00:10:96::1]"),
        ("10.96.0.1:443", "https://10.96.0.1"),
        ("api.example.com:6443", "https://API.example.com:6443/"),
        (" a.example , *.Example.com ", "https://api.example.com"),
        ("example.com", "https://api.example.com"),
        ("*", "https://api.example.com"),
        ("", "https://127.0.0.2:6443"),
        ("", "https://[::1]:6443"),
        ("", "https://localhost:6443"),
    ],
)
def test_what_is_excepted_has_no_proxy(no_proxy: str, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", no_proxy)
    assert proxy_for(url) is None


@pytest.mark.parametrize(
    ("no_proxy", "url"),
    [
        ("10.0.0.0/8", "https://11.0.0.1"),
        ("0.0.0.0/0", "https://[fd00::1]"),
        ("::/0", "https://10.96.0.1"),
        ("10.96.0.1:6443", "https://10.96.0.1"),
        ("api.example.com:443", "https://api.example.com:6443"),
        ("example.com", "https://notexample.com"),
        ("10.0.0.0/99,,:,[,/8,300.0.0.0/8", "https://10.96.0.1"),
        ("", "https://10.96.0.1"),
    ],
)
def test_all_else_has_one(no_proxy: str, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", no_proxy)
    assert proxy_for(url) == PROXY


def test_a_proxy_that_is_only_a_name_and_a_port_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "proxy.corp.example:3128")
    assert proxy_for("https://slack.com/api/") == PROXY


def test_a_proxy_is_for_its_own_scheme(monkeypatch: pytest.MonkeyPatch) -> None:
    assert proxy_for("http://api.example.com") is None
    monkeypatch.setenv("HTTP_PROXY", PROXY)
    monkeypatch.delenv("HTTPS_PROXY")
    assert proxy_for("http://api.example.com") == PROXY
    assert proxy_for("https://api.example.com") is None
