"""Which record of a workload counts: its own, that of the second place, or none (A18, W3, W4, W5)."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sundown.model.parts import Owner, Workload
from sundown.model.record import Record, Restoring, sleep_id
from sundown.model.resources import EnvScheduleStatus
from sundown.reconcile.memory import GONE, Belief, Memory, believed, by_key, recall
from sundown.sleepers.notes import read_note
from sundown.sleepers.ways import by_policy, direct
from support.samples import NOW, SLEEP, env, known, namespace, planned, sleeping, workload

EARLIER = "2026-11-16T17:00:00.000000Z"
LONG_AGO = "2026-10-01T17:00:00.000000Z"
MADE = NOW - timedelta(days=30)
DELETE = '{"spec":{"persistentVolumeClaimRetentionPolicy":{"whenScaled":"Delete"}}}'
WEB_HAS_WOKEN = {"Deployment": 1}
AGAIN = by_key([Record("Deployment", "web", "uid-web", '{"spec":{"replicas":3}}', edition=1)])
SECOND = by_key([Record("Deployment", "web", "uid-web", '{"spec":{"replicas":3}}')])
SEEN = by_key([Record("Deployment", "web", "uid-web", '{"spec":{"replicas":3}}', generation=4)])
OURS = Owner("sundown-operator", applies=False, fields=frozenset({"replicas"}))
KUBECTL = Owner("kubectl", applies=False, fields=frozenset({"replicas"}))
OURS_NOW = Owner("sundown-operator", applies=False, fields=frozenset({"replicas"}), time=SLEEP[:19] + "Z")
OURS_BEFORE = Owner("sundown-operator", applies=False, fields=frozenset({"replicas"}), time=EARLIER[:19] + "Z")
HELM = Owner("helm", applies=True, fields=frozenset({"replicas"}))
HELM_OF_THE_REST = Owner("helm", applies=True, fields=frozenset())
UNDONE = Owner("kubectl-rollout", applies=False, fields=frozenset({"mark"}))
UPDATED = '[{"manager":"kubectl-create","operation":"Update","fields":["replicas"],"apiVersion":"apps/v1","count":3}]'
APPLIED = '[{"manager":"helm","fields":["replicas"],"apiVersion":"apps/v1"}]'


LATER = "2026-11-30T17:00:00.000000Z"
LATER_MARK = f"{LATER}/uid-web"
RESTORED = Owner("velero", applies=False, fields=frozenset({"replicas", "mark"}))


def memory(**more: Any) -> Memory:
    return Memory(**{"sleep": SLEEP, "known_since": MADE, **more})


def at_zero(record: str | None = None, mark: str | None = None, **more: Any) -> Workload:
    return workload("web", 0, record=record, mark=mark, **more)


_JUST_NOW = sleep_id(NOW + timedelta(milliseconds=500))
ITS_OWN = Belief(Restoring(2), "object")
THE_SECOND = Belief(Restoring(3), "status")
OVER_OURS = Belief(Restoring(3), "status", stale=True)
STALE = Belief(stale=True)
OF_LATER = Belief(Restoring(7), "unmarked")
AWAKE = memory(sleep=None, at_rest=True, awake_since=NOW)
WOKEN = memory(last_woken=NOW - timedelta(hours=10))
HELD = f"{SLEEP}/1000/uid-web"
MARK, MARK_AGAIN, OLD_MARK = f"{SLEEP}/uid-web", f"{SLEEP}/1/uid-web", f"{EARLIER}/uid-web"


@pytest.mark.parametrize(
    ("found", "remembered", "belief"),
    [
        pytest.param(at_zero("2", MARK), memory(), ITS_OWN, id="its own"),
        pytest.param(at_zero("2", MARK), memory(records=SECOND), ITS_OWN, id="edited by hand: it counts"),
        pytest.param(at_zero(), memory(records=SECOND), THE_SECOND, id="undone or stripped: the second place"),
        pytest.param(at_zero(owners=(OURS,)), memory(records=SECOND), THE_SECOND, id="stripped, our zero"),
        pytest.param(at_zero(owners=(HELM,)), memory(records=SECOND), THE_SECOND, id="stripped, given back"),
        pytest.param(at_zero(owners=(KUBECTL,)), memory(records=SECOND), Belief(), id="a person's own zero"),
        pytest.param(at_zero(owners=()), memory(records=SECOND), Belief(), id="nobody owns kubectl scale's zero"),
        pytest.param(at_zero(owners=(KUBECTL,)), memory(records=SEEN), THE_SECOND, id="stripped, but seen asleep"),
        pytest.param(at_zero("3", owners=(KUBECTL,)), memory(records=SECOND), STALE, id="unmarked, a person's zero"),
        pytest.param(at_zero(None, MARK, owners=()), memory(records=SECOND), STALE, id="a mark alone, a person's zero"),
        pytest.param(
            at_zero(None, MARK, owners=()), memory(outdated=WEB_HAS_WOKEN), STALE, id="the same once it has woken"
        ),
        pytest.param(
            at_zero("3", owners=(KUBECTL,)),
            memory(sleep=None, unmarked=True, records=SECOND),
            STALE,
            id="of an earlier version, known, and a person's zero",
        ),
        pytest.param(at_zero(), memory(), Belief(), id="at zero without a record: its owner's wish"),
        pytest.param(at_zero(owners=(OURS_BEFORE,)), WOKEN, Belief(), id="woken to zero, as its record said"),
        pytest.param(at_zero(owners=(KUBECTL,)), memory(), Belief(), id="at zero by a person"),
        pytest.param(at_zero(uid="uid-new"), memory(records=SECOND), Belief(), id="made anew at zero"),
        pytest.param(at_zero("7", OLD_MARK), memory(), STALE, id="dug out of an earlier sleep"),
        pytest.param(at_zero("7", OLD_MARK), memory(sleep=None, at_rest=True), STALE, id="dug out by day"),
        pytest.param(at_zero("7", OLD_MARK), memory(records=SECOND), OVER_OURS, id="over ours"),
        pytest.param(at_zero("7", MARK), memory(records=AGAIN), OVER_OURS, id="dug out of this very sleep"),
        pytest.param(
            at_zero("2", MARK_AGAIN), memory(records=AGAIN), ITS_OWN, id="edited by hand after it slept again"
        ),
        pytest.param(
            at_zero(taken_from=UPDATED, owners=(KUBECTL,)), memory(), STALE, id="a note alone, a person's zero"
        ),
        pytest.param(at_zero(taken_from=UPDATED), memory(sleep=None), STALE, id="a note alone, and nothing is known"),
        pytest.param(
            at_zero(taken_from=UPDATED, owners=(OURS_NOW,)), memory(), Belief(doubt=GONE), id="a note alone, our zero"
        ),
        pytest.param(
            at_zero("7", MARK), memory(outdated=WEB_HAS_WOKEN), STALE, id="woken in this very sleep, and dug out since"
        ),
        pytest.param(
            at_zero("2", MARK_AGAIN), memory(outdated=WEB_HAS_WOKEN), ITS_OWN, id="asleep again since others have woken"
        ),
        pytest.param(
            at_zero("2", MARK), memory(records=SECOND, outdated=WEB_HAS_WOKEN), ITS_OWN, id="asleep all the while"
        ),
        pytest.param(
            at_zero("2", MARK), memory(outdated={"Rollout": 1}), ITS_OWN, id="its kind could not be looked at"
        ),
        pytest.param(at_zero("2", MARK_AGAIN), memory(records=SECOND), ITS_OWN, id="newer than the second place"),
        pytest.param(
            at_zero("7", MARK, owners=(KUBECTL,)), memory(records=AGAIN), STALE, id="dug out, a person's zero"
        ),
        pytest.param(
            at_zero("3", MARK, owners=(KUBECTL,)),
            memory(records=AGAIN),
            Belief(Restoring(3), "object"),
            id="planned, never written, and the API server has written the same",
        ),
        pytest.param(
            at_zero("2", HELD, owners=(KUBECTL,)), memory(records=AGAIN), ITS_OWN, id="asked for since it was planned"
        ),
        pytest.param(at_zero("7"), memory(sleep=None, unmarked=True), Belief(Restoring(7), "unmarked"), id="upgraded"),
        pytest.param(at_zero("7"), memory(sleep=None, at_rest=True), STALE, id="without a mark, by day"),
        pytest.param(at_zero("7", LATER_MARK), memory(), OF_LATER, id="of a later sleep than the one that is known"),
        pytest.param(at_zero("7", LATER_MARK), AWAKE, OF_LATER, id="of a sleep that the status is too old to know"),
        pytest.param(at_zero("7", LATER_MARK, owners=(HELM,)), AWAKE, OF_LATER, id="and its zero was given back"),
        pytest.param(at_zero("7", LATER_MARK), memory(sleep=None), OF_LATER, id="of a sleep, and nothing is known"),
        pytest.param(at_zero("7", LATER_MARK, owners=(KUBECTL,)), AWAKE, STALE, id="of a later sleep, a person's zero"),
        pytest.param(workload("web", 5), memory(records=SECOND), THE_SECOND, id="not asleep yet"),
        pytest.param(workload("web", 5, record="7", mark=OLD_MARK), memory(), STALE, id="dug out while it runs"),
        pytest.param(workload("web", 5), memory(), Belief(), id="it runs"),
    ],
)
def test_the_record_of_this_sleep_and_this_object_counts(found: Workload, remembered: Memory, belief: Belief) -> None:
    """W3, W4, W5."""
    assert believed(found, remembered) == belief


@pytest.mark.parametrize(
    ("found", "remembered"),
    [
        pytest.param(at_zero("3", f"{SLEEP}/uid-other"), memory(), id="written on another object"),
        pytest.param(at_zero("3", f"{SLEEP}/uid-other"), memory(sleep=None, at_rest=True), id="the same by day"),
        pytest.param(at_zero("three", MARK), memory(), id="spoiled"),
        pytest.param(at_zero(None, MARK), memory(), id="only the mark is left"),
        pytest.param(at_zero("3", f"{LONG_AGO}/uid-web"), memory(), id="older than the schedule"),
        pytest.param(at_zero("3", OLD_MARK), memory(known_since=None), id="no schedule any more"),
        pytest.param(at_zero("3"), memory(), id="without a mark, in a sleep that has an id"),
        pytest.param(at_zero("3", owners=(KUBECTL,)), memory(), id="the same at a person's zero, and nobody knows it"),
        pytest.param(at_zero("three", owners=(KUBECTL,)), memory(records=SECOND), id="spoiled, at a person's zero"),
        pytest.param(at_zero(owners=(OURS_NOW,)), memory(), id="our zero of this sleep, and no record in either place"),
        pytest.param(at_zero("3", "last night"), memory(), id="a mark that is none"),
        pytest.param(at_zero("3", "2026-99-99T99:99:99.999999Z/uid-web"), memory(), id="no moment"),
        pytest.param(at_zero("3", OLD_MARK, owners=(RESTORED,)), memory(), id="a night of before, brought back"),
        pytest.param(at_zero("3", OLD_MARK, owners=(RESTORED,)), AWAKE, id="the same by day"),
        pytest.param(at_zero("3", LATER_MARK, owners=(RESTORED,)), AWAKE, id="of another cluster's future"),
        pytest.param(at_zero("three", LATER_MARK), AWAKE, id="of a sleep that nobody remembers, and spoiled"),
        pytest.param(at_zero("3", f"{_JUST_NOW}/uid-web"), AWAKE, id="which was first is not known"),
        pytest.param(at_zero("3"), memory(sleep=None), id="without a mark, where nobody knows of any sleep"),
        pytest.param(at_zero("three"), memory(sleep=None, unmarked=True), id="of an earlier version and spoiled"),
    ],
)
def test_what_nobody_can_know_is_doubted_and_named(found: Workload, remembered: Memory) -> None:
    """W3: where nobody knows the count any more it is said, by name, with what can be done."""
    belief = believed(found, remembered)
    assert (belief.restoring, belief.stale) == (None, False)
    assert belief.doubt
    plan = planned("Awake", found, memory=remembered)
    assert (plan.steps, plan.unknown) == ((), ("Deployment/web",))
    (mistake,) = plan.mistakes
    assert "nobody knows what to wake it to" in mistake.text
    assert f"kubectl -n dev scale deployment/web --replicas={'3' if found.record == '3' else 'N'}" in mistake.text


@pytest.mark.parametrize(
    "remembered",
    [memory(sleep=SLEEP), AWAKE, memory(sleep=None), memory(sleep=None, at_rest=True, awake_since=NOW - timedelta(1))],
)
@given(minutes=st.integers(-60 * 24 * 20, 60 * 24 * 60), owner=st.sampled_from([None, (OURS,), (HELM,)]))
def test_a_record_is_taken_off_a_zero_of_sundowns_only_where_a_later_sleep_is_known(
    remembered: Memory, minutes: int, owner: tuple[Owner, ...] | None
) -> None:
    """W3: etcd is restored to before the night, under a running operator or not, and the workload is the newest of all."""
    sleep = sleep_id(NOW + timedelta(minutes=minutes))
    belief = believed(at_zero("7", f"{sleep}/uid-web", owners=owner), remembered)
    known_of = remembered.sleep or (sleep_id(remembered.awake_since) if remembered.awake_since is not None else "")
    assert belief.stale == (sleep < known_of)
    assert belief.stale or belief.doubt or belief.restoring == Restoring(7)


times = st.text(max_size=30) | st.sampled_from(
    ["0999-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59", "2026-02-30T00:00:00Z"]
)
owners = st.builds(
    Owner,
    st.sampled_from(["sundown-operator", "kubectl", "helm"]),
    applies=st.booleans(),
    fields=st.frozensets(st.sampled_from(["replicas", "whenScaled", "mark"])),
    time=times,
)


@given(owned=st.none() | st.lists(owners, max_size=4).map(tuple), mark=st.none() | times.map("{}/uid-web".format))
@example(owned=(replace(OURS, time="0999-01-01T00:00:00Z"),), mark=None)
@example(owned=(), mark="2026-99-99T99:99:99.999999Z/uid-web")
def test_whoever_owns_it_since_whenever_it_can_be_thought_about(
    owned: tuple[Owner, ...] | None, mark: str | None
) -> None:
    """W10: managedFields are open to whoever may edit the workload, and a wish to wake is followed all the same."""
    found = at_zero("3", mark, owners=owned)
    for remembered in (memory(), AWAKE, memory(sleep="2026-99-99T99:99:99.999999Z"), Memory()):
        believed(found, remembered)
        believed(at_zero(owners=owned), remembered)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["Delete", "Retain", "", "x"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["Delete", "spec", "x"]), inner),
    max_leaves=4,
)
RETENTION = "persistentVolumeClaimRetentionPolicy"
patches = st.one_of(
    values,
    values.map(lambda one: {"spec": one}),
    values.map(lambda one: {"spec": {"replicas": one}}),
    values.map(lambda one: {"spec": {RETENTION: one, "replicas": 2}}),
    values.map(lambda one: {"spec": {RETENTION: {"whenScaled": one}}}),
    values.map(lambda one: {"spec": {RETENTION: {"whenScaled": one}, "replicas": 2}}),
).map(json.dumps)
"""Nearly what Sundown writes, with anything at all in its places."""
anything = (
    st.none()
    | st.text(max_size=40)
    | patches
    | st.sampled_from(["9" * 10_000, "{" * 10_000, MARK, OLD_MARK, "2", DELETE])
)


@given(
    record=anything | st.just("2"),
    mark=anything | st.just(f"{SLEEP}/uid-db"),
    rest=anything,
    note=anything,
    restore=st.text() | patches | st.sampled_from(["[" * 10_000]),
)
@example(record="2", mark=None, rest=DELETE.replace('"Delete"', "[]"), note=None, restore="")
def test_whatever_stands_on_a_workload_and_in_the_status_can_be_thought_about(
    record: str | None, mark: str | None, rest: str | None, note: str | None, restore: str
) -> None:
    """Z: one malformed annotation stops the whole controller."""
    stored = by_key([Record("StatefulSet", "db", "uid-db", restore, note)])
    found = workload("db", 0, kind="StatefulSet", record=record, mark=mark, rest=rest, taken_from=note, aside="Delete")
    for wanted in ("Awake", "Asleep"):
        for remembered in (memory(records=stored), memory(sleep=None, unmarked=True), Memory(by_order=True)):
            for step in planned(wanted, found, replace(found, replicas=2), memory=remembered).steps:
                assert direct(step) != by_policy(step)
                read_note(note)


@pytest.mark.parametrize(
    "rest",
    ['{"spec":{"template":{}}}', '{"metadata":{"labels":{}}}', "[]", "3", "{", '{"spec":{"replicas":9}}', DELETE],
)
def test_a_record_restores_the_fields_of_its_kind_and_no_others(rest: str) -> None:
    """J6: what a tenant writes into an annotation is not what the operator writes into their objects."""
    assert believed(at_zero("2", MARK, rest=rest), memory()).restoring is None
    stored = by_key([Record("Deployment", "web", "uid-web", rest)])
    restoring = believed(at_zero(), memory(records=stored)).restoring
    assert restoring in {None, Restoring(9)}


def test_a_stateful_set_gets_its_retention_policy_back_too() -> None:
    """W2."""
    found = sleeping("db", "2", kind="StatefulSet", rest=DELETE, aside="Retain")
    assert believed(found, memory()).restoring == Restoring(2, DELETE)


STATUS = EnvScheduleStatus(state="Asleep", asleep_since=SLEEP, records=tuple(SECOND.values()))
ASLEEP = {"sundown.dev/state": "asleep"}


def space(sleep: str | None = None, *, labelled: bool = True) -> Any:
    found = namespace(labels=ASLEEP if labelled else {})
    found.annotations.update({"sundown.dev/asleep-since": sleep} if sleep else {})
    return found


@pytest.mark.parametrize(
    ("status", "there", "sleep", "unmarked"),
    [
        pytest.param(STATUS, space(SLEEP), SLEEP, False, id="both know"),
        pytest.param(STATUS, space(EARLIER), SLEEP, False, id="they differ: the status counts"),
        pytest.param(STATUS, space(labelled=False), SLEEP, False, id="the namespace was stripped"),
        pytest.param(EnvScheduleStatus(), space(SLEEP), SLEEP, False, id="the schedule was made anew"),
        pytest.param(EnvScheduleStatus(), space("now"), None, True, id="what no Sundown wrote"),
        pytest.param(EnvScheduleStatus(state="Awake"), space(SLEEP), None, False, id="a mark that was left behind"),
        pytest.param(EnvScheduleStatus(state="Asleep"), space(), None, True, id="an earlier version put it to sleep"),
        pytest.param(EnvScheduleStatus(state="Awake"), space(), None, True, id="an earlier version began to"),
        pytest.param(EnvScheduleStatus(state="Waking"), space(labelled=False), None, True, id="and let go of it"),
        pytest.param(EnvScheduleStatus(), space(labelled=False), None, False, id="new"),
    ],
)
def test_the_operators_own_word_on_a_sleep_counts_more_than_the_namespace(
    status: EnvScheduleStatus, there: Any, sleep: str | None, unmarked: bool
) -> None:
    schedule = known(status=status)
    found = recall(env(schedule, namespace=there), schedule)
    assert (found.sleep, found.unmarked) == (sleep, unmarked)


def test_what_another_schedule_of_the_env_remembers_of_the_same_sleep_is_not_lost() -> None:
    """A8: a person's schedule takes over from a generated one at night."""
    before, after = known("default", generated=True, status=STATUS), known("mine")
    found = recall(env(before, after, namespace=space(SLEEP)), after)
    assert (found.sleep, dict(found.records)) == (SLEEP, SECOND)


