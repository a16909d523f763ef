"""The policies of ``deploy/components/hold`` on the shared control plane, for the tests of one file.

They are installed with ``failurePolicy: Fail``, so that an expression that does not work fails the request, and its test.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from sundown.model.resources import ASLEEP, STATE_LABEL
from support.apiserver import Api, Json, eventually
from support.envs import NAMESPACES, manifest
from support.operators import Stage

HOLD = Path(__file__).parents[2] / "deploy" / "components" / "hold"
ADMISSION = "/apis/admissionregistration.k8s.io/v1"
PLURALS = {
    "MutatingAdmissionPolicy": "mutatingadmissionpolicies",
    "MutatingAdmissionPolicyBinding": "mutatingadmissionpolicybindings",
    "ValidatingAdmissionPolicy": "validatingadmissionpolicies",
    "ValidatingAdmissionPolicyBinding": "validatingadmissionpolicybindings",
}
ASKED = "kube-policies-probe"
"""A namespace that is said to sleep, and that no operator looks at: it is one of the cluster's own."""
DEPLOYMENTS = f"/apis/apps/v1/namespaces/{ASKED}/deployments"
PROBE = f"{DEPLOYMENTS}/policies-probe"


def shipped(*, failure: str = "Fail") -> list[Json]:
    """The objects of the component, with this failure policy."""
    objects: list[Json] = list(yaml.safe_load_all((HOLD / "policies.yaml").read_text()))
    for each in objects:
        if each["kind"] == "MutatingAdmissionPolicy":
            each["spec"]["failurePolicy"] = failure
    return objects


@contextmanager
def left_by_an_upgrade(api: Api) -> Iterator[list[Json]]:
    """The policy that was one of its own up to version 6, there as long as this lasts: ``kubectl apply`` leaves it there."""
    left: list[Json] = list(yaml.safe_load_all((Path(__file__).parent / "sundown-wake-6.yaml").read_text()))
    for each in left:
        api.create(path_of(each).rpartition("/")[0], each)
    try:
        yield left
    finally:
        for each in left:
            api.delete(path_of(each))


def path_of(policy: Json) -> str:
    """Where the API server keeps a policy or a binding."""
    return f"{ADMISSION}/{PLURALS[policy['kind']]}/{policy['metadata']['name']}"


class Policies:
    """Puts the policies in and takes them out, and waits until the API server does as told: it looks every second or so."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def install(self, *, failure: str = "Fail") -> None:
        """All of them, in force when this returns."""
        for each in shipped(failure=failure):
            there = self._api.find(path_of(each))
            if there is None:
                self._api.create(path_of(each).rpartition("/")[0], each)
            else:
                each["metadata"]["resourceVersion"] = there["metadata"]["resourceVersion"]
                self._api.replace(path_of(each), each)
        self.until(in_force={"sleep", "wake"})

    def remove(self) -> None:
        """None is left, nor in force, when this returns."""
        for each in shipped():
            self._api.delete(path_of(each))
        self.until(in_force=set())

    def until(self, *, in_force: set[str]) -> None:
        """Return when these of them are in force, and no others."""
        eventually(lambda: self._works() == in_force, what=f"in force are {sorted(in_force)}")

    def _works(self) -> set[str]:
        """Which of them do what they are for."""
        if self._api.find(f"{NAMESPACES}/{ASKED}") is None:
            self._api.create(NAMESPACES, {"metadata": {"name": ASKED}})
        # An operator for which the cluster's own are not protected takes it off.
        self._api.merge(f"{NAMESPACES}/{ASKED}", {"metadata": {"labels": {STATE_LABEL: ASLEEP}}})
        if self._api.find(PROBE) is None:
            self._api.create(DEPLOYMENTS, manifest("Deployment", PROBE.rpartition("/")[2], 0))
        uid = self._api.get(PROBE)["metadata"]["uid"]
        asleep = self._tried({"sundown.dev/asleep-since": f"probe/{uid}"}, replicas=1)
        awake = self._tried({"sundown.dev/wake-to": "1"}, replicas=0)
        self._api.delete(PROBE)
        found = {"sleep": asleep["spec"]["replicas"] == 0, "wake": awake["spec"]["replicas"] == 1}
        return {name for name, works in found.items() if works}

    def _tried(self, annotations: dict[str, str], *, replicas: int) -> dict[str, Any]:
        body = {"metadata": {"annotations": annotations}, "spec": {"replicas": replicas}}
        return self._api.merge(PROBE, body, fieldManager="sundown", dryRun="All")


BOTH_WAYS = ("policies", "plain")


@pytest.fixture(scope="module", params=BOTH_WAYS)
def with_and_without_policies(request: pytest.FixtureRequest, stage: Stage, api: Api) -> Iterator[str]:
    """A whole file twice: with the policies in force, and with none, as an operator that runs knows from its start."""
    one = Policies(api)
    if request.param == BOTH_WAYS[0]:
        one.install()
    stage.look_again()
    yield request.param
    if request.param == BOTH_WAYS[0]:
        one.remove()
        stage.look_again()


@pytest.fixture(scope="module")
def policies(api: Api) -> Iterator[Policies]:
    """The policies, in force in this file."""
    one = Policies(api)
    one.install()
    yield one
    one.remove()
