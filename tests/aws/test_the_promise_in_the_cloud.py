"""The promise: whatever moment the operator dies at, what ran in AWS runs again, and what somebody stopped stays stopped."""

import os
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

from sundown_lab.aws.remote import Aws, Seen
from support.apiserver import eventually
from support.aws.teams import until_quiet
from support.envs import ASLEEP_FOR_EVER, Env
from support.operators import Operator, Stage

pytestmark = [pytest.mark.lab, pytest.mark.slow]

KILLS = int(os.environ.get("SUNDOWN_PROMISE_AWS_KILLS", "12"))
SEED = os.environ.get("SUNDOWN_PROMISE_SEED") or f"{random.SystemRandom().randrange(10**6)}"
ENVS = 3
LATEST_KILL = 0.8
OPERATIONS = {
    "instance": ("CreateTags", "StopInstances", "StartInstances", "DeleteTags"),
    "database": ("AddTagsToResource", "StopDBInstance", "StartDBInstance", "RemoveTagsFromResource"),
    "cluster": ("AddTagsToResource", "StopDBCluster", "StartDBCluster", "RemoveTagsFromResource"),
}
"""What writes the record, stops, starts, and takes the record off."""

RECORD = {"sundown:previous-state", "sundown:stopped-at", "sundown:holder"}
RUNNING, STOPPED = {"running", "available"}, {"stopped"}


@dataclass
class Owner:
    """Whoever owns an env, and remembers of each thing in AWS whether it was last meant to run."""

    env: Env
    aws: Aws
    dice: random.Random
    wanted: str = "Asleep"
    wishes: dict[str, bool] = field(default_factory=dict)
    diary: list[str] = field(default_factory=list)

    def furnish(self) -> None:
        """Two instances and two databases, of which one each was stopped long ago, and a cluster of databases."""
        name = self.env.name
        instances = self.aws.instances(2, namespace=name)
        databases = [self.aws.database(f"{name}-{each}", namespace=name) for each in ("db", "old")]
        cluster = self.aws.aurora(f"{name}-aurora", namespace=name)
        self.wishes = dict.fromkeys([*instances, *databases, cluster], True)
        self.switch(instances[1], on=False)
        self.switch(databases[1], on=False)

    def switch(self, name: str, *, on: bool) -> None:
        """Stop or start something, as people do in the console."""
        self.diary.append(f"{name} {'on' if on else 'off'}")
        self.wishes[name] = on
        if name.startswith("i-"):
            ec2 = self.aws.client("ec2")
            (ec2.start_instances if on else ec2.stop_instances)(InstanceIds=[name])
        else:
            rds = self.aws.client("rds")
            (rds.start_db_instance if on else rds.stop_db_instance)(DBInstanceIdentifier=name)

    def meddle(self) -> None:
        """Change one's mind about something that nobody else has a hand in at the moment."""
        everything = self.aws.everything
        free = [
            name
            for name in self.wishes
            if not name.endswith("-aurora")
            and everything[name].phase in RUNNING | STOPPED
            and not RECORD & everything[name].tags.keys()
        ]
        if free:
            name = self.dice.choice(free)
            self.switch(name, on=everything[name].phase in STOPPED)

    def want(self, state: str) -> None:
        """Want the env awake or asleep."""
        self.diary.append(f"wish {state}")
        self.wanted = state
        self.env.wish(state)

    def turn(self) -> None:
        """Want the other."""
        self.want("Asleep" if self.wanted == "Awake" else "Awake")

    def due(self, everything: dict[str, Seen]) -> set[str]:
        """The operations that the operator has to come to, so that the env is as it is wanted."""
        found: set[str] = set()
        for name in self.wishes:
            seen = everything[name]
            record, stop, start, forget = OPERATIONS[seen.kind]
            recorded = bool(RECORD & seen.tags.keys())
            if self.wanted == "Asleep" and seen.phase in RUNNING:
                found |= {record, stop}
            elif self.wanted == "Awake" and recorded and seen.phase in STOPPED:
                found |= {start, forget}
            elif self.wanted == "Awake" and recorded and seen.phase in RUNNING:
                found.add(forget)
        return found

    def wrongs(self, everything: dict[str, Seen]) -> list[str]:
        """What is not as its owner wants it, now that the env is awake."""
        found = []
        for name, on in self.wishes.items():
            seen = everything[name]
            if seen.phase not in (RUNNING if on else STOPPED):
                found.append(f"{self.env.name} {name} is {seen.phase}, its owner {'started' if on else 'stopped'} it")
            if RECORD & seen.tags.keys():
                found.append(f"{self.env.name} {name} still carries a record")
        return found


