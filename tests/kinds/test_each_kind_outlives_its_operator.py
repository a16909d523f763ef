"""``kill -9`` while the operator writes objects of one kind: each kind of the catalogue comes back to what it was (A16, G2, Z).

Half of the kinds, which are drawn, are held by their policies, so that what an owner asks for at night is recorded by these.
"""

import os
import random
from collections.abc import Iterator

import pytest

from sundown_lab.cluster import Cluster
from support.apiserver import Api, Json, eventually
from support.catalogued import KINDS, SAMPLES, found, of_sundown
from support.envs import ASLEEP_FOR_EVER, Env
from support.held_kinds import HELD, HeldKinds
from support.operators import Stage
from support.whole_catalogue import (
    CHOSEN,
    SLEEPERS,
    TWIN,
    Killer,
    make_all,
    make_twins,
    of_others,
    owned,
    sleeps,
    specs,
    wanted,
)

pytestmark = pytest.mark.lab

ROUNDS = int(os.environ.get("SUNDOWN_KINDS_ROUNDS", "1"))
"""So often is the operator killed at each kind."""
SEED = os.environ.get("SUNDOWN_KINDS_SEED") or f"{random.SystemRandom().randrange(10**6)}"
LABELLED: Json = {"metadata": {"labels": {"team": "berlin"}}}
MOMENTS = ("before", "meanwhile", "after", "never")
HELD_NOW = random.Random(f"held {SEED}").sample(HELD, k=len(HELD) // 2)
WAVES_AT_MOST = 110.0
"""Seconds until a kind has its turn: those of other waves come first."""


@pytest.fixture(scope="module")
def half_held(catalogue: None, api: Api, control_plane: Cluster, stage: Stage) -> Iterator[None]:
    """The policies of half of the kinds in force."""
    policies = HeldKinds(api, control_plane, rows=HELD_NOW)
    stage.clear()
    policies.install()
    yield
    stage.clear()
    policies.remove()


@pytest.mark.usefixtures("half_held")
@pytest.mark.proves("killed", kinds=SLEEPERS)
@pytest.mark.timeout(300 + 30 * ROUNDS * len(SLEEPERS), func_only=True)
def test_an_operator_that_is_killed_at_a_kind_costs_none_of_its_objects_anything(
    played: Env, stage: Stage, control_plane: Cluster
) -> None:
    """A3, A16, G2, Z: after a write or two to that kind, falling asleep or waking, with an edit of an owner's around it."""
    dice = random.Random(SEED)
    before = make_all(played)
    whose = {path: owned(raw) for path, raw in specs(played).items()}
    make_twins(played)
    played.schedule({**ASLEEP_FOR_EVER, **CHOSEN, "override": {"state": "Awake"}})
    edits = {kind: dice.choice((SAMPLES[kind].runs, LABELLED)) for kind in SLEEPERS}
    when = {kind: dice.choice(MOMENTS) for kind in SLEEPERS}
    lives = dice.sample(SLEEPERS, k=len(SLEEPERS)) * ROUNDS
    missed = [
        kind
        for kind in lives
        if not _live(played, stage, dice, kind=kind, edits={when[kind]: edits[kind]}, to=control_plane)
    ]
    stage.usual()
    played.wish("Awake", reason=f"seed {SEED}")
    played.until("Awake", within=120)
    eventually(lambda: not [path for path, raw in specs(played).items() if of_sundown(raw)], what="all is let go")
    told = f"SUNDOWN_KINDS_SEED={SEED}"
    assert missed == [], f"not killed while it wrote these, {told}"
    twins = {f"{kind}/it-0": of_others(found(played.api, kind, played.name, TWIN)) for kind in SLEEPERS}
    there = wanted(played)
    assert {path: there[path] for path, twin in twins.items() if there[path] != twin} == {}, told
    others = [path for path in before if path not in twins]
    assert {path: there[path] for path in others if there[path] != before[path]} == {}, told
    now = {path: owned(raw) for path, raw in specs(played).items()}
    assert {path: now[path] for path in others if now[path] != whose[path]} == {}, told


def _live(env: Env, stage: Stage, dice: random.Random, *, kind: str, edits: dict[str, Json], to: Cluster) -> bool:
    """One life of the operator, in which objects of a kind fall asleep or wake; whether it died of that."""
    operator = stage.fresh(SUNDOWN_WRITES_IN_FLIGHT=dice.choice(("1", "4", "64")))
    path = KINDS[kind].collection(env.name)
    its = {at: raw for at, raw in specs(env).items() if at.startswith(f"{kind}/")}
    awake = [at for at, raw in its.items() if not sleeps(at, raw)]
    env.wish("Asleep" if awake else "Awake", reason=f"{kind}, {dice.random()}")

    def edit(moment: str) -> None:
        for name in ("it-0", TWIN):
            if moment in edits:
                env.api.merge(f"{path}/{name}", edits[moment])

    edit("before")
    killer = Killer(operator, Api(to.kubeconfig), path, writes=dice.randint(1, min(3, len(awake or its))))
    killer.start()
    operator.launch()
    killer.spare(dice.uniform(0, 2.0))  # a moment of its life is drawn, nothing is waited for
    edit("meanwhile")
    hit = killer.end(within=WAVES_AT_MOST)
    edit("after")
    return hit