@pytest.mark.parametrize("mark", [None, OLD_MARK])
def test_where_nobody_knows_of_any_sleep_a_persons_order_wakes_what_carries_a_record(mark: str | None) -> None:
    """A15: `sundown wake-all --direct`, when schedules and labels are gone."""
    found = recall(env(namespace=space(labelled=False)), by_order=True)
    assert believed(at_zero("3", mark), found).restoring == Restoring(3)
    assert believed(at_zero("3", f"{EARLIER}/uid-other"), found).doubt


def test_a_persons_order_wakes_nothing_in_an_env_that_is_awake() -> None:
    """W4: what was dug out there belongs to no sleep."""
    schedule = known(status=EnvScheduleStatus(state="Awake"))
    found = recall(env(schedule, namespace=space(labelled=False)), schedule, by_order=True)
    assert believed(at_zero("3", OLD_MARK), found).restoring is None


@pytest.mark.parametrize(
    ("note", "belief"),
    [
        pytest.param("[]", THE_SECOND, id="nobody owned it before"),
        pytest.param(UPDATED, THE_SECOND, id="somebody owned it by an update, who has it back in the morning"),
        pytest.param(APPLIED, Belief(), id="who applies it has had it back, and lost it to kubectl scale"),
        pytest.param(None, Belief(), id="Sundown still owned it, and lost it to kubectl scale"),
    ],
)
def test_a_zero_of_nobodys_is_sundowns_where_sundown_left_it_so(note: str | None, belief: Belief) -> None:
    """W3, W6: of what somebody applies Sundown owns nothing at night."""
    second = by_key([Record("Deployment", "web", "uid-web", '{"spec":{"replicas":3}}', note)])
    assert believed(at_zero(owners=(HELM_OF_THE_REST,)), memory(records=second)) == belief


