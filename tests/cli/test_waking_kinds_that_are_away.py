"""A kind that ``wake-all --direct`` cannot look at is named, stops no other, and its namespace stays marked (A15, G2)."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from sundown.cli.shared.restoring import Survey, Woken, sleeping, wake
from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError, Busy, Denied, Missing, NoSuchKind, Unanswered, Unreachable
from sundown.schedule.clock import SystemClock
from sundown.settings import Settings
from support import samples

KEY = "Simulator.example.com"
ROW = {"apiVersion": "example.com/v1", "kind": "Simulator", "asleep": {"spec": {"paused": True}}}
SINCE = "2026-11-23T18:00:00.123456Z"
WEB = "/apis/apps/v1/namespaces/dev/deployments/web"
SPACE = "/api/v1/namespaces/dev"
SERVED = {"example.com": ("simulators", "Simulator"), "batch": ("cronjobs", "CronJob")}
BY_KIND = {"simulators": KEY, "cronjobs": "CronJob", "statefulsets": "StatefulSet"}


class Away(Cluster):
    """A cluster with one namespace, in which a Deployment sleeps. Lists of some kinds fail; the directory has what it is ``told``."""

    def __init__(self, *, failing: Mapping[str, ApiError], noted: object = (ROW,), told: bool = True) -> None:
        self._noted = noted
        self._told = told
        self._failing = failing
        self.written: list[str] = []

    async def get(self, path: str, **_: Any) -> dict[str, Any]:
        marks = {"sundown.dev/asleep-since": SINCE, "sundown.dev/asleep-by": json.dumps(self._noted)}
        return {"metadata": {"name": "dev", "annotations": marks, "labels": {"sundown.dev/state": "asleep"}}}

    async def list_as(self, path: str, *_: Any, **__: Any) -> list[Any]:
        return []

    async def directory(self, path: str, accept: str) -> dict[str, Any]:
        found = SERVED.items() if self._told else ()
        return {
            "items": [
                {
                    "metadata": {"name": group},
                    "versions": [
                        {
                            "version": "v1",
                            "resources": [{"resource": plural, "responseKind": {"kind": kind}, "scope": "Namespaced"}],
                        }
                    ],
                }
                for group, (plural, kind) in found
            ]
        }

    async def list_pages(self, path: str, read: Callable[..., Any], **_: Any) -> list[Any]:
        plural = path.rpartition("/")[2]
        if plural in self._failing:
            raise self._failing[plural]
        return [samples.sleeping("web", "3", mark=f"{SINCE}/uid-web")] if plural == "deployments" else []

    async def merge_patch(self, path: str, body: Any, **_: Any) -> dict[str, Any]:
        self.written.append(path)
        return {}


async def woken(cluster: Away) -> tuple[Survey, Woken]:
    found = await sleeping(cluster, ("dev",), settings=Settings(), clock=SystemClock())
    (one,) = await wake(cluster, found.sleeping, width=1)
    return found, one


@pytest.mark.parametrize("told", [False, True], ids=["not in the directory", "in the directory still"])
async def test_one_that_is_not_served_is_named_and_nothing_says_that_all_is_awake(*, told: bool) -> None:
    cluster = Away(failing={"simulators": NoSuchKind("not found", status=404)}, told=told)
    _, one = await woken(cluster)
    assert [failure.path for failure in one.failures] == [KEY]
    assert cluster.written == [WEB]


@pytest.mark.parametrize(
    "error",
    [Busy("down", status=503), Unanswered("no answer"), Denied("no", status=403), ApiError("no list", status=200)],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize("plural", BY_KIND)
async def test_one_of_which_there_is_no_list_is_told_and_the_others_wake(plural: str, error: ApiError) -> None:
    """A15: one answer of 503 stopped all, and nothing woke."""
    cluster = Away(failing={plural: error}, noted=(ROW, "CronJob"))
    found, one = await woken(cluster)
    assert [failure.path for failure in one.failures] == [BY_KIND[plural]]
    assert str(error) in str(one.failures[0])
    assert [step.workload.title for step in one.steps] == ["Deployment/web"]
    assert cluster.written == [WEB]
    assert [failure.path for failure in found.failures] == [f"{BY_KIND[plural]} in dev"]


async def test_one_by_which_nothing_is_said_to_sleep_keeps_no_namespace_marked() -> None:
    """A15: it is told all the same, for nobody has looked."""
    cluster = Away(failing={"cronjobs": Busy("down", status=503)}, noted=())
    found, one = await woken(cluster)
    assert ([failure.path for failure in found.failures], one.failures) == (["CronJob in dev"], ())
    assert cluster.written == [WEB, SPACE]


async def test_one_that_this_person_may_not_see_and_by_which_nothing_is_said_to_sleep_is_no_fault() -> None:
    cluster = Away(failing={"cronjobs": Denied("no", status=403)}, noted=())
    found, one = await woken(cluster)
    assert (found.failures, one.failures, cluster.written) == ((), (), [WEB, SPACE])


@pytest.mark.parametrize("error", [Denied("no", status=403), Busy("down", status=503), Missing("?", status=404)])
async def test_where_no_list_of_what_every_cluster_has_can_be_had_nothing_is_tried(error: ApiError) -> None:
    with pytest.raises(type(error)):
        await woken(Away(failing={"deployments": error, "statefulsets": error}))


async def test_a_cluster_that_nobody_reaches_is_no_matter_of_one_kind() -> None:
    with pytest.raises(Unreachable):
        await woken(Away(failing={"cronjobs": Unreachable("no route")}))
