"""An env on the model of the API server, and all that may happen to it: what is tried is that no count is ever lost.

The model has what the promise rests on: each write makes a new version, a patch that names another version is refused,
a patch changes what it names and nothing else, and whoever changes a field owns it.
"""

from collections.abc import Iterable

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from sundown.model.env import Namespace
from sundown.model.parts import Step, Workload
from sundown.model.resources import (
    ASLEEP,
    ASLEEP_SINCE,
    EXCLUDE,
    PREVIOUS_REPLICAS,
    STATE_LABEL,
    TAKEN_FROM,
    EnvScheduleStatus,
)
from sundown.model.spec import Wanted
from sundown.reconcile.memory import believed, is_current
from sundown.reconcile.part_verdict import Goal
from support.counting_api_server import ApiServer, Key
from support.counting_operator import OPERATOR, brought_to, carry_out, tell, visit
from support.samples import namespace

KEYS: list[Key] = [("Deployment", "web"), ("Deployment", "api"), ("StatefulSet", "db")]
MARKS = (PREVIOUS_REPLICAS, ASLEEP_SINCE)

keys = st.sampled_from(KEYS)
counts = st.sampled_from([0, 1, 2, 3, 5])
wishes = st.sampled_from(["Asleep", "Asleep", "Awake"])