@pytest.mark.parametrize(
    ("owners", "woken"),
    [
        pytest.param((HELM_OF_THE_REST,), True, id="left behind"),
        pytest.param((HELM_OF_THE_REST, UNDONE), False, id="dug out by an undo: a zero of kubectl scale stays (W4)"),
        pytest.param((), False, id="nobody applies it, so that Sundown would own its zero"),
    ],
)
def test_a_zero_of_nobodys_is_woken_where_it_was_left_behind(owners: tuple[Owner, ...], woken: bool) -> None:
    """A15: schedule and mark of the namespace are gone."""
    found = recall(env(namespace=space(labelled=False)))
    belief = believed(at_zero("3", OLD_MARK, owners=owners, taken_from="[]"), found)
    assert (belief.restoring == Restoring(3)) == woken


@pytest.mark.parametrize(("owners", "woken"), [((OURS,), True), ((HELM,), True), ((KUBECTL,), False), (None, True)])
def test_what_is_left_behind_at_a_zero_of_sundowns_is_woken(owners: tuple[Owner, ...] | None, woken: bool) -> None:
    """A15: schedule and mark of the namespace are gone. W4: a zero of its owner's stays."""
    found = recall(env(namespace=space(labelled=False)))
    belief = believed(at_zero("3", OLD_MARK, owners=owners), found)
    assert (belief.restoring == Restoring(3), belief.doubt is None) == (woken, woken)


