"""Which envs somebody may see: asked once a minute, however often they look, and shared fairly by all who look (S14, J6)."""

import asyncio
from collections import Counter as Tally
from collections.abc import Callable
from datetime import timedelta

import pytest

from sundown.cluster.errors import Unreachable
from sundown.frontdesk.people.people import Person
from sundown.frontdesk.people.sight import MOST_PEOPLE, QUESTIONS_AT_ONCE, Sight
from sundown.usecases.find import Found
from sundown_lab.cluster import Cluster
from sundown_lab.slack.remote import Workspace
from support.apiserver import Api
from support.audit import Audit
from support.envs import ALWAYS_AWAKE, Env
from support.frontdesk.clocks import Clock
from support.frontdesk.rbac import without_everybody
from support.frontdesk.saying import answer_to, words
from support.frontdesks import USER, Counter

MINUTE = timedelta(minutes=1)
ANA = Person(id="U1", email="ana@example.com", name="ana", time_zone="UTC")
BO = Person(id="U2", email="bo@example.com", name="bo", time_zone="UTC")


def found(name: str) -> Found:
    """An env of which only the name counts here."""
    one = object.__new__(Found)
    object.__setattr__(one, "namespace", name)
    return one


ENVS = tuple(found(f"dev{number}") for number in range(1000))


class Rbac:
    """Lets somebody see some envs, or all of them, and counts the questions."""

    def __init__(self, *allowed: tuple[str, str]) -> None:
        self.allowed = set(allowed)
        self.asked: list[tuple[str, str]] = []
        self.under_way: Tally[str] = Tally()
        self.most: Tally[str] = Tally()
        self.away = False

    async def may(self, person: Person, verb: str, namespace: str) -> bool:
        assert verb == "get"
        if self.away:
            raise Unreachable("away")
        self.asked.append((person.name, namespace))
        for name in (person.name, ""):
            self.under_way[name] += 1
            self.most[name] = max(self.most[name], self.under_way[name])
        await asyncio.sleep(0)
        for name in (person.name, ""):
            self.under_way[name] -= 1
        return (person.name, namespace) in self.allowed


@pytest.fixture
def clock() -> Clock:
    return Clock()


def names(seen: tuple[Found, ...]) -> list[str]:
    return [one.namespace for one in seen]


async def test_five_lists_of_a_thousand_envs_ask_a_thousand_and_one_times(clock: Clock) -> None:
    """They were 5,005."""
    cluster = Rbac(("ana", "dev7"))
    sight = Sight(cluster, clock=clock, good_for=MINUTE)
    lists = await asyncio.gather(*(sight.of(ANA, ENVS) for _ in range(5)))
    assert [names(seen) for seen in lists] == [["dev7"]] * 5
    assert len(cluster.asked) == 1001


async def test_who_may_see_everything_costs_one_question(clock: Clock) -> None:
    cluster = Rbac(("ana", ""))
    sight = Sight(cluster, clock=clock, good_for=MINUTE)
    for _ in range(5):
        assert await sight.of(ANA, ENVS) == ENVS
    assert cluster.asked == [("ana", "")]


async def test_after_a_minute_it_is_asked_anew(clock: Clock) -> None:
    cluster = Rbac(("ana", "dev1"))
    sight = Sight(cluster, clock=clock, good_for=MINUTE)
    assert names(await sight.of(ANA, ENVS[:3])) == ["dev1"]
    cluster.allowed = {("ana", "dev2")}
    clock.time += MINUTE - timedelta(seconds=1)
    assert names(await sight.of(ANA, ENVS[:3])) == ["dev1"]
    clock.time += timedelta(seconds=1)
    assert names(await sight.of(ANA, ENVS[:3])) == ["dev2"]


