"""What others ask of an object of the catalogue's kinds while it sleeps is what it wakes with, with the policies and without (G1, A18).

With them it never runs, and Sundown has nothing to write again. The same is done to objects in a namespace without a schedule: in
the morning both are the same.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from sundown.sleepers.merge_patches import found_at, merged
from sundown_lab.cluster import Cluster
from support.apiserver import Api, Json, eventually
from support.catalogued import KINDS, SAMPLES, as_owned, body, controllers, of_sundown
from support.envs import ASLEEP_FOR_EVER, Env
from support.held_kinds import HELD, HeldKinds, asked, edit, is_asleep, path_of
from support.operators import Stage
from support.other_tools import editor
from support.whole_catalogue import owned

pytestmark = pytest.mark.lab

KINDS_HELD = tuple(row.kind for row in HELD)
OF_EACH_SORT = ("CronJob", "DaemonSet", "Rollout", "Cluster", "Pipeline")
"""Of those that sleep by a truth, a key of a map, a count, an annotation, and a text in a map that need not be there."""
EDITED = "CronJob"
"""Of which ``kubectl edit`` is tried, that opens an editor for each."""
BY = ("server-side apply", "Flux's apply", "kubectl apply", "kubectl replace", "kubectl patch")
OF_ALL = ("server-side apply", "kubectl replace")
"""What is tried of all kinds; of each sort all is."""


def both_ways() -> list[ParameterSet]:
    """With the policies each way to write is held against, without them what it asks for is put to sleep again."""
    cells = {"policies": ("holds", KINDS_HELD), "plain": ("again", ())}
    return [
        pytest.param(
            way,
            marks=[
                *([pytest.mark.proves(cell, kinds=kinds, against=[*OF_ALL])] if kinds else []),
                pytest.mark.proves(cell, kinds=OF_EACH_SORT, against=[*BY]),
                pytest.mark.proves(cell, kinds=[EDITED], against="kubectl edit"),
            ],
        )
        for way, (cell, kinds) in cells.items()
    ]


@pytest.fixture(scope="module", params=both_ways())
def held(
    request: pytest.FixtureRequest, catalogue: None, api: Api, control_plane: Cluster, stage: Stage
) -> Iterator[bool]:
    """The whole file twice: with the policies of all kinds in force, and with none."""
    policies = HeldKinds(api, control_plane)
    held = request.param == "policies"
    if held:
        stage.clear()
        policies.install()
    yield held
    if held:
        stage.clear()
        policies.remove()


def by_day(kind: str, name: str) -> Json:
    """The manifest in the evening: it leaves the field out, where it can."""
    sample, path = SAMPLES[kind], path_of(KINDS[kind])
    specs = (*sample.others, sample.spec)
    return body(kind, next((one for one in specs if found_at({"spec": one}, path) is None), specs[-1]), name=name)


def wish(kind: str, name: str) -> Json:
    """The manifest at night."""
    return merged(by_day(kind, name), asked(KINDS[kind]))


class People:
    """Who has objects of all kinds in a namespace, one of each for each way to write them."""

    def __init__(self, env: Env, cluster: Cluster, kinds: tuple[str, ...]) -> None:
        self.env = env
        self.kinds = kinds
        self._cluster = cluster

    def install(self) -> None:
        """By day."""
        for way in ("server-side apply", "Flux's apply"):
            for kind in self._tried(way):
                self._applied(by_day(kind, name(way)), way=way)
        self._kubectl("apply", [by_day(kind, name("kubectl apply")) for kind in self._tried("kubectl apply")])
        others = [way for way in WAYS if "apply" not in way]
        self._kubectl("create", [by_day(kind, name(way)) for way in others for kind in self._tried(way)])

    def write(self) -> None:
        """Ask for something else, each in their way."""
        for way, write in WAYS.items():
            write(self, way)

    def server_side(self, way: str) -> None:
        for kind in self._tried(way):
            self._applied(wish(kind, name(way)), way=way)

    def with_kubectl(self, way: str) -> None:
        self._kubectl(way.removeprefix("kubectl "), [wish(kind, name(way)) for kind in self._tried(way)])

    def patched(self, way: str) -> None:
        for kind in self._tried(way):
            row = KINDS[kind]
            self.env.api.merge(f"{row.collection(self.env.name)}/{name(way)}", edit(row), fieldManager="kubectl-patch")

    def edited(self, way: str) -> None:
        self._cluster.kubectl("edit", "-n", self.env.name, EDITED, name(way))

    def there(self) -> dict[str, Json]:
        """All that they have, by kind and way."""
        return {
            f"{row.kind}/{raw['metadata']['name']}": raw
            for row in map(KINDS.__getitem__, self.kinds)
            for raw in self.env.api.items(row.collection(self.env.name))
        }

    def running(self) -> list[str]:
        return [path for path, raw in self.there().items() if not is_asleep(KINDS[path.partition("/")[0]], raw)]

    def _tried(self, way: str) -> list[str]:
        return [kind for kind in self.kinds if kind in OF_EACH_SORT or way in OF_ALL]

    def _applied(self, manifest: Json, *, way: str) -> None:
        row = KINDS[manifest["kind"]]
        manager, force = ("flux", "true") if way.startswith("Flux") and asks(manifest) else ("helm", "false")
        path = f"{row.collection(self.env.name)}/{manifest['metadata']['name']}"
        self.env.api.apply(path, manifest, manager=manager, force=force)

    def _kubectl(self, command: str, items: list[Json]) -> None:
        document = json.dumps({"apiVersion": "v1", "kind": "List", "items": items})
        self._cluster.kubectl(command, "-n", self.env.name, "-f", "-", input=document)


def asks(manifest: Json) -> bool:
    return manifest == wish(manifest["kind"], manifest["metadata"]["name"])


def theirs(raw: Json) -> Json:
    """What is its owner's, whichever namespace it is in."""
    told: Json = json.loads(json.dumps(as_owned(raw)).replace(raw["metadata"]["namespace"], "the-namespace"))
    return told


