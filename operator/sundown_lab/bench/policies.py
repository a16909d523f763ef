"""Every admission policy that Sundown ships, put in and taken out of a control plane, and certainly so.

The API server looks for changed policies about once a second, and takes all of one sort that it has heard of by then. So two
that can be asked, one of each sort, come last and go last: where these work all do, and where they do not, none does.
"""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import yaml

from sundown.model.resources import ASLEEP, STATE_LABEL
from sundown_lab.bench.stage import ROOT
from sundown_lab.cluster import KUSTOMIZATION
from sundown_lab.errors import LabError
from sundown_lab.load import NAMESPACES, Load, collection, manifest
from sundown_lab.wire import MERGE_PATCH, Json, Wire

COMPONENTS = ROOT / "deploy" / "components"
EVERYWHERE = ("hold", "policies", "admission")
GROUP = "/apis/admissionregistration.k8s.io/v1"
PLURALS = {
    "MutatingAdmissionPolicy": "mutatingadmissionpolicies",
    "MutatingAdmissionPolicyBinding": "mutatingadmissionpolicybindings",
    "ValidatingAdmissionPolicy": "validatingadmissionpolicies",
    "ValidatingAdmissionPolicyBinding": "validatingadmissionpolicybindings",
}
ASKED = ("sundown-sleep", "sundown-operator")
"""Those that can be asked by a dry run: to wake a workload, and to have the operator write a label of others."""
_PLACE, _NAME = "bench-asked", "asked"
"""A workload of its own for that, awake in a namespace that is said to sleep: of others nothing is asked."""
_PATIENCE = 60.0
_REFUSED = (403, 422)


def shipped(components: Path = COMPONENTS) -> list[Json]:
    """All policies and bindings of the components that ``make deploy`` applies and of each kind, those that can be asked at the end.

    Raises:
        LabError: a component is not there, or one of those that are asked is not.
    """
    folders = [components / name for name in EVERYWHERE] + sorted(components.glob("kinds/*/hold"))
    objects = [one for folder in folders for one in _objects(folder) if one["kind"] in PLURALS]
    last = [one for one in objects if one["metadata"]["name"] in ASKED]
    if len(last) != 2 * len(ASKED):
        raise LabError(f"{', '.join(ASKED)} with their bindings are not in {components}")
    return [one for one in objects if one not in last] + last


def _objects(folder: Path) -> Iterator[Json]:
    try:
        listed = yaml.safe_load((folder / KUSTOMIZATION).read_text())["resources"]
    except OSError as error:
        raise LabError(
            f"{folder} is no component: {error}", hint="The bench runs from a checkout of Sundown."
        ) from error
    for name in listed:
        yield from yaml.safe_load_all((folder / name).read_text())


class Policies:
    """Those of a control plane, none of which are there when it begins."""

    def __init__(self, wire: Wire, operator: Wire) -> None:
        self._wire = wire
        self._operator = operator
        self._deployments = collection("Deployment", _PLACE)
        self._objects = shipped()
        self.there = False

    @property
    def count(self) -> int:
        """How many policies they are."""
        return sum(one["kind"] in {"MutatingAdmissionPolicy", "ValidatingAdmissionPolicy"} for one in self._objects)

    async def set_to(self, there: bool) -> None:  # noqa: FBT001 - what it is set to
        """Have all of them in force, or none; returns when it is so.

        Raises:
            LabError: it does not become so.
        """
        if there == self.there:
            return
        await self._make_who_is_asked()
        for one in self._objects:
            folder = f"{GROUP}/{PLURALS[one['kind']]}"
            if there:
                await self._wire.ask("POST", folder, body=one)
            else:
                await self._wire.ask("DELETE", f"{folder}/{one['metadata']['name']}")
        deadline = time.monotonic() + _PATIENCE
        while await self._in_force() != {there}:
            if time.monotonic() > deadline:
                raise LabError(f"the policies are not {'in force' if there else 'gone'} after {_PATIENCE:g} s")
            await asyncio.sleep(0.2)
        self.there = there

    async def _make_who_is_asked(self) -> None:
        namespace: Json = {"metadata": {"name": _PLACE, "labels": {STATE_LABEL: ASLEEP}}}
        await self._wire.ask("POST", NAMESPACES, body=namespace, fine=(409,))
        body = manifest(Load(envs=1, workloads=1), "Deployment", _NAME)
        await self._wire.ask("POST", self._deployments, body=body, fine=(409,))

    async def _in_force(self) -> set[bool]:
        """Whether each of those that can be asked is."""
        woken: Json = {"metadata": {"annotations": {"sundown.dev/wake-to": "7"}}}
        path = f"{self._deployments}/{_NAME}?dryRun=All&fieldManager=sundown"
        waked = await self._wire.ask("PATCH", path, body=woken, content_type=MERGE_PATCH)
        labelled: Json = {"metadata": {"labels": {"bench": "asked"}}}
        path = f"{self._deployments}/{_NAME}?dryRun=All&fieldManager=sundown-operator"
        answer = await self._operator.ask("PATCH", path, body=labelled, content_type=MERGE_PATCH, fine=_REFUSED)
        return {waked["spec"]["replicas"] == 7, answer.get("kind") == "Status"}