@pytest.mark.timeout(60 + 30 * KILLS, func_only=True)
def test_what_ran_runs_again_and_what_was_stopped_stays_stopped(
    make_env: Callable[..., Env], stage: Stage, aws: Aws, capsys: pytest.CaptureFixture[str]
) -> None:
    """E1, A15, A16: ``kill -9`` in the middle of a call, or at a random moment; with a table and without.

    The call that it dies in has had its effect or has not, as the dice have it, so that what lies between the record
    and the change is hit whatever the machine.
    """
    dice = random.Random(SEED)
    owners = [Owner(make_env(), aws, random.Random(f"{SEED}/{number}")) for number in range(ENVS)]
    for owner in owners:
        owner.furnish()
        owner.env.schedule(ASLEEP_FOR_EVER)
    hit: list[str] = []
    with capsys.disabled():
        print(f"\n{KILLS} kills with SUNDOWN_PROMISE_SEED={SEED}", flush=True)
    for life in range(1, KILLS + 1):
        hit += live_and_die(stage, owners, dice, aws=aws, hit=hit)
        if life == KILLS // 2 or life == KILLS:
            look(stage, owners, aws=aws, after=life)
    with capsys.disabled():
        print(f"{len(hit)} of {KILLS} kills in the middle of a call: {', '.join(sorted(set(hit)))}", flush=True)
    assert len(hit) >= KILLS // 3, "too few kills in the middle of a call to prove anything"


def newborn(stage: Stage, aws: Aws, dice: random.Random) -> Operator:
    """An operator that has not been started; it keeps what it knows in a table too, or only in memory."""
    table = {"SUNDOWN_AWS_TABLE": "promise", "SUNDOWN_AWS_TABLE_CREATE": "true"}
    return stage.fresh(
        **aws.environment,
        **(table if dice.random() < 0.5 else {}),
        SUNDOWN_CLUSTER_NAME="lab",
        SUNDOWN_AWS_REGIONS='["eu-central-1"]',
        SUNDOWN_AWS_INVENTORY_SECONDS="0.5",
        SUNDOWN_AWS_WATCH_SECONDS="0.1",
    )


def live_and_die(stage: Stage, owners: list[Owner], dice: random.Random, *, aws: Aws, hit: Sequence[str]) -> list[str]:
    """One life of the operator; the operation in the middle of which it ended, if it was one: rather not one of ``hit``."""
    aws.delay(dice.choice((0, 0.1, 0.4)))
    for owner in dice.sample(owners, k=dice.randint(1, len(owners))):
        if dice.random() < 0.5:
            owner.meddle()
        owner.turn()
    aws.settle()
    due = due_of(owners, aws.everything)
    if not due:  # it died before it did anything, and they are back where they began
        owners[0].turn()
        due = due_of(owners, aws.everything)
    operation = dice.choice(sorted(set(due) - set(hit)) or due) if due and dice.random() < 0.9 else None
    begun = aws.seq
    if operation is not None:
        aws.faults.add("silence", operation=operation, times=1, carried_out=dice.random() < 0.5)
    operator = newborn(stage, aws, dice)
    operator.start()
    if operation is not None:
        eventually(lambda: aws.called(operation, since=begun), what=f"the operator comes to {operation}", within=60)
    else:
        time.sleep(dice.uniform(0, LATEST_KILL))
    operator.kill()
    aws.faults.clear()
    until_quiet(aws)
    for owner in owners:
        owner.diary.append(f"killed in {operation}" if operation is not None else "killed")
    return [operation] if operation is not None else []


def due_of(owners: list[Owner], everything: dict[str, Seen]) -> list[str]:
    """What the operator has to come to, for any of them."""
    return sorted(set[str]().union(*(owner.due(everything) for owner in owners)))


def look(stage: Stage, owners: list[Owner], *, aws: Aws, after: int) -> None:
    """Let the operator live, wake everything, and compare."""
    operator = newborn(stage, aws, random.Random(after))
    aws.delay(0)
    aws.settle()
    for owner in owners:
        owner.want("Awake")
    operator.start()
    for owner in owners:
        owner.env.until("Awake", within=60)

    def wrongs() -> list[str]:
        everything = aws.everything
        return [line for owner in owners for line in owner.wrongs(everything)]

    try:
        eventually(lambda: not wrongs(), what="everything is as its owner wants it", within=30)
    except AssertionError:
        diaries = "\n".join(f"{owner.env.name}: {'; '.join(owner.diary[-40:])}" for owner in owners)
        raise AssertionError(
            f"after {after} kills (SUNDOWN_PROMISE_SEED={SEED}):\n" + "\n".join(wrongs()) + f"\n\n{diaries}"
        ) from None
    operator.kill()
