"""An env with objects of every kind of the catalogue, and what of them is their owners' and what is Sundown's."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field

from sundown.model.record import read_patch
from sundown.sleepers.merge_patches import holds
from support.apiserver import Api, Json
from support.catalogued import KINDS, SAMPLES, as_owned, body, of_sundown
from support.envs import Env
from support.operators import Operator


def workloads(kinds: Iterable[str]) -> Json:
    """What a schedule says of its workloads to have all objects of these kinds asleep.

    A row that is for some of its kind's objects is brought along as the schedule's own, which is for all of them: an autoscaler
    that may scale to 0 takes an alpha feature of the API server.
    """
    chosen = [KINDS[kind] for kind in kinds]
    brought = [
        {"apiVersion": row.api_version, "kind": row.kind, "asleep": json.loads(row.patch)}
        for row in chosen
        if row.applies is not None
    ]
    return {"workloads": {"kinds": [row.kind for row in chosen], "patches": brought}}


SLEEPERS = tuple(KINDS)
CHOSEN: Json = workloads(SLEEPERS)
TWIN = "twin"
"""An object that no schedule touches, to which its owner does what they do to the first of its kind."""
_STAYS = "sundown.dev/exclude"


def make_all(env: Env) -> dict[str, Json]:
    """Two or three objects of each kind, as their owners want them."""
    for kind, sample in SAMPLES.items():
        for number, spec in enumerate((sample.spec, *sample.others)):
            env.api.create(KINDS[kind].collection(env.name), body(kind, spec, name=f"it-{number}"))
    return wanted(env)


def make_twins(env: Env) -> None:
    """One more of each kind that sleeps, like its first, which stays awake."""
    for kind in SLEEPERS:
        env.api.create(KINDS[kind].collection(env.name), body(kind, SAMPLES[kind].spec, name=TWIN, **{_STAYS: "true"}))


def specs(env: Env) -> dict[str, Json]:
    """All objects as they are, by kind and name; no twins."""
    return {
        f"{kind}/{raw['metadata']['name']}": raw
        for kind, row in KINDS.items()
        for raw in env.api.items(row.collection(env.name))
        if raw["metadata"]["name"] != TWIN
    }


def wanted(env: Env) -> dict[str, Json]:
    """All of them as their owners want them."""
    return {path: as_owned(raw) for path, raw in specs(env).items()}


def not_asleep(env: Env) -> list[str]:
    """What is not as its row says."""
    return [path for path, raw in specs(env).items() if not sleeps(path, raw)]


def sleeps(path: str, raw: Json) -> bool:
    """Whether an object is as its row says."""
    return holds(read_patch(KINDS[path.partition("/")[0]].patch) or {}, raw)


def of_others(raw: Json) -> Json:
    """What of an object is its owner's, whatever Sundown has noted on it."""
    owned = as_owned(raw)
    notes = {key: text for key, text in owned["annotations"].items() if key not in of_sundown(raw)}
    return {**owned, "annotations": notes}


def owned(raw: Json) -> list[Json]:
    """Who owns what of it, its controller aside."""
    entries = [one for one in raw["metadata"]["managedFields"] if one.get("subresource") != "status"]
    told = ({key: value for key, value in one.items() if key != "time"} for one in entries)
    return sorted(told, key=lambda one: str(one["manager"]))


@dataclass
class Killer:
    """Kills an operator when it has made so many writes to objects of a kind; ``hit`` tells whether it came to that."""

    operator: Operator
    api: Api
    path: str
    writes: int
    hit: bool = field(default=False, init=False)
    _thread: threading.Thread = field(init=False)
    _ended: threading.Event = field(default_factory=threading.Event, init=False)

    def __post_init__(self) -> None:
        self._thread = threading.Thread(target=self._look)
        self._listed = self.api.get(self.path)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def spare(self, seconds: float) -> None:
        """Return after so many seconds, or when it has killed before."""
        self._thread.join(seconds)

    def end(self, *, within: float) -> bool:
        """Kill it after so many seconds at the latest; whether it was while it wrote."""
        self._thread.join(within)
        self._ended.set()
        self.operator.kill()
        self._thread.join()
        return self.hit

    def _look(self) -> None:
        known = {raw["metadata"]["uid"]: _written(raw) for raw in self._listed["items"]}
        version, count = self._listed["metadata"]["resourceVersion"], 0
        while not self._ended.is_set():
            for raw in self.api.watch(self.path, version):
                version, uid = raw["metadata"]["resourceVersion"], raw["metadata"]["uid"]
                count += known.get(uid) != _written(raw)
                known[uid] = _written(raw)
                if count >= self.writes:
                    self.operator.kill()
                    self.hit = True
                    return


def _written(raw: Json) -> tuple[tuple[str, str], ...]:
    """What tells a write of Sundown's from one of anybody else."""
    notes = raw["metadata"].get("annotations") or {}
    return tuple(sorted((key, notes[key]) for key in of_sundown(raw)))