def name(way: str) -> str:
    return way.lower().replace("'", "").replace(" ", "-")


WAYS: Mapping[str, Callable[[People, str], None]] = {
    "server-side apply": People.server_side,
    "Flux's apply": People.server_side,
    "kubectl apply": People.with_kubectl,
    "kubectl replace": People.with_kubectl,
    "kubectl patch": People.patched,
    "kubectl edit": People.edited,
}


@pytest.fixture
def with_an_editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What ``kubectl edit`` opens."""
    monkeypatch.setenv("KUBE_EDITOR", editor(tmp_path, "s/^  suspend: true$/  suspend: false/"))


def test_what_is_asked_for_at_night_is_what_it_wakes_with(
    held: bool, make_env: Callable[..., Env], stage: Stage, control_plane: Cluster, with_an_editor: None
) -> None:
    """G1, W3, W6, A18"""
    stage.usual()
    kinds = KINDS_HELD if held else OF_EACH_SORT
    sleeping, twins = (People(make_env(), control_plane, kinds) for _ in range(2))
    env = sleeping.env
    with controllers(Api(control_plane.kubeconfig), env.name, tuple(KINDS)):
        for people in (sleeping, twins):
            people.install()
        env.schedule({**ASLEEP_FOR_EVER, "workloads": {"kinds": [*kinds]}})
        env.until("Asleep", within=120)
        assert sleeping.running() == []
        sleeping.write()
        twins.write()
        written = {path: raw["metadata"].get("annotations") for path, raw in sleeping.there().items()}
        if held:
            assert sleeping.running() == []
        env.wish("Asleep", reason="look again")
        env.until("Asleep", within=120)
        eventually(lambda: sleeping.running() == [], what="all sleeps")
        if held:
            now = {path: raw["metadata"].get("annotations") for path, raw in sleeping.there().items()}
            assert {path: now[path] for path in now if now[path] != written[path]} == {}
        env.wish("Awake")
        env.until("Awake", within=120)
        eventually(
            lambda: not [path for path, raw in sleeping.there().items() if of_sundown(raw)], what="all is let go"
        )
        expected = {path: theirs(raw) for path, raw in twins.there().items()}
        assert {path: theirs(raw) for path, raw in sleeping.there().items()} == expected
        for path, raw in twins.there().items():
            if path.endswith(("server-side-apply", "fluxs-apply")):
                assert owned(sleeping.there()[path]) == owned(raw), path
