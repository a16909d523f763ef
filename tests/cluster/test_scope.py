"""Where lists look: in the whole cluster, or in named namespaces (S12, J3)."""

import pytest
from structlog.testing import capture_logs

from sundown.cluster import paths
from sundown.cluster.errors import Denied
from sundown.cluster.scope import EVERYWHERE, Scope
from support.apiserver import Json
from support.cluster.scripted import Script, door, reply

NAMED = Scope(("team-b", "team", "team-a"), home="sundown-system")
REFUSED: Json = {"kind": "Status", "status": "Failure", "reason": "Forbidden", "code": 403, "message": "not allowed"}


def page(*names: str) -> Json:
    return {"metadata": {}, "items": [{"metadata": {"name": name}} for name in names]}


@pytest.mark.parametrize("path", ["/api/v1/pods", paths.NAMESPACES, paths.ENV_SCHEDULES, "/apis/apps/v1/deployments"])
def test_without_names_everything_is_listed_at_once(path: str) -> None:
    assert EVERYWHERE.lists(path) == (path,)
    assert EVERYWHERE.watched == ()


def test_with_names_each_is_listed_in_the_order_of_the_api_server() -> None:
    """It sorts by namespace/name, so that team-a stands before team."""
    assert NAMED.lists("/apis/apps/v1/deployments") == (
        "/apis/apps/v1/namespaces/team-a/deployments",
        "/apis/apps/v1/namespaces/team-b/deployments",
        "/apis/apps/v1/namespaces/team/deployments",
    )
    assert NAMED.lists("/api/v1/pods")[0] == "/api/v1/namespaces/team-a/pods"


def test_objects_of_sundowns_own_kinds_are_in_its_own_namespace_too() -> None:
    assert f"{paths.action_requests('sundown-system')}" in NAMED.lists(paths.ACTION_REQUESTS)
    assert NAMED.watched == ("team-b", "team", "team-a", "sundown-system")


@pytest.mark.parametrize(
    "path", [paths.NAMESPACES, paths.CLUSTER_ENV_SCHEDULES, paths.env_schedules("team-a"), "/api/v1/namespaces/x/pods"]
)
def test_what_is_the_clusters_or_of_one_namespace_is_listed_as_it_is(path: str) -> None:
    assert NAMED.lists(path) == (path,)


async def test_a_list_of_all_is_one_of_each() -> None:
    script = Script(reply(page("a")), reply(page("b")))
    async with door(script, scope=Scope(("one", "two"))) as cluster:
        found = await cluster.list_all("/api/v1/pods")
    assert [each["metadata"]["name"] for each in found] == ["a", "b"]
    assert [request.path for request in script.asked] == ["/api/v1/namespaces/one/pods", "/api/v1/namespaces/two/pods"]


async def test_a_namespace_that_may_not_be_seen_is_passed_by_and_named_once() -> None:
    """One that is gone takes its RoleBinding with it; the others' envs sleep and wake all the same."""
    answers = [answer for _ in range(2) for answer in (reply(REFUSED, 403), reply(page("b")))]
    async with door(Script(*answers), scope=Scope(("gone", "there"))) as cluster:
        with capture_logs() as logs:
            for _ in range(2):
                assert len(await cluster.list_all("/api/v1/pods")) == 1
    assert [each["path"] for each in logs if each["event"] == "namespace-not-granted"] == [
        "/api/v1/namespaces/gone/pods"
    ]


async def test_a_list_of_the_whole_cluster_that_may_not_be_seen_is_an_error() -> None:
    async with door(Script(reply(REFUSED, 403))) as cluster:
        with pytest.raises(Denied):
            await cluster.list_all("/api/v1/pods")
