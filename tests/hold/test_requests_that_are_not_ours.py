"""No request fails because of the policies, whatever stands in annotations of Sundown's, and nobody's count changes by them.

With ``failurePolicy: Fail``, under which an expression that cannot be evaluated is the requester's error.
"""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sundown_lab.cluster import Cluster
from support.apiserver import Api, Json
from support.envs import manifest
from support.owned import COUNT, MARK, RESTORES, TONIGHT, Make, Owned

pytestmark = pytest.mark.lab

KEYS = (MARK, COUNT, RESTORES, "sundown.dev/wake-to", "sundown.dev/wake-when-scaled", "sundown.dev/taken-from")
WORDS = ("", "/", "abc", "-1", "0", "3", "2147483648", "99999999999999999999", "3.5", "{}", "null", "Delete", "Retain")
UID = "{uid}"
"""Stands for the uid of the object."""


@pytest.fixture(scope="module", params=["Deployment", "StatefulSet"])
def day(request: pytest.FixtureRequest, sleeping_namespace: str, control_plane: Cluster, api: Api) -> Owned:
    """A workload with two replicas that is awake in a namespace that sleeps."""
    one = Owned(api, control_plane, sleeping_namespace, request.param, "strange")
    one.api.create(one.env.collection(one.kind), manifest(one.kind, one.name, 2))
    return one


values = st.sampled_from([*WORDS, f"{TONIGHT}/{UID}", f"2026-11-20T18:00:00Z/{UID}", f"{TONIGHT}/1", TONIGHT])
annotations = st.dictionaries(st.sampled_from(KEYS), values | st.text(max_size=8))


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=annotations, after=annotations, replicas=st.sampled_from([0, 1, 4]))
def test_whatever_the_annotations_say_the_request_goes_through(
    day: Owned, before: dict[str, str], after: dict[str, str], replicas: int
) -> None:
    """A18: and only a workload that carries the mark of this night may get another count than was asked for."""
    uid = str(day.api.get(day.path)["metadata"]["uid"])

    def ours(chosen: dict[str, str]) -> dict[str, str | None]:
        return {key: chosen[key].replace(UID, uid) if key in chosen else None for key in KEYS}

    # As Sundown, so that what is there before is there as it was drawn.
    there: Json = {"metadata": {"annotations": ours(before)}, "spec": {"replicas": 2}}
    held = day.api.merge(day.path, there, fieldManager="sundown")["metadata"].get("annotations", {}).get(MARK)
    wish: Json = {"metadata": {"annotations": ours(after)}, "spec": {"replicas": replicas}}
    seen = day.api.merge(day.path, wish, fieldManager="owner", dryRun="All")
    asleep = held == f"{TONIGHT}/{uid}"
    assert seen["spec"]["replicas"] == (0 if asleep else replicas)
    if asleep and replicas:
        assert seen["metadata"]["annotations"][COUNT] == str(replicas)


def test_an_awake_workload_in_an_awake_namespace_is_left_alone(make_owned: Make) -> None:
    web = make_owned()
    web.applied(3, "--server-side")
    before = web.api.get(web.path)["metadata"]["generation"]
    web.kubectl("label", web.here, "a=b")
    web.applied(4, "--server-side")
    found = web.api.get(web.path)
    assert (web.seen(), found["metadata"]["generation"]) == (web.awake(4), before + 1)