def test_without_a_schedule_the_namespace_is_believed() -> None:
    """A15."""
    found = recall(env(namespace=space(SLEEP)))
    assert (found.sleep, found.known_since) == (SLEEP, None)


def test_what_else_was_set_aside_is_known_where_a_newer_record_was_never_written_on_it() -> None:
    """X2: scaled to 5 at night, remembered as such, and somebody was faster than the write to the workload."""
    planned_before = Record("StatefulSet", "db", "uid-db", DELETE.replace("}}", '},"replicas":5}', 1), edition=1)
    found = workload("db", 5, kind="StatefulSet", record="3", rest=DELETE, aside="Retain")
    (step,) = planned("Asleep", found, memory=memory(records=by_key([planned_before]))).steps
    assert (step.action, step.restoring) == ("Sleep", Restoring(5, DELETE))


def test_what_else_was_set_aside_is_given_back_at_a_zero_of_its_owners() -> None:
    """W2: scaled to 6 at night, remembered as such, never written; and switched off by its owner. The zero stays, with Delete."""
    never_written = Record("StatefulSet", "db", "uid-db", DELETE.replace("}}", '},"replicas":6}', 1), edition=1)
    mark = f"{SLEEP}/uid-db"
    found = workload("db", 0, kind="StatefulSet", record="3", mark=mark, rest=DELETE, aside="Retain", owners=(KUBECTL,))
    (step,) = planned("Awake", found, memory=memory(records=by_key([never_written]))).steps
    assert (step.action, step.replicas) == ("Forget", 0)
    assert direct(step)["spec"] == {"persistentVolumeClaimRetentionPolicy": {"whenScaled": "Delete"}}
