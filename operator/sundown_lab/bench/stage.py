"""What is measured on: a control plane of etcd and API server, envs full of workloads, and the operator's identity."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Literal

import yaml

from sundown_lab import controlplane
from sundown_lab.bench.mirror import Expectation, Mirror
from sundown_lab.bench.subject import Subject, labels_of, samples
from sundown_lab.controlplane import ControlPlane
from sundown_lab.errors import LabError
from sundown_lab.load import Load, collection, env_schedules, fill
from sundown_lab.progress import Progress
from sundown_lab.wire import MANAGER, MERGE_PATCH, METADATA, METADATA_LIST, PLAIN, Json, Wire, each

ROOT = Path(__file__).parents[3]
NAMESPACE = "sundown-system"
ACCOUNT = "sundown-operator"
RECORD = "sundown.dev/previous-replicas"
PARTS_OF_A_PROGRAM = frozenset({"Deployment", "Service", "ConfigMap", "PodDisruptionBudget"})
FIRST, LAST = "2020-01-01T00:00:00", "2099-01-01T00:00:00"
REPLICAS = 2
_SETTLED = 1_000_000  # an observedGeneration that no workload of a bench reaches
_WRITES = frozenset({"POST", "PUT", "PATCH", "APPLY", "DELETE", "DELETECOLLECTION"})
_WORKLOADS = ("Deployment", "StatefulSet")
_ASKED_FOR = frozenset(
    {"namespaces", "envschedules", "clusterenvschedules", "deployments", "statefulsets", "events", "actionrequests"}
    | {"customresourcedefinitions", "selfsubjectaccessreviews", "tokenreviews", "pods", "replicasets"}
)

Wanted = Literal["Awake", "Asleep"]


class Asked(Counter[str]):
    """How many requests of each sort, such as ``LIST deployments``, the API server has answered; no watches."""

    @property
    def writes(self) -> int:
        """Those that change something."""
        return sum(count for sort, count in self.items() if sort.partition(" ")[0] in _WRITES)


class Stage:
    """A control plane with a load of envs, all in the same state; the bench plays the controllers of the workloads."""

    def __init__(self, control_plane: ControlPlane, wire: Wire, *, progress: Progress, command: str | None) -> None:
        self.control_plane = control_plane
        self.wire = wire
        self.progress = progress
        self.load = Load(envs=0, workloads=0)
        self.identity = control_plane.service_account_kubeconfig(NAMESPACE, ACCOUNT)
        self._command = command
        self._runs = 0
        metadata = {"accept": METADATA, "accept_list": METADATA_LIST}
        self._workloads = {kind: Mirror(wire, collection(kind), **metadata) for kind in _WORKLOADS}
        self._schedules = Mirror(wire, "/apis/sundown.dev/v1alpha1/envschedules", accept=PLAIN, accept_list=PLAIN)

    @property
    def token(self) -> str:
        """The bearer token of the operator's ServiceAccount."""
        return str(yaml.safe_load(self.identity.read_text())["users"][0]["user"]["token"])

    @asynccontextmanager
    async def operator(
        self, *, sweep_minutes: float = 10.0, settings: Mapping[str, str] | None = None
    ) -> AsyncIterator[Subject]:
        """A fresh operator process for the length of the block; ``settings`` are added to its environment."""
        self._runs += 1
        log = self.control_plane.directory / "logs" / f"operator-{self._runs}.log"
        settings = {**(settings or {}), "SUNDOWN_SWEEP_MINUTES": str(sweep_minutes)}
        subject = Subject(self.identity, log=log, settings=settings, command=self._command)
        subject.start()
        try:
            yield subject
        finally:
            subject.stop()

    async def grow(self, *, envs: int, workloads: int) -> None:
        """Make what is missing to so many envs, all awake, with pods that are said to be ready."""
        before = set(self.load.keys)
        spec = _awake_until(LAST)
        self.load = Load(envs=envs, workloads=workloads, replicas=REPLICAS, name="bench", wave=0, spec=spec)
        with self.progress.step(f"making {envs} envs with {workloads} workloads each"):
            await fill(self.wire, self.load)
            await self._play([key for key in self.load.keys if key not in before], awake=True)
        for mirror in (*self._workloads.values(), self._schedules):
            await mirror.stop()
            await mirror.start()

    async def schedule(self, to: Wanted) -> float:
        """Have every env turn ``to`` at the same second, a while from now; its Unix time.

        By a dated exception that begins or ends then; returns when every status tells of that turn.

        Raises:
            LabError: the statuses do not tell in time, even when they have six times as long.
        """
        margin = 3 + self.load.envs / 200
        for seconds in (factor * (6 + self.load.envs / 40) for factor in (1, 2, 3, 6)):
            due = float(int(time.time() + seconds + margin) + 1)
            at = datetime.fromtimestamp(due, tz=UTC).strftime("%Y-%m-%dT%H:%M:%S")
            spec = _awake_until(at) if to == "Asleep" else _awake_until(LAST, since=at)
            told = self._schedules.expect(_tells_of({"at": f"{at}Z", "to": to}), self._schedule_keys)
            await each(self.load.namespaces, partial(self._reschedule, spec))
            try:
                await self._schedules.until(
                    told, what=f"nextTransition is {to} at {at}", patience=due - margin - time.time()
                )
            except LabError as error:
                self.progress.say(f"{error}; once more with more time")
                continue
            return due
        raise LabError(f"the operator does not take in {self.load.envs} edited schedules within {seconds:g} s")

    async def remind(self, channel: str, *, minutes: float) -> None:
        """Have every env stop in so many minutes, and the channel told of it."""
        at = datetime.fromtimestamp(int(time.time() + 60 * minutes), tz=UTC).strftime("%Y-%m-%dT%H:%M:%S")
        spec = {**_awake_until(at), "notify": {"before": ["1h"], "channel": channel, "owner": False}}
        await each(self.load.namespaces, partial(self._reschedule, spec))

    def expect_written(self, to: Wanted, *, namespaces: Collection[str] | None = None) -> dict[str, Expectation]:
        """Note when every workload, or each of these namespaces, gets or loses its record: that is written with its count."""
        return {
            kind: mirror.expect(
                lambda found: (RECORD in (found["metadata"].get("annotations") or {})) == (to == "Asleep"),
                [
                    (namespace, name)
                    for each_kind, namespace, name in self.load.keys
                    if each_kind == kind and (namespaces is None or namespace in namespaces)
                ],
            )
            for kind, mirror in self._workloads.items()
        }

    async def written(self, expected: dict[str, Expectation], *, patience: float) -> tuple[float, float]:
        """Unix times of the first and the last write of all that were expected. Raises LabError: not all of them."""
        for kind, expectation in expected.items():
            await self._workloads[kind].until(expectation, what=f"{kind}s are written", patience=patience)
        return (
            min(one.first for one in expected.values() if one.first is not None),
            max(one.last for one in expected.values() if one.last is not None),
        )

    async def settle(self, to: Wanted, *, patience: float) -> None:
        """Play the controllers after a transition, and wait until the operator says of every env that it is over."""
        over = self._schedules.expect(
            lambda found: (found.get("status") or {}).get("state") == to, self._schedule_keys, already=True
        )
        await self._play(self.load.keys, awake=to == "Awake")
        await self._schedules.until(over, what=f"state is {to}", patience=patience)

    @property
    def interruptions(self) -> int:
        """How often a watch of the workloads had to begin anew."""
        return sum(mirror.interruptions for mirror in self._workloads.values())

    async def check(self, to: Wanted) -> None:
        """Make sure that every count and every record is what it has to be. Raises LabError: one is not."""
        for kind in _WORKLOADS:
            for found in (await self.wire.listed(collection(kind)))[0]:
                record = (found["metadata"].get("annotations") or {}).get(RECORD)
                expected = (0, str(REPLICAS)) if to == "Asleep" else (REPLICAS, None)
                if (found["spec"]["replicas"], record) != expected:
                    name = f"{found['metadata']['namespace']}/{found['metadata']['name']}"
                    raise LabError(f"{kind} {name} is not {to}: {found['spec']['replicas']} replicas, record {record}")

    async def patches(self, to: Wanted) -> list[tuple[str, Json]]:
        """The requests with which every workload goes from its state to the other, as the operator would send them.

        By night the count is the operator's, by day that of who made the workload.
        """
        wanted: list[tuple[str, Json]] = []
        query = f"?fieldManager={ACCOUNT if to == 'Asleep' else MANAGER}"
        for kind in _WORKLOADS:
            for found in (await self.wire.listed(collection(kind)))[0]:
                metadata = found["metadata"]
                record = str(REPLICAS) if to == "Asleep" else None
                body = {
                    "metadata": {"resourceVersion": metadata["resourceVersion"], "annotations": {RECORD: record}},
                    "spec": {"replicas": 0 if to == "Asleep" else REPLICAS},
                }
                wanted.append((f"{collection(kind, metadata['namespace'])}/{metadata['name']}{query}", body))
        return wanted

    async def asked(self) -> Asked:
        """What the API server counts since it started, of the kinds that the operator and Kopf may ask for."""
        found = samples(await self.wire.text("/metrics"), only="apiserver_request_total")
        asked = Asked()
        for labels, count in found.get("apiserver_request_total", {}).items():
            said = labels_of(labels)
            verb, resource = said.get("verb", ""), said.get("resource", "")
            if resource in _ASKED_FOR and verb not in {"WATCH", "WATCHLIST", "CONNECT"}:
                asked[f"{verb} {resource}"] += int(count)
        return asked

    async def leave(self) -> None:
        """End the watches."""
        for mirror in (*self._workloads.values(), self._schedules):
            await mirror.stop()

    @property
    def _schedule_keys(self) -> list[tuple[str, str]]:
        return [(namespace, "hours") for namespace in self.load.namespaces]

    async def _reschedule(self, spec: Json, namespace: str) -> None:
        path = f"{env_schedules(namespace)}/hours"
        # A click's wish outlasts the row that clicked, and the schedule would wait for its end.
        spec = {"override": None, "notify": None, **spec}
        await self.wire.ask("PATCH", path, body={"spec": spec}, content_type=MERGE_PATCH, accept=METADATA)

    async def _play(self, keys: list[tuple[str, str, str]], *, awake: bool) -> None:
        pods = REPLICAS if awake else 0
        status = {"observedGeneration": _SETTLED, "replicas": pods, "readyReplicas": pods, "availableReplicas": pods}

        async def play(key: tuple[str, str, str]) -> None:
            kind, namespace, name = key
            path = f"{collection(kind, namespace)}/{name}/status"
            await self.wire.ask("PATCH", path, body={"status": status}, content_type=MERGE_PATCH, accept=METADATA)

        await each(keys, play)


