"""A policy that is there before its kind is, while its kind is away, or for another version of it (G1, A18; issue 12).

The policies are as they are shipped, with ``failurePolicy: Ignore``, and no CRD of their kinds is there but where a test makes it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from http import HTTPStatus

import pytest

from sundown.sleepers.hold_policy import name
from sundown.sleepers.merge_patches import merged
from sundown.sleepers.patch_kind import PatchKind
from sundown_lab.cluster import Cluster
from support.apiserver import Api, Json, eventually
from support.catalogued import CRDS, KINDS, SAMPLES, as_owned, body, controllers, crd, found
from support.commandline import Sundown
from support.controllers import granted
from support.envs import ASLEEP_FOR_EVER, NAMESPACES, Env
from support.held_kinds import COMPONENTS, COUNT, MARK, PREVIOUS, TONIGHT, edit, is_asleep
from support.operators import Stage

pytestmark = pytest.mark.lab

SORTS = tuple(KINDS[kind] for kind in ("Rollout", "Cluster", "Pipeline", "RayCluster"))
"""One of each sort: those that sleep by a count, an annotation, a text in a map that need not be there, and a truth."""
OWNERS = "kubectl-edit"
PASSES = frozenset({HTTPStatus.OK, HTTPStatus.TOO_MANY_REQUESTS})
"""What nobody hinders: the latter is about the storage of an API server that was just started."""
EVENING: dict[str, Json] = {
    "Rollout": {},
    "Cluster": {PREVIOUS: '{"metadata":{"annotations":{"cnpg.io/hibernation":null}}}'},
    "Pipeline": {PREVIOUS: '{"spec":{"lifecycle":{"desiredPhase":"Stopped"}}}'},
    "RayCluster": {PREVIOUS: '{"spec":{"suspend":null}}'},
}
"""What is recorded of each in the evening, other than what is asked for at night."""


@pytest.fixture(scope="module")
def alone(control_plane: Cluster, stage: Stage) -> Iterator[None]:
    """The policies of these kinds and the rights on them, of which this cluster has never heard."""
    stage.usual()  # installs what the rights are added to
    components = [str(COMPONENTS / row.component / "hold") for row in SORTS]
    with ExitStack() as rights:
        for row in SORTS:
            rights.enter_context(granted(control_plane, row.component))
        for each in components:
            control_plane.kubectl("apply", "-k", each)
        yield
        stage.clear()
        for each in components:
            control_plane.kubectl("delete", "-k", each)


@pytest.fixture
def tonight(api: Api, alone: None, stage: Stage) -> Iterator[str]:
    """A namespace that sleeps, where no operator runs."""
    stage.clear()
    name = f"hold-{secrets.token_hex(4)}"
    api.create(NAMESPACES, {"metadata": {"name": name, "annotations": {MARK: TONIGHT}}})
    yield name
    api.delete(f"{NAMESPACES}/{name}")


def serve(api: Api, rows: Sequence[PatchKind], *versions: str) -> None:
    """Make the CRDs of these rows, in a version of theirs or in others."""
    for row in rows:
        made = crd(row.group, row.versions[0], row.kind, row.plural)
        (first,) = made["spec"]["versions"]
        named = versions or row.versions[:1]
        made["spec"]["versions"] = [{**first, "name": one, "storage": one == named[0]} for one in named]
        api.create(CRDS, made)
    for row in rows:
        for version in versions or row.versions[:1]:
            path = collection(row, "default", version)
            eventually(lambda: api.find(path) is not None, what=f"{row.plural} are served")  # noqa: B023


def take_away(api: Api, rows: Sequence[PatchKind]) -> None:
    """And every object with them."""
    paths = [f"{CRDS}/{row.plural}.{row.group}" for row in rows]
    for path in paths:
        api.delete(path)
    for path in paths:
        eventually(lambda: api.find(path) is None, what=f"{path} is gone")  # noqa: B023


@contextmanager
def served(api: Api, *rows: PatchKind, versions: Sequence[str] = ()) -> Iterator[None]:
    """For as long as this lasts."""
    serve(api, rows, *versions)
    try:
        yield
    finally:
        take_away(api, rows)


def collection(row: PatchKind, namespace: str, version: str) -> str:
    return f"/apis/{row.group}/{version}/namespaces/{namespace}/{row.plural}"


def make(api: Api, row: PatchKind, namespace: str, *, version: str = "") -> str:
    """An object that the operator has put to sleep; its path."""
    version = version or row.versions[0]
    there = collection(row, namespace, version)
    asleep = merged(body(row.kind, SAMPLES[row.kind].spec), row.asleep(row.read(_raw(row))))
    uid = api.create(there, {**asleep, "apiVersion": f"{row.group}/{version}"})["metadata"]["uid"]
    assert api.tried(f"{there}/it", marked(row, uid), fieldManager="sundown-operator") == HTTPStatus.OK
    return f"{there}/it"


def _raw(row: PatchKind) -> Json:
    return {"metadata": {"name": "it", "namespace": "dev", "resourceVersion": "1"}, "spec": SAMPLES[row.kind].spec}


def marked(row: PatchKind, uid: str) -> Json:
    return {"metadata": {"annotations": {MARK: f"{TONIGHT}/{uid}", COUNT: "3", **EVENING[row.kind]}}}


def told(sundown: Sundown, rows: Sequence[PatchKind]) -> dict[str, tuple[bool, str | None]]:
    """Of these kinds, whether they are served, and what stands under HELD."""
    kinds = {row.kind for row in rows}
    return {
        one["kind"]: (one["served"], one["held"]) for one in sundown("kinds", "-o", "json").json if one["kind"] in kinds
    }


def test_it_is_taken_and_says_nothing_of_a_kind_that_is_not_there(api: Api, tonight: str, sundown: Sundown) -> None:
    """G2: these objects have no status in which anything could be said; the catalogue says that the kind is not served."""
    for row in SORTS:
        policy = api.get(f"/apis/admissionregistration.k8s.io/v1/mutatingadmissionpolicies/{name(row)}")
        assert (policy["spec"]["failurePolicy"], policy.get("status")) == ("Ignore", None)
    assert told(sundown, SORTS) == {row.kind: (False, None) for row in SORTS}
    path = f"{NAMESPACES}/{tonight}/configmaps"
    api.create(path, {"metadata": {"name": "it", "annotations": {MARK: TONIGHT}}})
    assert api.tried(f"{path}/it", {"data": {"a": "b"}}, fieldManager=OWNERS) == HTTPStatus.OK


def until_held(api: Api, namespace: str) -> None:
    """Return when the API server has read the schema of each kind; until then nobody is woken, and nobody else is hindered."""
    uids = {row.kind: api.get(f"{row.collection(namespace)}/it")["metadata"]["uid"] for row in SORTS}
    team: Json = {"metadata": {"labels": {"team": "berlin"}}}

    def answer(row: PatchKind) -> int:
        path = row.collection(namespace)
        passing = (
            ("awake", edit(row), OWNERS),
            ("it", team, OWNERS),
            ("it/status", {"status": {"said": "it"}}, OWNERS),
            ("it", marked(row, uids[row.kind]), "sundown-operator"),
        )
        for what, patch, manager in passing:
            assert api.tried(f"{path}/{what}", patch, fieldManager=manager) in PASSES, (row.kind, what, patch)
        answered = api.tried(f"{path}/it", edit(row), fieldManager=OWNERS)
        assert answered in {*PASSES, HTTPStatus.SERVICE_UNAVAILABLE}
        assert is_asleep(row, api.get(f"{path}/it")), row.kind
        return answered

    eventually(lambda: {answer(row) for row in SORTS} == {HTTPStatus.OK}, what="the API server has read all schemas")


def test_from_the_first_object_on_nobody_is_woken_and_nobody_else_is_hindered(
    api: Api, tonight: str, sundown: Sundown, control_plane: Cluster
) -> None:
    """G1, A18: and from the first second of an API server on, which has read no schema yet."""
    with served(api, *SORTS):
        for row in SORTS:
            make(api, row, tonight)
            api.create(row.collection(tonight), body(row.kind, SAMPLES[row.kind].spec, name="awake"))
        until_held(api, tonight)
        control_plane.restart_api_server()
        until_held(api, tonight)
        asked = {row.kind: found(api, row.kind, tonight)["metadata"]["annotations"] for row in SORTS}
        assert {kind: (notes[COUNT], notes.get(PREVIOUS)) for kind, notes in asked.items()} == {
            "Rollout": ("5", None),
            "Cluster": ("1", '{"metadata":{"annotations":{"cnpg.io/hibernation":"off"}}}'),
            "Pipeline": ("1", '{"spec":{"lifecycle":{"desiredPhase":"Running"}}}'),
            "RayCluster": ("1", '{"spec":{"suspend":false}}'),
        }
        assert told(sundown, SORTS) == {row.kind: (True, "yes") for row in SORTS}


def test_who_writes_another_version_of_the_kind_is_held_too(api: Api, tonight: str) -> None:
    """A18: the field is at the same place in all versions of a kind."""
    row = KINDS["RayCluster"]
    with served(api, row, versions=(*row.versions, "v9")):
        make(api, row, tonight)
        path = f"{collection(row, tonight, 'v9')}/it"
        api.merge(path, edit(row), fieldManager=OWNERS)
        now = api.get(path)
        assert (is_asleep(row, now), now["metadata"]["annotations"][PREVIOUS]) == (True, '{"spec":{"suspend":false}}')


def test_a_kind_in_a_version_that_no_row_names_is_held_until_its_namespace_wakes(
    api: Api, tonight: str, sundown: Sundown
) -> None:
    """A18, G2: its CRD has lost the others since it fell asleep, and Sundown cannot wake it; in the morning its owner can."""
    row = KINDS["RayCluster"]
    with served(api, row, versions=("v9",)):
        path = make(api, row, tonight, version="v9")
        assert api.tried(path, edit(row), fieldManager=OWNERS) == HTTPStatus.OK
        assert is_asleep(row, api.get(path))
        assert told(sundown, [row]) == {"RayCluster": (False, None)}
        api.merge(f"{NAMESPACES}/{tonight}", {"metadata": {"annotations": {MARK: None}}})
        eventually(lambda: is_awake_after(api, path, row), what="its owner has it back")


def is_awake_after(api: Api, path: str, row: PatchKind) -> bool:
    assert api.tried(path, edit(row), fieldManager=OWNERS) == HTTPStatus.OK
    return not is_asleep(row, api.get(path))


def test_a_policy_for_other_versions_than_the_rows_is_said_to_be_otherwise(
    api: Api, tonight: str, sundown: Sundown, control_plane: Cluster
) -> None:
    """G2: what an older Sundown brought does not hold what a newer one puts to sleep."""
    row = KINDS["RayCluster"]
    path = f"/apis/admissionregistration.k8s.io/v1/mutatingadmissionpolicies/{name(row)}"
    rules = api.get(path)["spec"]["matchConstraints"]["resourceRules"]
    with served(api, row):
        api.merge(path, {"spec": {"matchConstraints": {"resourceRules": [{**rules[0], "apiVersions": ["v1alpha1"]}]}}})
        try:
            assert told(sundown, [row]) == {"RayCluster": (True, "otherwise")}
            assert f"kubectl apply -k deploy/components/kinds/{row.component}/hold" in sundown("kinds").err
        finally:
            control_plane.kubectl("apply", "-k", str(COMPONENTS / row.component / "hold"))


def test_what_comes_back_at_night_with_its_crd_sleeps_again_and_is_held(
    make_env: Callable[..., Env], stage: Stage, control_plane: Cluster, alone: None
) -> None:
    """G1, G2, A18: a CRD is made anew and Git brings its objects; nobody has to tell the operator."""
    env, kinds = make_env(), tuple(row.kind for row in SORTS)
    with served(env.api, *SORTS), controllers(Api(control_plane.kubeconfig), env.name, kinds):
        _bring(env)
        stage.fresh().start()
        env.schedule({**ASLEEP_FOR_EVER, "workloads": {"kinds": [*kinds]}})
        env.until("Asleep")
        take_away(env.api, SORTS)
        serve(env.api, SORTS)
        _bring(env)
        eventually(lambda: not _running(env), what="what came back sleeps")
        for row in SORTS:
            env.api.merge(f"{row.collection(env.name)}/it", edit(row), fieldManager=OWNERS)
        assert _running(env) == []
        env.wish("Awake")
        env.until("Awake")
        for row in SORTS:
            asked = merged(body(row.kind, SAMPLES[row.kind].spec), edit(row))
            assert as_owned(found(env.api, row.kind, env.name)) == as_owned(asked)


def _bring(env: Env) -> None:
    for row in SORTS:
        env.api.create(row.collection(env.name), body(row.kind, SAMPLES[row.kind].spec))


def _running(env: Env) -> list[str]:
    return [row.kind for row in SORTS if not is_asleep(row, found(env.api, row.kind, env.name))]