async def test_of_an_env_that_is_new_only_that_one_is_asked_about(clock: Clock) -> None:
    cluster = Rbac(("ana", "dev3"))
    sight = Sight(cluster, clock=clock, good_for=MINUTE)
    await sight.of(ANA, ENVS[:3])
    cluster.asked.clear()
    assert names(await sight.of(ANA, ENVS[:4])) == ["dev3"]
    assert cluster.asked == [("ana", "dev3")]


async def test_one_persons_sight_is_not_anothers_nor_that_of_the_same_with_other_groups(clock: Clock) -> None:
    cluster = Rbac(("ana", "dev1"))
    sight = Sight(cluster, clock=clock, good_for=MINUTE)
    await sight.of(ANA, ENVS[:2])
    assert await sight.of(BO, ENVS[:2]) == ()
    cluster.allowed.clear()
    grouped = Person(id="U1", email="ana@example.com", name="ana", time_zone="UTC", groups=("platform",))
    guest = Person(id="U1", email="ana@example.com", name="ana", time_zone="UTC", guest=True)
    renamed = Person(id="U1", email="anna@example.com", name="ana", time_zone="UTC")
    for somebody_else in (grouped, guest, renamed):
        assert await sight.of(somebody_else, ENVS[:2]) == ()


async def test_what_could_not_be_asked_is_asked_again(clock: Clock) -> None:
    """Nothing is taken for forbidden because the API server was away."""
    cluster = Rbac(("ana", "dev1"))
    sight = Sight(cluster, clock=clock, good_for=MINUTE)
    cluster.away = True
    with pytest.raises(Unreachable):
        await sight.of(ANA, ENVS[:2])
    cluster.away = False
    assert names(await sight.of(ANA, ENVS[:2])) == ["dev1"]


async def test_whoever_looks_leaves_room_for_the_questions_of_others(clock: Clock) -> None:
    cluster = Rbac()
    sight = Sight(cluster, clock=clock, good_for=MINUTE)
    long = asyncio.create_task(sight.of(ANA, ENVS))
    while len(cluster.asked) < 50:  # noqa: ASYNC110 - laps of the loop, no time
        await asyncio.sleep(0)
    await sight.of(BO, ENVS[:40])
    assert not long.done()
    assert cluster.most["ana"] <= QUESTIONS_AT_ONCE // 4
    await long
    assert cluster.most[""] <= QUESTIONS_AT_ONCE


async def test_no_more_people_are_remembered_than_there_is_room_for(clock: Clock) -> None:
    cluster = Rbac()
    sight = Sight(cluster, clock=clock, good_for=MINUTE)
    for number in range(MOST_PEOPLE + 1):
        await sight.of(Person(id=f"U{number}", email="x@example.com", name="ana", time_zone="UTC"), ENVS[:1])
    cluster.asked.clear()
    await sight.of(Person(id=f"U{MOST_PEOPLE}", email="x@example.com", name="ana", time_zone="UTC"), ENVS[:1])
    assert cluster.asked == []
    await sight.of(Person(id="U0", email="x@example.com", name="ana", time_zone="UTC"), ENVS[:1])
    assert len(cluster.asked) == 2


@pytest.mark.lab
def test_in_a_cluster_each_env_is_asked_about_once_for_five_lists(
    counter: Counter, slack: Workspace, make_env: Callable[..., Env], api: Api, control_plane: Cluster
) -> None:
    """Somebody without any right, for whom each env is a question of its own."""
    there = [make_env() for _ in range(5)]
    for env in there:
        env.schedule(ALWAYS_AWAKE)
    counter.fresh(slack, SUNDOWN_SIGHT_SECONDS="60").start()
    with without_everybody(api):
        audit = Audit(control_plane, user=USER)
        for _ in range(5):
            assert words(answer_to(slack.act("bo"), "list")) == "There is no environment that you may see."
        asked = [one for one in audit.requests() if one.resource == "subjectaccessreviews"]
        envs = len(api.get("/apis/sundown.dev/v1alpha1/envschedules")["items"])
        assert len(there) + 1 <= len(asked) <= envs + 1
