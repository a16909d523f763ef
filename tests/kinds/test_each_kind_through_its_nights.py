"""Each kind of the catalogue: asleep by its patch, awake exactly as it was, whatever happens in between (E1, G2, A2, A3)."""

import os
import random
import time

import pytest

from sundown.sleepers.merge_patches import found_at, leaves, merged
from support.apiserver import eventually
from support.catalogued import KINDS, SAMPLES, body, found, of_sundown
from support.commandline import Sundown
from support.envs import ASLEEP_FOR_EVER, Env
from support.operators import Stage
from support.whole_catalogue import CHOSEN, SLEEPERS, make_all, not_asleep, owned, specs, wanted

pytestmark = pytest.mark.lab

KILLS = int(os.environ.get("SUNDOWN_KINDS_KILLS", "6"))
SEED = os.environ.get("SUNDOWN_KINDS_SEED") or f"{random.SystemRandom().randrange(10**6)}"


@pytest.mark.proves("asleep", kinds=SLEEPERS)
@pytest.mark.proves("restored", kinds=SLEEPERS)
def test_each_kind_sleeps_and_wakes_exactly_as_it_was(played: Env) -> None:
    """E1, G2, A2, A3: an absent field is absent again, another value is that value, and nothing of Sundown's is left."""
    before = make_all(played)
    played.schedule({**ASLEEP_FOR_EVER, **CHOSEN})
    status = played.until("Asleep", within=90)
    assert not_asleep(played) == []
    assert {one["kind"] for one in status["records"]} == set(SLEEPERS)
    played.wish("Awake")
    played.until("Awake", within=90)
    eventually(lambda: wanted(played) == before, what="all is as it was", within=60)


@pytest.mark.proves("dry run", kinds=SLEEPERS)
def test_a_dry_run_says_what_it_would_do_and_touches_none(played: Env, sundown: Sundown) -> None:
    """G2, A13"""
    make_all(played)
    played.schedule({**ASLEEP_FOR_EVER, **CHOSEN, "dryRun": True})
    played.until("Awake")
    told = sundown("why", played.name, "-o", "json").json
    steps = {step.split()[1].rstrip(":") for wave in told["rehearsal"] for step in wave["steps"]}
    assert steps == set(specs(played))
    assert [path for path, raw in specs(played).items() if of_sundown(raw)] == []


@pytest.mark.proves("again", kinds=SLEEPERS, against="an edit")
def test_what_its_owner_changes_at_night_is_what_it_wakes_with(played: Env) -> None:
    """A3, Z: it sleeps on, and wakes with what was asked for last; what nobody changed is as it was."""
    make_all(played)
    played.schedule({**ASLEEP_FOR_EVER, **CHOSEN})
    played.until("Asleep", within=90)
    for kind, sample in SAMPLES.items():
        played.api.merge(f"{KINDS[kind].collection(played.name)}/it-0", sample.runs)
    played.wish("Asleep", reason="look again")
    eventually(lambda: not_asleep(played) == [], what="all sleeps again", within=60)
    played.wish("Awake")
    played.until("Awake", within=90)
    eventually(lambda: not [path for path, raw in specs(played).items() if of_sundown(raw)], what="all is let go")
    for kind, sample in SAMPLES.items():
        raw, wish = found(played.api, kind, played.name, "it-0"), leaves(sample.runs)
        assert [found_at(raw, path) for path, _ in wish] == [value for _, value in wish], kind


def test_who_applies_an_object_can_go_on_doing_so_by_night_and_by_day(played: Env) -> None:
    """W6: Helm 4, Flux and Argo CD apply server-side and without force."""

    def apply_all() -> None:
        for kind, sample in SAMPLES.items():
            path = f"{KINDS[kind].collection(played.name)}/it"
            played.api.apply(path, body(kind, sample.spec), manager="helm")

    apply_all()
    before = {path: owned(raw) for path, raw in specs(played).items()}
    played.schedule({**ASLEEP_FOR_EVER, **CHOSEN})
    played.until("Asleep", within=90)
    apply_all()
    played.wish("Awake")
    played.until("Awake", within=90)
    eventually(lambda: not [path for path, raw in specs(played).items() if of_sundown(raw)], what="all is let go")
    after = {path: owned(raw) for path, raw in specs(played).items()}
    assert {path: after[path] for path in before if after[path] != before[path]} == {}
    for kind, sample in SAMPLES.items():
        if "spec" in sample.runs:
            changed = merged(body(kind, sample.spec), sample.runs)
            played.api.apply(f"{KINDS[kind].collection(played.name)}/it", changed, manager="helm")


@pytest.mark.timeout(300, func_only=True)
def test_whenever_the_operator_dies_each_kind_gets_back_what_it_had(played: Env, stage: Stage) -> None:
    """A16, Z: ``kill -9`` at moments that are drawn, while all kinds fall asleep and wake; each field's owner, too."""
    dice = random.Random(SEED)
    before = make_all(played)
    owners = {path: owned(raw) for path, raw in specs(played).items()}
    played.schedule({**ASLEEP_FOR_EVER, **CHOSEN, "override": {"state": "Awake"}})
    for number in range(KILLS):
        operator = stage.fresh(SUNDOWN_WRITES_IN_FLIGHT=dice.choice(("1", "4", "64")))
        played.wish(("Asleep", "Awake")[number % 2], reason=f"life {number}")
        operator.start()
        time.sleep(dice.uniform(0.2, 3.0))  # a moment is drawn, nothing is waited for
        operator.kill()
    stage.usual()
    played.wish("Awake", reason=f"seed {SEED}")
    played.until("Awake", within=120)
    eventually(lambda: wanted(played) == before, what=f"all is as it was (seed {SEED})", within=60)
    eventually(lambda: not [path for path, raw in specs(played).items() if of_sundown(raw)], what="all is let go")
    after = {path: owned(raw) for path, raw in specs(played).items()}
    assert {path: after[path] for path in owners if after[path] != owners[path]} == {}, SEED
