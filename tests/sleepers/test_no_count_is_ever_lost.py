"""The promise of this product, tried on a model of the API server: whatever happens in whatever order, and wherever the
operator is killed, after it has woken the env every workload has the count that its owner gave it last.

The model has what the promise rests on: each write makes a new version, a patch that names another version is refused,
a patch changes what it names and nothing else. The plan and its patches are the real ones. The same is tried on a
real API server in ``tests/faults``.
"""

import copy
import os
from typing import Any, Literal

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from samples import NOW
from sundown.cluster.errors import Conflict, Missing
from sundown.model.parts import Step, Workload
from sundown.model.resources import EXCLUDE
from sundown.model.spec import Wanted
from sundown.reconcile.plan import plan
from sundown.reconcile.standing import Goal, step_for
from sundown.sleepers.replicas import KINDS, patch_for

Key = tuple[Literal["Deployment", "StatefulSet"], str]
KEYS: list[Key] = [("Deployment", "web"), ("Deployment", "api"), ("StatefulSet", "db")]
ROUNDS = 3
THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"

keys = st.sampled_from(KEYS)
counts = st.sampled_from([0, 1, 2, 3, 5])
wishes = st.sampled_from(["Asleep", "Asleep", "Awake"])


class ApiServer:
    """Workloads by kind and name, as far as versions and merge patches go."""

    def __init__(self) -> None:
        self.objects: dict[Key, dict[str, Any]] = {}
        self._version = 0

    def put(self, key: Key, replicas: int) -> None:
        """Create, or replace as a whole: annotations that the new manifest does not have are gone."""
        about = {"name": key[1], "namespace": "dev", "annotations": {}}
        self._write(key, {"metadata": about, "spec": {"replicas": replicas}})

    def patch(self, key: Key, body: dict[str, Any]) -> None:
        """A merge patch.

        Raises:
            Missing: where there is no such object.
            Conflict: where the patch names another version than the present one.
        """
        there = self.objects.get(key)
        if there is None:
            raise Missing("no such workload", status=404)
        version = body.get("metadata", {}).get("resourceVersion", there["metadata"]["resourceVersion"])
        if version != there["metadata"]["resourceVersion"]:
            raise Conflict("the object has been modified", status=409)
        self._write(key, _merged(there, body))

    def look(self, key: Key) -> Workload:
        """One workload, read as the operator reads it.

        Raises:
            Missing: where there is no such object.
        """
        if key not in self.objects:
            raise Missing("no such workload", status=404)
        return KINDS[key[0]].read(copy.deepcopy(self.objects[key]))

    def all(self) -> list[Workload]:
        """Every workload."""
        return [self.look(key) for key in self.objects]

    def _write(self, key: Key, wanted: dict[str, Any]) -> None:
        if self.objects.get(key) != wanted:
            self._version += 1
            wanted["metadata"]["resourceVersion"] = f"{self._version}"
            self.objects[key] = wanted


def _merged(target: Any, patch: Any) -> Any:
    if not isinstance(patch, dict):
        return patch
    kept = dict(target) if isinstance(target, dict) else {}
    changed = {key: _merged(kept.get(key), value) for key, value in patch.items() if value is not None}
    return {key: value for key, value in {**kept, **changed}.items() if patch.get(key, "") is not None}


def steps_towards(wanted: Wanted, server: ApiServer) -> list[Step]:
    """What a visit would write, in order."""
    return list(plan(Goal(wanted=wanted, now=NOW), server.all()).steps)


def carry_out(step: Step, server: ApiServer) -> None:
    """Write a step; where somebody else was faster, look and think again."""
    found, wanted = step.workload, "Asleep" if step.action == "Sleep" else "Awake"
    key: Key = (found.kind, found.name)  # type: ignore[assignment]
    current: Step | None = step
    while current is not None:
        try:
            return server.patch(key, patch_for(current))
        except Conflict:
            current = step_for(wanted, server.look(key))  # type: ignore[arg-type]
        except Missing:
            return None
    return None


def brought_to(wanted: Wanted, server: ApiServer) -> ApiServer:
    """What comes of it when a fresh operator visits until there is nothing left to do. The server itself stays as it is."""
    later = copy.deepcopy(server)
    for _ in range(ROUNDS):
        for step in steps_towards(wanted, later):
            carry_out(step, later)
    assert steps_towards(wanted, later) == [], "there is no end to it"
    return later


