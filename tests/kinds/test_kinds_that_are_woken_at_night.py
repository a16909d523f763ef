"""Who has an object of the catalogue's kinds run at night has not long of it: each kind is watched while it sleeps (G1, G2)."""

import json
from collections import Counter
from datetime import UTC, datetime
from itertools import count

import msgspec
import pytest

from sundown.cluster.heard import Heard, heard
from sundown.reconcile.drift import Quiet, is_drift, left_by
from sundown.sleepers.kept_lists import LISTED_EVERY
from sundown_lab.cluster import Cluster
from support.apiserver import Json, eventually
from support.audit import Audit
from support.catalogued import KINDS, SAMPLES, body
from support.commandline import Sundown
from support.envs import ASLEEP_FOR_EVER, Env
from support.operators import Operator, Stage
from support.samples import planned
from support.whole_catalogue import CHOSEN, SLEEPERS, make_all, not_asleep

pytestmark = pytest.mark.lab

WITHOUT_GENERATION = ["HorizontalPodAutoscaler"]
"""Nothing in the metadata of an autoscaler says that its spec has changed; the next comparison finds it."""
ROLES = "/apis/rbac.authorization.k8s.io/v1/clusterroles"


def metric(operator: Operator, name: str) -> float:
    lines = operator.probe("/metrics")[1].splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith(f"{name} "))


def test_what_an_owner_wakes_at_night_sleeps_again(played: Env, operator: Operator, audit: Audit) -> None:
    """G1 G2; Design 10: one watch a kind for the night, and none anew."""
    make_all(played)
    played.schedule({**ASLEEP_FOR_EVER, **CHOSEN})
    played.until("Asleep", within=90)
    eventually(lambda: metric(operator, "sundown_watched_kinds") >= len(SLEEPERS), what="all are watched")
    before = metric(operator, "sundown_drifts_total")
    for kind, sample in SAMPLES.items():
        played.api.merge(f"{KINDS[kind].collection(played.name)}/it-0", sample.runs)
    (note,) = played.until_told("WokenAtNight")
    assert "while this environment sleeps" in note
    eventually(lambda: not_asleep(played) == [], what="all sleeps again", within=60)
    assert metric(operator, "sundown_drifts_total") > before
    played.until("Asleep", within=90)
    begun = Counter(one.resource for one in audit.requests() if one.verb == "watch")
    assert {row.plural: begun[row.plural] for row in KINDS.values() if begun[row.plural] > 1} == {}


def test_each_kind_shows_by_its_metadata_that_somebody_has_woken_it(env: Env, catalogue: None) -> None:
    """G2: by the generation of its spec, or by the annotation that it sleeps by."""
    unnoticed = []
    for kind, row in KINDS.items():
        path = f"{row.collection(env.name)}/it"
        env.api.create(row.collection(env.name), body(kind, SAMPLES[kind].spec))
        asleep = row.read(env.api.merge(path, json.loads(row.patch)))
        quiet = left_by(planned("Asleep"), [asleep], [row], began=datetime.now(UTC), rests=True)
        seen = env.api.merge(path, {"metadata": {"labels": {"note": "nothing-that-runs"}}})
        assert not is_drift(quiet, row.collection(), "MODIFIED", _heard(seen, quiet)), kind
        if not is_drift(quiet, row.collection(), "MODIFIED", _heard(env.api.merge(path, SAMPLES[kind].runs), quiet)):
            unnoticed.append(kind)
    assert unnoticed == WITHOUT_GENERATION


def _heard(raw: Json, quiet: Quiet) -> Heard:
    places = [(where, key) for signs in quiet.signs.values() for where, key, _ in signs]
    return heard(msgspec.Raw(json.dumps(raw).encode()), places)


def test_a_kind_that_may_not_be_watched_is_told_and_sleeps_all_the_same(
    env: Env, catalogue: None, stage: Stage, control_plane: Cluster, sundown: Sundown
) -> None:
    """J3: a ClusterRole of an earlier version; the next comparison finds what this would have."""
    role = json.loads(control_plane.kubectl("get", "clusterrole", "sundown-kinds-cronjob", "-o", "json").stdout)
    rules = [{**rule, "verbs": [verb for verb in rule["verbs"] if verb != "watch"]} for rule in role["rules"]]
    env.api.create(KINDS["CronJob"].collection(env.name), body("CronJob", SAMPLES["CronJob"].spec))
    env.api.merge(f"{ROLES}/sundown-kinds-cronjob", {"rules": rules})
    looks = count()
    try:
        eventually(lambda: kind(sundown, "CronJob")["watched"] is False, what="it is not granted any more")
        assert kind(sundown, "CronJob")["granted"] is True
        assert "yes, not watched" in sundown("kinds").out
        stage.fresh().start()
        env.schedule({**ASLEEP_FOR_EVER, "workloads": {"kinds": ["CronJob"]}})
        env.until("Asleep")

        def is_said() -> bool:
            env.wish("Asleep", reason=f"look again: {next(looks)}")
            return "CronJob: may not be watched" in env.condition("Ready")[2]

        eventually(is_said, what="it is said")
        env.until("Asleep")
        assert "kubectl apply -k deploy/components/kinds/cronjob" in sundown("why", env.name).out
    finally:
        env.api.merge(f"{ROLES}/sundown-kinds-cronjob", {"rules": role["rules"]})
        eventually(lambda: kind(sundown, "CronJob")["watched"] is True, what="it is granted again")


def test_a_kind_that_is_heard_is_listed_at_few_comparisons(
    env: Env, catalogue: None, stage: Stage, audit: Audit
) -> None:
    """Design 10, Issue 12: and what was changed without a sound would be found by one of them."""
    stage.fresh(SUNDOWN_SWEEP_MINUTES="0.02").start()
    env.api.create(KINDS["CronJob"].collection(env.name), body("CronJob", SAMPLES["CronJob"].spec))
    env.schedule({**ASLEEP_FOR_EVER, "workloads": {"kinds": ["CronJob"]}})
    env.until("Asleep")

    def lists() -> Counter[str]:
        return Counter(one.resource for one in audit.requests() if one.verb == "list")

    def after_sweeps(number: int) -> Counter[str]:
        audit.forget()
        eventually(lambda: lists()["clusterenvschedules"] >= number, what=f"{number} sweeps", within=60)
        return lists()

    after_sweeps(LISTED_EVERY)
    found = after_sweeps(2 * LISTED_EVERY)
    assert 1 <= found["cronjobs"] <= 3 < found["clusterenvschedules"]
    assert found["deployments"] >= found["clusterenvschedules"] - 1


def kind(sundown: Sundown, name: str) -> Json:
    """What ``sundown kinds`` says of one."""
    found: Json = next(one for one in sundown("kinds", "-o", "json").json if one["kind"] == name)
    return found
