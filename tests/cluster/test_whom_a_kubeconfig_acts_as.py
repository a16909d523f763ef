"""`as`, `as-uid`, `as-groups` and `as-user-extra` of a kubeconfig's user: what each request to the API server says of them (J3)."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from sundown.cluster.client import Cluster
from sundown.cluster.credentials import Credentials, NoCluster, load_configuration
from sundown.cluster.following import Followers
from sundown.cluster.scope import EVERYWHERE
from sundown.kopf_glue.setup import credentials

Json = dict[str, Any]
Login = Callable[..., Path]


@pytest.fixture
def login(tmp_path: Path) -> Login:
    """A kubeconfig with two contexts: in the first nobody acts as somebody else, in the second whose fields are given does."""

    def write(name: str = "config", **acts: object) -> Path:
        fields = {key.replace("_", "-"): value for key, value in acts.items()}
        document = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "c", "cluster": {"server": "http://192.0.2.1"}}],
            "users": [
                {"name": "admin", "user": {"token": "secret"}},
                {"name": "acting", "user": {"token": "secret", **fields}},
            ],
            "contexts": [{"name": one, "context": {"cluster": "c", "user": one}} for one in ("admin", "acting")],
            "current-context": "acting",
        }
        path = tmp_path / name
        path.write_text(json.dumps(document))
        return path

    return write


def loaded(path: Path, *, context: str | None = None) -> Credentials:
    return asyncio.run(load_configuration(kubeconfig=path, context=context))


def said(session: aiohttp.ClientSession) -> list[tuple[str, str]]:
    return [(name, value) for name, value in session.headers.items() if name.startswith("Impersonate")]


EVE = {
    "as": "eve",
    "as_uid": "42",
    "as_groups": ["devs", "ops"],
    "as_user_extra": {"scopes": ["view", "edit"], "example.com/why?%": ["tryout"]},
}
HEADERS = [
    ("Impersonate-User", "eve"),
    ("Impersonate-Uid", "42"),
    ("Impersonate-Group", "devs"),
    ("Impersonate-Group", "ops"),
    ("Impersonate-Extra-scopes", "view"),
    ("Impersonate-Extra-scopes", "edit"),
    ("Impersonate-Extra-example.com%2Fwhy%3F%25", "tryout"),
]


def test_every_door_to_the_api_server_says_whom_it_acts_as(login: Login) -> None:
    """The command line's, the watches of both processes, and Kopf's."""
    configuration = loaded(login(**EVE))

    async def doors() -> list[list[tuple[str, str]]]:
        kopf = (await credentials(configuration)).aiohttp_session
        async with (
            Cluster(configuration) as cluster,
            Followers(configuration, cluster, scope=EVERYWHERE) as followers,
            kopf,
        ):
            transport = cluster._transport
            assert transport._session is not None
            assert followers._session is not None
            return [said(transport._session), said(followers._session), said(kopf)]

    assert asyncio.run(doors()) == [HEADERS] * 3


def test_nobody_acts_as_anybody_unless_the_chosen_user_says_so(login: Login) -> None:
    assert loaded(login(**EVE), context="admin").impersonation == ()
    assert loaded(login(as_groups=[], as_user_extra=None, **{"as": ""})).impersonation == ()


def test_of_several_files_the_first_that_has_the_user_counts(
    login: Login, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As with everything else of a kubeconfig."""
    files = f"{login('first', **{'as': 'eve'})}:{login('second', **{'as': 'mallory'})}"
    monkeypatch.setattr("sundown.cluster.credentials.KUBE_CONFIG_DEFAULT_LOCATION", files)
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
    assert asyncio.run(load_configuration()).impersonation == (("Impersonate-User", "eve"),)


@pytest.mark.parametrize(
    ("acts", "text"),
    [
        ({"as_groups": ["devs"]}, "without `as`: say whom to act as"),
        ({"as_uid": "42", "as": ""}, "without `as`: say whom to act as"),
        ({"as_user_extra": {"scopes": ["view"]}}, "without `as`: say whom to act as"),
        ({"as": 42}, "`as` of the kubeconfig's user cannot be sent"),
        ({"as": False}, "`as` of the kubeconfig's user cannot be sent"),
        ({"as": ["eve"]}, "`as` of the kubeconfig's user cannot be sent"),
        ({"as": "eve\r\nImpersonate-Group: system:masters"}, "text without control characters"),
        ({"as": "eve", "as_uid": 42}, "`as-uid` of the kubeconfig's user"),
        ({"as": "eve", "as_groups": "devs"}, "it has to be a list of texts"),
        ({"as": "eve", "as_groups": [None]}, "`as-groups` of the kubeconfig's user"),
        ({"as": "eve", "as_user_extra": ["scopes"]}, "`as-user-extra` of the kubeconfig's user"),
        ({"as": "eve", "as_user_extra": {"scopes": "view"}}, "`as-user-extra.scopes` of the kubeconfig's user"),
        ({"as": "eve", "as_user_extra": {"scopes": ["a\nb"]}}, "text without control characters"),
    ],
)
def test_what_cannot_be_sent_ends_the_call_instead_of_being_left_out(login: Login, acts: Json, text: str) -> None:
    """Without it a request would have all the rights of whoever is behind."""
    with pytest.raises(NoCluster, match=text):
        loaded(login(**acts))
