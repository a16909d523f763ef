"""Which EnvSchedule is in force in a namespace, and whether it may act: labels, ages, selectors."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sundown.errors import Mistake
from sundown.model.env import Env, Known
from sundown.model.resources import ASLEEP_SINCE, STATE_LABEL, TEMPLATE, ClusterEnvSchedule, EnvScheduleStatus, Metadata
from sundown.model.template_mark import TemplateMark
from sundown.reconcile.governance import Governance, govern
from sundown.settings import Settings
from support.samples import NOW, SLEEP, Json, after, default, env, known, namespace

OLD, YOUNG = NOW - timedelta(days=1), NOW + timedelta(days=1)


def governed(there: Env, **settings: Any) -> Governance:
    return govern(there, settings=Settings(**settings))


def in_force(there: Env) -> str | None:
    chosen = governed(there).in_force
    return chosen.metadata.name if chosen is not None else None


def unreadable(name: str = "broken") -> Known:
    return Known(Metadata(name=name, namespace="dev"), EnvScheduleStatus(), None, (Mistake("spec.awake", "is wrong"),))


def test_the_oldest_that_a_person_applied_is_in_force() -> None:
    there = env(known("b", creation_timestamp=after(hours=1)), known("a", creation_timestamp=after(hours=2)))
    assert in_force(there) == "b"


def test_of_two_of_the_same_age_the_first_by_name_is_in_force() -> None:
    assert in_force(env(known("b"), known("a"))) == "a"


def test_a_generated_one_yields_to_a_persons_younger_one() -> None:
    """A8, A11."""
    there = env(known("default", generated=True, creation_timestamp=OLD), known("mine", creation_timestamp=YOUNG))
    assert in_force(there) == "mine"


def test_the_others_are_superseded() -> None:
    there = env(known("a"), known("b"), known("default", generated=True))
    assert [one.metadata.name for one in governed(there).superseded] == ["b", "default"]


def test_one_that_is_being_deleted_is_not_in_force() -> None:
    """A15."""
    assert in_force(env(known("a", deletion_timestamp=NOW), known("b"))) == "b"


def test_a_namespace_without_a_schedule_is_released() -> None:
    """A15."""
    assert governed(env()) == Governance(release=True)


@pytest.mark.parametrize("there", [Env("dev", None), env(known(), namespace=namespace(terminating=True))])
def test_a_namespace_that_is_gone_or_going_is_left_alone(there: Env) -> None:
    assert governed(there) == Governance()


@pytest.mark.parametrize("name", ["kube-system", "kube-public", "sundown-system"])
def test_a_protected_namespace_is_never_touched_whatever_its_label(name: str) -> None:
    """A10."""
    there = env(known(), defaults=(default(),), namespace=namespace(name, labels={"scheduler": "enabled"}))
    found = governed(there)
    assert found.trouble is not None
    assert found.trouble[0] == "ProtectedNamespace"
    assert (found.release, found.label_enabled, found.generate) == (False, False, None)


def test_what_is_protected_can_be_configured() -> None:
    """A10."""
    found = governed(env(known(), namespace=namespace("infra-dns")), protected_namespaces=("infra-*",))
    assert found.trouble is not None


ASLEEP = EnvScheduleStatus(state="Asleep", asleep_since=SLEEP)
MARKED = {"annotations": {ASLEEP_SINCE: SLEEP}}


@pytest.mark.parametrize(
    ("schedules", "marks"),
    [((known(status=ASLEEP),), {}), ((known(),), MARKED), ((), MARKED)],
    ids=["the status says so", "the namespace says so", "without a schedule"],
)
def test_what_sleeps_where_the_settings_protect_it_since_is_given_back(
    schedules: tuple[Known, ...], marks: Json
) -> None:
    """A10, A15: whoever protects what a schedule has put to sleep wants it to run."""
    asleep = replace(namespace("infra-dns"), **marks)
    found = governed(env(*schedules, namespace=asleep), protected_namespaces=("infra-*",))
    assert found.paused_by is not None
    assert found.paused_by[0] == "ProtectedNamespace"
    assert (found.trouble, found.release) == (None, not schedules)
    assert (found.label_enabled, found.generate) == (False, None)


def test_a_label_that_anybody_may_write_says_nothing_of_sleep_where_it_is_protected() -> None:
    """A10."""
    there = env(known(), namespace=namespace("kube-system", labels={STATE_LABEL: "asleep"}))
    found = governed(there)
    assert (found.trouble is not None, found.paused_by) == (True, None)


@pytest.mark.parametrize("value", ["Enabled", "true", "", "x" * 63])
def test_a_bad_label_value_changes_nothing_and_is_named(value: str) -> None:
    """A9, Z: one malformed object stops the whole controller."""
    there = env(known(), defaults=(default(),), namespace=namespace(labels={"scheduler": value}))
    found = governed(there)
    assert found.trouble is not None
    assert found.trouble[0] == "InvalidLabel"
    assert value in found.trouble[1]
    assert (found.release, found.label_enabled, found.generate) == (False, False, None)


def test_the_labels_key_can_be_configured() -> None:
    """A9."""
    found = governed(env(known(), namespace=namespace(labels={"sleep": "disabled"})), scheduler_label="sleep")
    assert found.paused_by == ("InForce", "namespace label sleep=disabled")


def test_a_schedule_that_cannot_be_read_changes_nothing_and_its_mistakes_are_told() -> None:
    """Z: one malformed object stops the whole controller."""
    found = governed(env(unreadable()))
    assert (found.trouble, found.release) == (("InvalidSpec", "spec.awake: is wrong"), False)


def test_a_disabled_namespace_is_paused() -> None:
    """A9."""
    found = governed(env(known(), namespace=namespace(labels={"scheduler": "disabled"})))
    assert found.paused_by == ("InForce", "namespace label scheduler=disabled")


def test_an_enabled_namespace_is_not_paused() -> None:
    """A9."""
    there = env(known(), defaults=(default(),), namespace=namespace(created=OLD, labels={"scheduler": "enabled"}))
    assert governed(there).paused_by is None


def test_a_new_namespace_is_labelled_and_given_a_schedule() -> None:
    """A9, A11."""
    cover = default()
    found = governed(env(defaults=(cover,), namespace=namespace(created=after(seconds=1))))
    assert (found.label_enabled, found.generate) == (True, cover)


@pytest.mark.parametrize("created", [NOW, OLD])
def test_a_namespace_that_was_there_first_is_left_alone_until_it_is_labelled(created: Any) -> None:
    """A10."""
    found = governed(env(defaults=(default(),), namespace=namespace(created=created)))
    assert (found.label_enabled, found.generate) == (False, None)


def test_a_persons_schedule_in_a_namespace_that_was_there_first_waits_for_the_label() -> None:
    """A10."""
    found = governed(env(known(), defaults=(default(),), namespace=namespace(created=OLD)))
    assert found.paused_by is not None
    assert found.paused_by[0] == "NamespaceNotEnabled"


def test_a_persons_schedule_needs_no_label_where_nothing_covers_the_namespace() -> None:
    assert governed(env(known(), namespace=namespace(created=OLD))).paused_by is None


@pytest.mark.parametrize("label", ["enabled", "disabled"])
def test_a_labelled_namespace_is_given_a_schedule_however_old_it_is(label: str) -> None:
    """A9, A11."""
    cover = default()
    found = governed(env(defaults=(cover,), namespace=namespace(created=OLD, labels={"scheduler": label})))
    assert (found.generate, found.label_enabled) == (cover, False)


def test_a_namespace_with_a_persons_schedule_is_given_no_other() -> None:
    """A11."""
    there = env(known(), defaults=(default(),), namespace=namespace(labels={"scheduler": "enabled"}))
    assert governed(there).generate is None


def test_a_generated_schedule_that_nothing_covers_any_more_rests() -> None:
    """A15."""
    found = governed(env(known(generated=True)))
    assert found.paused_by is not None
    assert found.paused_by[0] == "NotCovered"


def test_a_generated_schedule_goes_on_while_a_default_cannot_be_read() -> None:
    """Z: one malformed object stops the whole controller."""
    assert governed(env(known(generated=True), unreadable_defaults=frozenset({"uid-gone"}))).paused_by is None


@pytest.mark.parametrize("label", [None, "enabled", "disabled"])
@pytest.mark.parametrize("defaults", [(), (default(),)], ids=["nothing covers it", "covered"])
def test_one_that_was_taken_over_is_governed_as_one_that_was_written_by_hand(label: str | None, defaults: Any) -> None:
    """A11, fault B6: its template gone, it goes on."""
    space = namespace(created=OLD, labels={"scheduler": label} if label else {})
    edited, by_hand = known("default", generated=True, taken_over=True), known("default")
    found = governed(env(edited, defaults=defaults, namespace=space))
    expected = governed(env(by_hand, defaults=defaults, namespace=space))
    assert found == replace(expected, in_force=edited, taken_over=(edited,))


def made_from(cover: ClusterEnvSchedule) -> Known:
    """What is generated from it."""
    return known("default", generated=True, annotations={TEMPLATE: str(TemplateMark.of(cover))})


GONE = default("gone")


@pytest.mark.parametrize(
    ("there", "retired"),
    [
        (env(made_from(GONE)), True),
        (env(made_from(GONE), known("mine"), defaults=(default(),)), True),
        (env(made_from(GONE), namespace=namespace(labels={"scheduler": "disabled"})), True),
        (
            env(made_from(GONE), defaults=(default("gone", spec={"namespaceSelector": {"matchLabels": {"a": "b"}}}),)),
            False,
        ),
        (env(made_from(GONE), unreadable_defaults=frozenset({"uid-gone"})), False),
        (env(made_from(GONE), unreadable_defaults=frozenset({"uid-other"})), True),
        (env(made_from(GONE), defaults=(default(),), namespace=namespace(labels={"scheduler": "enabled"})), False),
        (env(replace(made_from(GONE), taken_over=True)), False),
        (env(known("default", generated=True)), False),
        (env(known("default")), False),
    ],
    ids=[
        "its template is gone",
        "and there is one by hand",
        "and the namespace is disabled",
        "its template is there",
        "its template cannot be read",
        "another cannot be read",
        "another covers it",
        "taken over",
        "made by an older Sundown",
        "by hand",
    ],
)
def test_a_generated_schedule_goes_with_its_template(there: Env, retired: bool) -> None:
    """A11, fault B6: and nobody else's does."""
    found = governed(there).retire
    assert (found is not None and found.metadata.name == "default") == retired


