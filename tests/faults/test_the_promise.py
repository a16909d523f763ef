"""The promise: whatever moment the operator dies at, every workload gets back the count that its last owner gave it."""

import os
import random
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import pytest

from sundown_lab.cluster import Cluster
from support.apiserver import Api, Json, eventually
from support.envs import ASLEEP_FOR_EVER, PLURALS, RECORD, Env
from support.operators import Operator, Stage
from support.owners import Owner, wrongs
from support.policies import BOTH_WAYS

pytestmark = [pytest.mark.lab, pytest.mark.slow, pytest.mark.usefixtures("with_and_without_policies")]

KILLS = int(os.environ.get("SUNDOWN_PROMISE_KILLS", "100")) // len(BOTH_WAYS)
SEED = os.environ.get("SUNDOWN_PROMISE_SEED") or f"{random.SystemRandom().randrange(10**6)}"
ENVS = 4
LIVES_BETWEEN_LOOKS = 10
LATEST_KILL = 0.6


@pytest.mark.proves("killed", kinds=PLURALS)
@pytest.mark.timeout(60 + 12 * KILLS, func_only=True)
def test_every_workload_gets_back_the_count_that_its_last_owner_gave_it(
    make_env: Callable[..., Env], stage: Stage, control_plane: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    """A2, A3, A15, A16, Z: ``kill -9`` at random moments of random sleeping, waking and editing.

    Half of the moments are drawn by the clock. How many of those fall between two writes is a matter of how fast the
    machine is, so the others are drawn by the count of writes.
    """
    dice = random.Random(SEED)
    owners = [Owner(make_env(), random.Random(f"{SEED}/{number}")) for number in range(ENVS)]
    for owner in owners:
        for _ in range(4):
            owner.add()
        owner.env.schedule(ASLEEP_FOR_EVER)
    torn = 0
    with capsys.disabled():
        print(f"\n{KILLS} kills with SUNDOWN_PROMISE_SEED={SEED}", flush=True)
    for life in range(1, KILLS + 1):
        live_and_die(stage, owners, dice, watcher=Api(control_plane.kubeconfig))
        torn += sum(is_torn(owner) for owner in owners) > 0
        if life % LIVES_BETWEEN_LOOKS == 0 or life == KILLS:
            look(stage, owners, after=life)
    with capsys.disabled():
        print(f"{torn} of {KILLS} kills left an env half asleep", flush=True)
    assert torn >= KILLS // 10, "too few kills landed in the middle of the writing to prove anything"


def live_and_die(stage: Stage, owners: list[Owner], dice: random.Random, *, watcher: Api) -> None:
    """One life of the operator: what it is to do changes before it comes or while it works, and it dies meanwhile."""
    operator = stage.fresh(SUNDOWN_WRITES_IN_FLIGHT=dice.choice(("1", "2", "64")))
    path = f"/apis/apps/v1/{dice.choice(tuple(PLURALS.values()))}"
    by_writes = dice.random() < 0.5
    writes, listed = dice.randint(1, 4), watcher.get(path)
    before = dice.random() < 0.5
    if before:
        change(owners, dice)
        operator.start()
    else:
        operator.start()
    end = threading.Timer(LATEST_KILL if by_writes else dice.uniform(0, LATEST_KILL), operator.kill)
    end.start()
    if by_writes:
        threading.Thread(target=kill_after, args=(writes, operator, watcher, path, listed, end)).start()
    if not before:
        change(owners, dice)
    end.join()  # whoever counts writes still kills nobody: this operator is dead
    if dice.random() < 0.3:
        dice.choice(owners).edit()


def kill_after(writes: int, operator: Operator, watcher: Api, path: str, listed: Json, end: threading.Timer) -> None:
    """Kill the operator when it has written so many workloads of the list: only sleeping and waking touch the record.

    ``end`` is when it dies at the latest, which is off then.
    """
    recorded = {
        each["metadata"]["uid"] for each in listed["items"] if RECORD in each["metadata"].get("annotations", {})
    }
    for each in watcher.watch(path, listed["metadata"]["resourceVersion"]):
        uid, has = each["metadata"]["uid"], RECORD in each["metadata"].get("annotations", {})
        if has == (uid in recorded) or each["gone"]:
            continue
        recorded ^= {uid}
        writes -= 1
        if not writes:
            operator.kill()
            end.cancel()
            return


def change(owners: list[Owner], dice: random.Random) -> None:
    """What people do in a moment."""
    for owner in dice.sample(owners, k=dice.randint(1, len(owners))):
        for _ in range(dice.choice((0, 1, 1, 2))):
            owner.edit()
        owner.change_mind()
        if dice.random() < 0.3:
            owner.edit()


def is_torn(owner: Owner) -> bool:
    """Whether the operator died while it was at this env: some of what can sleep does, some does not."""
    counts = owner.env.counts()
    return len({counts[f"{kind}/{name}"] > 0 for (kind, name), wish in owner.wishes.items() if wish > 0}) > 1


def is_right(owner: Owner) -> bool:
    """Whether all is as its owner wants it."""
    return not wrongs(owner)


def look(stage: Stage, owners: list[Owner], *, after: int) -> None:
    """Let the operator live, wake everything, and compare."""
    operator: Operator = stage.fresh()
    for owner in owners:
        owner.want_awake()
    operator.start()
    for owner in owners:
        if owner.env.api.find(owner.env.schedules("default")) is not None:
            owner.env.until("Awake", within=60)
        else:
            owner.env.until_let_go(within=60)
            # The label can be off already: a life ended between it and the last record. What stays wrong is told below.
            with suppress(AssertionError):
                eventually(partial(is_right, owner), what="nothing is left of the night", within=60)
    wrong = [line for owner in owners for line in wrongs(owner)]
    diaries = "\n".join(f"{owner.env.name}: {'; '.join(owner.diary[-40:])}" for owner in owners)
    assert not wrong, f"after {after} kills (SUNDOWN_PROMISE_SEED={SEED}):\n" + "\n".join(wrong) + f"\n\n{diaries}"
    operator.kill()
