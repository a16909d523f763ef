"""Owners who edit their workloads at random moments, and what each workload has to have in the end."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from support.apiserver import Answered, Json
from support.envs import ASLEEP_FOR_EVER, PLURALS, RECORD, Env, manifest

CONFLICT = 409
MARK = "sundown.dev/asleep-since"
MOST = 7
IMAGES = ("registry.example.com/main:1", "registry.example.com/main:2", "registry.example.com/main:3")


@dataclass
class Owner:
    """The owner of one env, who remembers the count that each workload was last given, and what was done.

    A 0 is an owner's wish where there was more before, and no record stands on the workload. Else 0 is what sleep gave it,
    and a second 0 changes nothing that anybody could see. What stands in two places may be spoiled in one of them.
    """

    env: Env
    dice: random.Random
    wishes: dict[tuple[str, str], int] = field(default_factory=dict)
    diary: list[str] = field(default_factory=list)

    @property
    def deeds(self) -> tuple[Callable[[], str], ...]:
        """What an owner does, the usual more often than the rare."""
        usual = (self.scale, self.scale, self.scale, self.to_zero, self.set_image, self.replace_image, self.apply)
        tools = (self.undo, self.undo, self.strip, self.strip, self.replace_whole, self.apply_gently)
        return (*usual, *tools, self.recreate, self.add, self.remove, self.change_schedule)

    def edit(self) -> None:
        """Do something at random."""
        deed = self.dice.choice(self.deeds)
        self.diary.append(f"{deed.__name__} {deed()}")

    def change_mind(self) -> None:
        """Want the env awake or asleep."""
        state = self.dice.choice(("Awake", "Asleep"))
        self.diary.append(f"wish {state}")
        if self.env.api.find(self.env.schedules("default")) is not None:
            self.env.wish(state)

    def want_awake(self) -> None:
        """Want the env awake, whatever was before."""
        self.diary.append("wish Awake")
        if self.env.api.find(self.env.schedules("default")) is not None:
            self.env.wish("Awake")

    def add(self) -> str:
        """A new workload."""
        if len(self.wishes) >= MOST:
            return "nothing"
        kind, name = self.dice.choice(tuple(PLURALS)), f"w{self.dice.randrange(10_000)}"
        if (kind, name) in self.wishes:
            return "nothing"
        count = self._count()
        self.env.add(name, count, kind=kind)
        self.wishes[kind, name] = count
        return f"{kind}/{name} {count}"

    def remove(self) -> str:
        """One workload less."""
        if len(self.wishes) <= 2:
            return "nothing"
        kind, name = self._any()
        self.env.api.delete(f"{self.env.collection(kind)}/{name}")
        del self.wishes[kind, name]
        return f"{kind}/{name}"

    def recreate(self) -> str:
        """Delete it and make it anew, perhaps with another count."""
        kind, name = self._any()
        self.env.api.delete(f"{self.env.collection(kind)}/{name}")
        count = self.dice.choice((self._count(), 0))
        while True:
            try:
                self.env.add(name, count, kind=kind)
                break
            except Answered as answer:
                if answer.code != CONFLICT:  # the old one is still being deleted
                    raise
        self.wishes[kind, name] = count
        return f"{kind}/{name} {count}"

    def scale(self) -> str:
        """As ``kubectl scale`` does, whatever is there."""
        kind, name = self._any()
        count = self._count()
        self.env.scale(name, count, kind=kind)
        self.wishes[kind, name] = count
        return f"{kind}/{name} {count}"

    def apply(self) -> str:
        """As GitOps does: the whole manifest, by server-side apply."""
        kind, name = self._any()
        count = self._count()
        path = f"{self.env.collection(kind)}/{name}"
        self.env.api.apply(path, manifest(kind, name, count, image=self.dice.choice(IMAGES)), manager="gitops")
        self.wishes[kind, name] = count
        return f"{kind}/{name} {count}"

    def to_zero(self) -> str:
        """Switch it off, if it can be seen to be on."""
        kind, name = self._any()

        def switched_off(found: Json) -> Json | None:
            if RECORD in found["metadata"].get("annotations", {}) or not found["spec"]["replicas"]:
                return None
            found["spec"]["replicas"] = 0
            return found

        if not self._rewrite(kind, name, switched_off):
            return "nothing"
        self.wishes[kind, name] = 0
        return f"{kind}/{name}"

    def set_image(self) -> str:
        """A new version, as ``kubectl set image`` does."""
        kind, name = self._any()
        container = {"name": "main", "image": self.dice.choice(IMAGES)}
        self.env.edit(name, {"spec": {"template": {"spec": {"containers": [container]}}}}, kind=kind)
        return f"{kind}/{name}"

    def replace_image(self) -> str:
        """A new version, as ``kubectl edit`` does: all that was read is written back."""
        kind, name = self._any()
        image = self.dice.choice(IMAGES)

        def renewed(found: Json) -> Json:
            found["spec"]["template"]["spec"]["containers"][0]["image"] = image
            return found

        self._rewrite(kind, name, renewed)
        return f"{kind}/{name}"

    def apply_gently(self) -> str:
        """As Helm 4 does: without force, so that it may be refused where others have set the count."""
        kind, name = self._any()
        count = self._count()
        try:
            path = f"{self.env.collection(kind)}/{name}"
            self.env.api.apply(path, manifest(kind, name, count), manager="gitops", force="false")
        except Answered as answer:
            if answer.code != CONFLICT:
                raise
            return f"{kind}/{name} refused"
        self.wishes[kind, name] = count
        return f"{kind}/{name} {count}"

    def replace_whole(self) -> str:
        """As ``kubectl replace`` does with a manifest that says nothing of a count: a wish for one."""
        kind, name = self._any()
        if not self._is_known_twice(kind, name):
            return "nothing"
        self.env.api.replace(f"{self.env.collection(kind)}/{name}", manifest(kind, name, None))
        self.wishes[kind, name] = 1
        return f"{kind}/{name} 1"

    def strip(self) -> str:
        """Take annotations off, as terraform does with those that it does not know."""
        kind, name = self._any()
        if not self._is_known_twice(kind, name):
            return "nothing"
        keys = self.dice.choice(((RECORD,), (MARK,), (RECORD, MARK)))
        self.env.edit(name, {"metadata": {"annotations": dict.fromkeys(keys)}}, kind=kind)
        return f"{kind}/{name} {' '.join(keys)}"

    def undo(self) -> str:
        """As ``kubectl rollout undo`` does: template and annotations are those of an old ReplicaSet."""
        kind, name = self._any()
        if kind != "Deployment" or not self._is_known_twice(kind, name):
            return "nothing"
        sets = self.env.api.items(f"/apis/apps/v1/namespaces/{self.env.name}/replicasets", labelSelector=f"app={name}")
        found = self.env.workload(name)
        mine = [one for one in sets if one["metadata"]["ownerReferences"][0]["uid"] == found["metadata"]["uid"]]
        if not mine:
            return "nothing"
        old = self.dice.choice(sorted(mine, key=lambda one: str(one["metadata"]["name"])))
        kept = found["metadata"].get("annotations", {})
        dug_out = old["metadata"].get("annotations", {})
        annotations = {
            **{key: text for key, text in kept.items() if key.startswith("deployment.kubernetes.io/")},
            **{key: text for key, text in dug_out.items() if not key.startswith("deployment.kubernetes.io/")},
        }
        found["metadata"]["annotations"] = annotations
        found["spec"]["template"] = old["spec"]["template"]
        found["spec"]["template"]["metadata"]["labels"].pop("pod-template-hash", None)
        try:
            self.env.api.replace(f"{self.env.collection(kind)}/{name}", found)
        except Answered as answer:
            if answer.code != CONFLICT:
                raise
            return "nothing"
        return f"{kind}/{name} to {old['metadata']['name']} {annotations.get(RECORD)}"

    def _is_known_twice(self, kind: str, name: str) -> bool:
        """Whether what stands on it may be spoiled: it runs, or the status knows what wakes it."""
        found = self.env.workload(name, kind=kind)
        records = {(one["kind"], one["uid"]) for one in self.env.status().get("records", [])}
        return bool(found["spec"]["replicas"]) or (kind, found["metadata"]["uid"]) in records

    def _first_place_is_whole(self) -> bool:
        """Whether everything that sleeps says itself what its owner wants: after an undo, only the status may know that."""
        for kind in PLURALS:
            for each in self.env.api.items(self.env.collection(kind)):
                notes = each["metadata"].get("annotations", {})
                wish = self.wishes.get((kind, each["metadata"]["name"]), 0)
                if wish and not each["spec"]["replicas"] and not (notes.get(RECORD) == f"{wish}" and MARK in notes):
                    return False
        return True

    def change_schedule(self) -> str:
        """Take the EnvSchedule away, or bring it back."""
        if not self._first_place_is_whole():
            return "nothing"
        if self.env.api.find(self.env.schedules("default")) is not None:
            self.env.api.delete(self.env.schedules("default"))
            return "deleted"
        self.env.schedule(ASLEEP_FOR_EVER)
        return "made"

    def _rewrite(self, kind: str, name: str, change: Callable[[Json], Json | None]) -> bool:
        path = f"{self.env.collection(kind)}/{name}"
        while True:
            changed = change(self.env.api.get(path))
            if changed is None:
                return False
            try:
                self.env.api.replace(path, changed)
            except Answered as answer:
                if answer.code != CONFLICT:
                    raise
                continue
            return True

    def _any(self) -> tuple[str, str]:
        return self.dice.choice(sorted(self.wishes))

    def _count(self) -> int:
        return self.dice.choice((1, 2, 2, 3, 4))


def wrongs(owner: Owner) -> list[str]:
    """What is not as the owner wants it, now that the env should be awake."""
    found = []
    there = {
        (kind, each["metadata"]["name"]): each
        for kind in PLURALS
        for each in owner.env.api.items(owner.env.collection(kind))
    }
    for key in sorted(owner.wishes.keys() | there.keys()):
        has = there[key]["spec"]["replicas"] if key in there else None
        if has != owner.wishes.get(key):
            found.append(f"{owner.env.name} {'/'.join(key)} has {has}, its owner wants {owner.wishes.get(key)}")
        elif {RECORD, MARK} & there[key]["metadata"].get("annotations", {}).keys():
            found.append(f"{owner.env.name} {'/'.join(key)} still carries a record")
    return found