@pytest.mark.parametrize(
    ("defaults", "chosen"),
    [
        ((default("low"), default("high", spec={"priority": 1})), "high"),
        ((default("young", created=after(hours=1)), default("old")), "old"),
        ((default("b"), default("a")), "a"),
    ],
    ids=["priority", "age", "name"],
)
def test_of_several_defaults_one_counts(defaults: Any, chosen: str) -> None:
    """A8."""
    there = env(defaults=defaults, namespace=namespace(labels={"scheduler": "enabled"}))
    found = governed(there).generate
    assert found is not None
    assert found.metadata.name == chosen


@pytest.mark.parametrize(
    ("selector", "covered"),
    [
        ({}, True),
        ({"matchLabels": {"team": "blue"}}, True),
        ({"matchLabels": {"team": "red"}}, False),
        ({"matchLabels": {"team": "blue", "stage": "dev"}}, False),
        ({"matchExpressions": [{"key": "team", "operator": "In", "values": ["red", "blue"]}]}, True),
        ({"matchExpressions": [{"key": "stage", "operator": "In", "values": ["dev"]}]}, False),
        ({"matchExpressions": [{"key": "team", "operator": "NotIn", "values": ["blue"]}]}, False),
        ({"matchExpressions": [{"key": "stage", "operator": "NotIn", "values": ["dev"]}]}, True),
        ({"matchExpressions": [{"key": "team", "operator": "Exists"}]}, True),
        ({"matchExpressions": [{"key": "team", "operator": "DoesNotExist"}]}, False),
    ],
)
def test_a_default_covers_the_namespaces_that_it_selects(selector: Json, covered: bool) -> None:
    """A8."""
    cover = default(spec={"namespaceSelector": selector})
    there = env(defaults=(cover,), namespace=namespace(labels={"scheduler": "enabled", "team": "blue"}))
    assert (governed(there).generate is not None) == covered