class Env(RuleBasedStateMachine):
    """Owners who edit, an operator who writes step by step and may be killed between any two, and an env that is wanted
    asleep and awake by turns."""

    def __init__(self) -> None:
        super().__init__()
        self.server = ApiServer()
        self.given: dict[Key, int] = {}
        self.pending: list[Step] = []

    @initialize(replicas=st.tuples(*[st.integers(1, 3)] * len(KEYS)))
    def there_is_something(self, replicas: tuple[int, ...]) -> None:
        for key, count in zip(KEYS, replicas, strict=True):
            self.create(key, count)

    @rule(key=keys, replicas=counts)
    def create(self, key: Key, replicas: int) -> None:
        """Also what `kubectl replace` does: the record is not in the owner's manifest, and is gone."""
        self.server.put(key, replicas)
        self.given[key] = replicas

    @rule(key=keys)
    def delete(self, key: Key) -> None:
        self.server.objects.pop(key, None)
        self.given.pop(key, None)

    @rule(key=keys, replicas=counts)
    def scale(self, key: Key, replicas: int) -> None:
        if key not in self.given:
            return
        before = self.server.look(key)
        self.server.patch(key, {"spec": {"replicas": replicas}})
        if replicas > 0 or before.record is None:
            self.given[key] = replicas
        elif before.replicas > 0 and before.previous is not None:
            # Back to the sleep that it had been taken from, with the count that is still on record.
            self.given[key] = before.previous

    @rule(key=keys, image=st.integers(1, 3))
    def change_something_else(self, key: Key, image: int) -> None:
        if key in self.given:
            self.server.patch(key, {"spec": {"image": image}})

    @rule(key=keys, value=st.sampled_from(["true", None]))
    def exclude(self, key: Key, value: str | None) -> None:
        if key in self.given:
            self.server.patch(key, {"metadata": {"annotations": {EXCLUDE: value}}})

    @rule(wanted=wishes, at_once=st.integers(0, len(KEYS)))
    def visit(self, wanted: Wanted, at_once: int) -> None:
        """The operator looks, plans, and writes some of it at once; when the rest comes, and if, is left to the other rules."""
        self.pending = steps_towards(wanted, self.server)
        for _ in range(min(at_once, len(self.pending))):
            self.write(0)

    @rule(wanted=wishes, key=keys, replicas=counts, manifest=st.booleans())
    def visit_while_somebody_edits(self, wanted: Wanted, key: Key, replicas: int, manifest: bool) -> None:
        """Between the look and the writes."""
        self.pending = steps_towards(wanted, self.server)
        (self.create if manifest else self.scale)(key, replicas)
        while self.pending:
            self.write(0)

    @precondition(lambda self: self.pending)
    @rule(which=st.integers(0, len(KEYS)))
    def write(self, which: int) -> None:
        """The steps of a wave overtake each other."""
        carry_out(self.pending.pop(which % len(self.pending)), self.server)

    @precondition(lambda self: self.pending)
    @rule()
    def write_and_lose_the_reply(self) -> None:
        """Nobody knows that it was done, so it is done again."""
        step = self.pending.pop(0)
        carry_out(step, self.server)
        carry_out(step, self.server)

    @precondition(lambda self: self.pending)
    @rule()
    def kill(self) -> None:
        """What was not written by then is never written."""
        self.pending = []

    @invariant()
    def waking_gives_every_owner_the_count_they_gave_last(self) -> None:
        woken = brought_to("Awake", self.server)
        assert {key: woken.look(key).replicas for key in woken.objects} == self.given
        assert [one.title for one in woken.all() if one.record is not None] == []

    @invariant()
    def sleep_takes_all_and_forgets_nothing(self) -> None:
        asleep = brought_to("Asleep", self.server)
        for one in asleep.all():
            given = self.given[one.kind, one.name]  # type: ignore[index]
            there = (one.replicas, one.previous or 0)
            assert there == ((given, 0) if one.exclude else (0, given)), one.title


EFFORT = settings(
    max_examples=1000 if THOROUGH else 100,
    stateful_step_count=60 if THOROUGH else 25,
    derandomize=not THOROUGH,
    deadline=None,
)


def test_waking_gives_every_workload_the_count_its_owner_gave_it_last() -> None:
    """A1, A2, A3, A14, A16. Z: start sets 1 replica instead of the old count; a second scale-down overwrites the recorded
    count with 0; a crash between record and change loses it; an edit made while asleep is overwritten on waking.
    """
    run_state_machine_as_test(Env, settings=EFFORT)