class Env(RuleBasedStateMachine):
    """Owners who edit and tools that undo, replace and strip; an operator who writes step by step and may be killed between
    any two; and an env that is wanted asleep and awake by turns."""

    def __init__(self) -> None:
        super().__init__()
        self.server = ApiServer()
        self.given: dict[Key, int] = {}
        self.pending: list[tuple[Goal, Step]] = []
        self.old: dict[Key, list[tuple[str | None, dict[str, str]]]] = {}  # image and annotations
        self.second_place = True
        self.unseen: set[Key] = set()  # only the workload knows what it wakes to, until the operator has looked
        self.seen: dict[Key, int] = {}  # the generations of when the operator looked last
        self.backup: tuple[EnvScheduleStatus, Namespace] | None = None

    @initialize(replicas=st.tuples(*[st.integers(1, 3)] * len(KEYS)), earlier_version=st.booleans())
    def there_is_something(self, replicas: tuple[int, ...], earlier_version: bool) -> None:
        """Some envs were put to sleep by a version of Sundown that knew of no ids, and wrote the count alone."""
        for key, count in zip(KEYS, replicas, strict=True):
            self.create(key, count)
            if earlier_version:
                self.server.patch(key, {"metadata": {"annotations": {PREVIOUS_REPLICAS: str(count)}}})
                self.server.patch(key, {"spec": {"replicas": 0}}, by=OPERATOR)
        if earlier_version:
            self.server.status = EnvScheduleStatus(state="Asleep")
            self.server.space = namespace(labels={STATE_LABEL: ASLEEP})
            self.second_place = False

    @rule(key=keys, replicas=counts)
    def create(self, key: Key, replicas: int) -> None:
        """Also deleted and made anew: another object of the same name."""
        self.server.create(key, replicas)
        self.given[key] = replicas
        self.old[key] = []

    @rule(key=keys, replicas=counts)
    def replace(self, key: Key, replicas: int) -> None:
        """What `kubectl replace` does: no record is in the owner's manifest. A zero on a zero says nothing."""
        if key not in self.given or not self.second_place or key in self.unseen:
            return
        before, seen_with = self.server.look(key), self.server.seen_with(key)
        self.server.replace(key, replicas)
        if replicas > 0 or before.replicas > 0:
            self.given[key] = replicas or seen_with or 0

    @rule(key=keys)
    def delete(self, key: Key) -> None:
        self.server.objects.pop(key, None)
        self.given.pop(key, None)

    @rule(key=keys, replicas=counts)
    def scale(self, key: Key, replicas: int) -> None:
        if key not in self.given:
            return
        before, marked = self.server.look(key), self.server.is_marked(key)
        if self.pending and before.replicas and before.previous is not None and self._visit_may_think_otherwise(before):
            return  # whether its record still counts then, only the visit that is under way knows
        self.server.patch(key, {"spec": {"replicas": replicas}})
        if replicas > 0:
            self.given[key] = replicas
        elif before.replicas > 0:
            # Back to the sleep that it had been taken from, with the count that is still on record; or off, for good.
            recorded = before.previous if marked or self._of_earlier_version(key) else self.server.seen_with(key)
            self.given[key] = recorded or 0
            self.unseen.add(key)

    def _visit_may_think_otherwise(self, found: Workload) -> bool:
        of_the_visit, now = (is_current(found, each) for each in (self.pending[0][0].memory, self.server.memory()))
        return found.mark is None or of_the_visit != now

    def _of_earlier_version(self, key: Key) -> bool:
        unmarked = self.server.memory().unmarked and not self.server.is_known(key)
        return unmarked and self.server.look(key).previous is not None

    @rule(key=keys)
    def set_image(self, key: Key) -> None:
        """The Deployment controller keeps a copy of the annotations on the ReplicaSet that is the current one until now.

        Once the template is another, nobody can tell an edit of what was planned and not written from an undo.
        """
        if key in self.given and not (key in self.unseen and self.server.is_only_planned(key)):
            self.old[key].append((self.server.image(key), dict(self.server.annotations(key))))
            self.server.patch(key, {"spec": {"image": f"main:{len(self.old[key])}"}})

    @rule(key=keys, which=st.integers(0, 3))
    def undo(self, key: Key, which: int) -> None:
        """`kubectl rollout undo`: annotations and template are those of an old ReplicaSet; to what is there it refuses to go.

        What it digs out without a mark is not followed, and told where the second place does not know better.
        """
        if key not in self.given or not self.old[key] or not self.second_place or key in self.unseen:
            return
        image, dug_out = self.old[key][which % len(self.old[key])]
        is_unmarked = PREVIOUS_REPLICAS in dug_out and ASLEEP_SINCE not in dug_out
        if image == self.server.image(key) or (is_unmarked and not self.server.is_known(key)):
            return
        kept = {name: value for name, value in self.server.annotations(key).items() if name == EXCLUDE}
        gone = dict.fromkeys(self.server.annotations(key))
        self.server.patch(key, {"metadata": {"annotations": {**gone, **dug_out, **kept}}, "spec": {"image": image}})

    @rule(key=keys, which=st.sampled_from([MARKS, MARKS[:1], MARKS[1:], (TAKEN_FROM,)]))
    def strip(self, key: Key, which: Iterable[str]) -> None:
        """What terraform does with annotations that are not in its state."""
        if key in self.given and self.second_place and key not in self.unseen:
            self.server.patch(key, {"metadata": {"annotations": dict.fromkeys(which)}})

    @rule(key=keys, count=counts)
    def edit_the_record(self, key: Key, count: int) -> None:
        """People may change the count that a workload wakes to.

        Where one was planned and not written, and the spec has changed since, that may as well be an undo. And while the second
        place is gone, nothing tells the copies that ReplicaSets have of a record from what is edited.
        """
        if key not in self.given or (self.server.is_only_planned(key) and self.seen.get(key) != self._generation(key)):
            return
        if self.server.look(key).replicas == 0 and self.server.is_marked(key):
            self.server.patch(key, {"metadata": {"annotations": {PREVIOUS_REPLICAS: str(count)}}})
            self.given[key] = count
            self.unseen.add(key)
            self.old[key] = self.old[key] if self.second_place else []

    def _generation(self, key: Key) -> int:
        return self.server.look(key).generation

    @rule(key=keys, value=st.sampled_from(["true", None]))
    def exclude(self, key: Key, value: str | None) -> None:
        if key in self.given:
            self.server.patch(key, {"metadata": {"annotations": {EXCLUDE: value}}})

    @rule()
    def remake_the_schedule(self) -> None:
        """The second place is gone, until the operator has looked again; the first is still there."""
        if not self._first_place_is_whole():
            return
        self.server.status = EnvScheduleStatus()
        self.pending = []
        self.second_place = False

    @rule()
    def back_up(self) -> None:
        """A backup of what stands beside the workloads, taken by day."""
        if self.server.status.state == "Awake" and not self.server.status.records:
            self.backup = (self.server.status, self.server.space)

    @rule()
    def restore(self) -> None:
        """etcd is put back under an operator that has written on until it noticed: the workloads are the newest of all.

        The ReplicaSets are not: nothing newer can be dug out of them.
        """
        if self.backup is None or not self._first_place_is_whole():
            return
        self.server.status, self.server.space = self.backup
        self.old = {key: [] for key in self.old}
        self.pending = []
        self.second_place = False

    def _first_place_is_whole(self) -> bool:
        sleep = self.server.memory().sleep
        knows = sleep is None or self.server.space.is_marked(sleep)
        asleep = [one for one in self.server.all() if not one.replicas and (one.carries or self._wish(one))]
        # A record without a mark, on what runs, would be asked about as soon as its owner puts that to 0.
        marked = all(one.mark is not None for one in self.server.all() if one.record is not None)
        whole = all(self.server.is_marked((one.kind, one.name)) for one in asleep)  # type: ignore[arg-type]
        return knows and self.second_place and marked and whole

    def _wish(self, found: Workload) -> int:
        return self.given[found.kind, found.name]  # type: ignore[index]

    @rule()
    def strip_the_namespace(self) -> None:
        """What whoever applies the namespace as a whole does, while the operator can still know better."""
        if self.second_place:
            self.server.space = namespace()

    @rule(wanted=wishes, at_once=st.integers(0, len(KEYS)))
    def visit(self, wanted: Wanted, at_once: int) -> None:
        """The operator looks, plans, and writes some of it at once; when the rest comes, and if, is left to the other rules."""
        self.seen = {key: self._generation(key) for key in self.given}
        goal, steps = visit(wanted, self.server)
        self.second_place = True
        self.unseen.clear()
        self.pending = [(goal, step) for step in steps]
        for _ in range(min(at_once, len(self.pending))):
            self.write(0)

    @rule(wanted=wishes, key=keys, replicas=counts, manifest=st.booleans())
    def visit_while_somebody_edits(self, wanted: Wanted, key: Key, replicas: int, manifest: bool) -> None:
        """Between the look and the writes."""
        self.visit(wanted, 0)
        (self.replace if manifest else self.scale)(key, replicas)
        while self.pending:
            self.write(0)

    @precondition(lambda self: self.pending)
    @rule(which=st.integers(0, len(KEYS)))
    def write(self, which: int) -> None:
        """The steps of a wave overtake each other."""
        tell(carry_out(*self.pending.pop(which % len(self.pending)), self.server), self.server)

    @precondition(lambda self: self.pending)
    @rule()
    def write_and_lose_the_reply(self) -> None:
        """Nobody knows that it was done, so it is done again."""
        step = self.pending.pop(0)
        carry_out(*step, self.server)
        carry_out(*step, self.server)

    @precondition(lambda self: self.pending)
    @rule()
    def kill_between_two_writes(self) -> None:
        """What was taken from its owners is not given back yet."""
        carry_out(*self.pending.pop(0), self.server, killed=True)
        self.pending = []

    @precondition(lambda self: self.pending)
    @rule()
    def kill(self) -> None:
        """What was not written by then is never written."""
        self.pending = []

    @invariant()
    def waking_gives_every_owner_the_count_they_gave_last(self) -> None:
        woken = brought_to("Awake", self.server)
        assert {key: woken.look(key).replicas for key in woken.objects} == self.given
        assert [one.title for one in woken.all() if one.carries or (one.replicas and one.written_by_us)] == []
        assert (woken.status.state, woken.status.records, woken.space.marked_asleep) == ("Awake", (), False)

    @invariant()
    def sleep_takes_all_and_forgets_nothing(self) -> None:
        asleep = brought_to("Asleep", self.server)
        for one in asleep.all():
            given = self._wish(one)
            restoring = believed(one, asleep.memory()).restoring
            there = (one.replicas, restoring.replicas if restoring is not None and one.replicas == 0 else 0)
            assert there == ((given, 0) if one.exclude else (0, given)), one.title