@asynccontextmanager
async def set_up(*, progress: Progress, command: str | None = None, audit: bool = False) -> AsyncIterator[Stage]:
    """A fresh control plane, of which only etcd and the API server go on running, with CRDs and the operator's rights.

    With ``audit`` it writes down who asks for what.
    """
    with progress.step("starting a control plane"):
        control_plane = await asyncio.to_thread(controlplane.start, name="bench", audit=audit, progress=progress)
    try:
        for program in ("kwok", "kube-scheduler", "kube-controller-manager"):
            control_plane.processes[program].stop()
        control_plane.install([ROOT / "crds"])
        grant(control_plane)
        async with Wire(control_plane.kubeconfig) as wire:
            stage = Stage(control_plane, wire, progress=progress, command=command)
            try:
                yield stage
            finally:
                await stage.leave()
    finally:
        control_plane.stop()


def grant(control_plane: ControlPlane) -> None:
    """The operator's namespace, ServiceAccount and rights from ``deploy/base``; what runs a program stays out.

    Raises:
        LabError: there is no such folder, or it cannot be applied.
    """
    base = ROOT / "deploy" / "base"
    if not base.is_dir():
        raise LabError(f"the operator's rights are not in {base}", hint="The bench runs from a checkout of Sundown.")
    built = control_plane.kubectl("kustomize", str(base)).stdout
    objects = [one for one in yaml.safe_load_all(built) if one and one["kind"] not in PARTS_OF_A_PROGRAM]
    together = {"apiVersion": "v1", "kind": "List", "items": objects}
    control_plane.kubectl("apply", "--server-side", "-f", "-", input=json.dumps(together))


def _tells_of(turn: Json) -> Callable[[Json], bool]:
    return lambda found: (found.get("status") or {}).get("nextTransition") == turn


def _awake_until(to: str, *, since: str = FIRST) -> Json:
    """A spec without windows, asleep but for one exception of local times in UTC; a merge patch of another such spec."""
    return {"timeZone": "UTC", "exceptions": [{"from": since, "to": to, "state": "Awake", "reason": "bench"}]}
