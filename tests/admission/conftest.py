"""Who answers the API server: the policies of one component, or the webhook of the other."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sundown_lab.cluster import Cluster
from support.admissions import CASES, MARK
from support.admitting import DEFAULTS, TEMPLATE, ZONE_NAMES, default, kind, namespace_of, refusal_of, shipped
from support.apiserver import Answered, Api, eventually
from support.envs import NAMESPACES
from support.operators import HOME
from support.policies import path_of
from support.webhooks import Porch

SIGNED = {"policies": "ValidatingAdmissionPolicy", "webhook": "admission webhook"}
"""By this one knows who has refused something."""


@pytest.fixture
def porch(control_plane: Cluster, tmp_path: Path) -> Porch:
    """Where a webhook can be run."""
    return Porch(control_plane, tmp_path)


@pytest.fixture(scope="module")
def names() -> dict[str, str]:
    """The namespace of each case."""
    run = secrets.token_hex(4)
    return {name: f"{case.prefix}-{run}-{number}" for number, (name, case) in enumerate(CASES.items())}


@pytest.fixture(scope="module")
def standing(api: Api, names: dict[str, str]) -> Iterator[str]:
    """What is there before anybody answers: namespaces as they were, and the defaults of each case, which select it alone.

    Gives the name of a default whose zone is none, as after an upgrade to a database that has it no more.
    """
    if api.find(f"{NAMESPACES}/{HOME}") is None:
        api.create(NAMESPACES, {"metadata": {"name": HOME}})
    old = f"old-{secrets.token_hex(4)}"
    made = [f"{DEFAULTS}/{old}"]
    api.create(DEFAULTS, default("Europe/Berln", name=old))
    try:
        for title, case in CASES.items():
            for number, selector in enumerate(case.defaults):
                labels = {**selector.get("matchLabels", {}), MARK: names[title]}
                name = f"{names[title]}-{number}"
                spec = {"namespaceSelector": {**selector, "matchLabels": labels}, "template": TEMPLATE}
                api.create(DEFAULTS, {**kind("ClusterEnvSchedule"), "metadata": {"name": name}, "spec": spec})
                made.append(f"{DEFAULTS}/{name}")
            if case.before is not None:
                api.create(NAMESPACES, namespace_of(names[title], case.before))
                made.append(f"{NAMESPACES}/{names[title]}")
        yield old
    finally:
        for path in reversed(made):
            api.delete(path)


@pytest.fixture(scope="module", params=SIGNED)
def who(
    request: pytest.FixtureRequest,
    control_plane: Cluster,
    api: Api,
    names: dict[str, str],
    standing: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """Who answers, by whose name a refusal is signed; both with ``failurePolicy: Fail``."""
    assert standing
    signed = SIGNED[request.param]
    porch = Porch(control_plane, tmp_path_factory.mktemp("admission"))
    with _policies(api) if request.param == "policies" else porch.running():
        eventually(lambda: _all_work(api, names["new, covered"], signed), what="they are in force")
        yield signed


@contextmanager
def _policies(api: Api) -> Iterator[None]:
    made: list[str] = []
    try:
        for each in shipped():
            if each["kind"] == "ConfigMap":
                api.create(ZONE_NAMES.rpartition("/")[0], each)
                made.append(ZONE_NAMES)
                continue
            if "failurePolicy" in each["spec"]:
                each["spec"]["failurePolicy"] = "Fail"
            api.create(path_of(each).rpartition("/")[0], each)
            made.append(path_of(each))
        yield
    finally:
        for path in reversed(made):
            api.delete(path)


def _all_work(api: Api, probe: str, signed: str) -> bool:
    try:
        labelled = api.create(f"{NAMESPACES}?dryRun=All", namespace_of(probe, {}))["metadata"]["labels"].get(
            "scheduler"
        )
    except Answered:  # a policy whose parameters the API server has not seen yet
        return False
    refused = (
        refusal_of(lambda: api.create(f"{NAMESPACES}?dryRun=All", namespace_of(probe, {"scheduler": "probe"}))),
        refusal_of(lambda: api.create(f"{DEFAULTS}?dryRun=All", default("Europe/Probe"))),
    )
    return labelled == "enabled" and all(signed in each for each in refused)
