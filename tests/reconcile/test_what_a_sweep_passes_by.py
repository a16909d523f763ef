"""A sweep passes by what sleeps and has been heard all the time, and nothing else (G1, G2, design 10)."""

from datetime import datetime, timedelta
from functools import partial
from operator import gt
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundown.cluster.hearing import Hearings
from sundown.errors import Mistake
from sundown.model.parts import Part
from sundown.model.spec import Workloads
from sundown.reconcile.report import next_status
from sundown.reconcile.resting import Look, Resting
from sundown.reconcile.woken_at_night import Seen, is_at_rest
from sundown.sleepers.kinds import KINDS
from sundown.sleepers.other_kinds import Others
from support.catalogued import KINDS as OTHER_KINDS
from support.effort import examples
from support.samples import NOW, after_visits, cloud, finding, sleeping, workload

PATH, OTHER = (row.collection() for row in KINDS.values())
BOTH = frozenset({PATH, OTHER})
HOUR = 3600.0
TURN = 100 * HOUR


class Clock:
    """A clock that others set."""

    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> datetime:
        """What it shows."""
        return self.at


class Night:
    """An operator that hears two kinds from the first second of an hour on, and the seconds that have passed."""

    def __init__(self) -> None:
        self.now = TURN
        self.clock = Clock()
        self.said_until = NOW + timedelta(days=1)
        self.hearings = Hearings(now=lambda: self.now)
        self.resting = Resting(self.hearings, again=timedelta(hours=1), clock=self.clock, now=lambda: self.now)
        for path in (PATH, OTHER):
            self.hearings.begun(path, afresh=True)

    def passes(self, seconds: float, *, paths: tuple[str, ...] = (PATH, OTHER)) -> None:
        """Time goes by, in which these watches live."""
        self.now += seconds
        for path in paths:
            self.hearings.line(path, "BOOKMARK", readable=True)

    def look(self, env: str = "dev", *, took: float = 0.0, kept: float = 0.0) -> None:
        """A look at an env that is found asleep; its lists began so many seconds ago, and one was kept for so many before."""
        began, still = self.now - took, partial(gt, self.said_until)
        self.resting.found(env, Look(BOTH, began, began - kept, self.clock.now(), still))

    @property
    def passed_by(self) -> frozenset[str]:
        """Those of two envs that a sweep would not look at."""
        return self.resting.among(["dev", "test"])


@pytest.fixture
def night() -> Night:
    """An env was looked at a minute after the watches began, and found asleep; that is five minutes ago."""
    night = Night()
    night.passes(60)
    night.look()
    night.passes(300)
    return night


def test_an_env_that_was_found_asleep_is_passed_by_and_one_that_was_not_looked_at_is_not(night: Night) -> None:
    assert night.passed_by == {"dev"}


def test_what_a_watch_tells_of_it_has_it_looked_at(night: Night) -> None:
    night.resting.told("dev")
    assert night.passed_by == set()


def test_what_a_watch_tells_of_another_does_not(night: Night) -> None:
    night.resting.told("test")
    assert night.passed_by == {"dev"}


def test_what_is_told_between_the_list_and_the_end_of_the_look_counts() -> None:
    night = Night()
    night.passes(60)
    night.resting.told("dev")
    night.passes(1)
    night.look(took=2)
    assert night.passed_by == set()
    night.look(took=0.5)
    assert night.passed_by == {"dev"}


def test_a_look_that_has_begun_and_has_not_ended_leaves_nothing_known(night: Night) -> None:
    night.resting.forget("dev")
    assert night.passed_by == set()


@pytest.mark.parametrize("path", [PATH, OTHER])
def test_where_one_of_its_kinds_is_not_heard_any_more_it_is_looked_at(night: Night, path: str) -> None:
    night.hearings.interrupted(path)
    assert night.passed_by == set()


def test_where_a_watch_goes_on_where_it_was_nothing_is_missed(night: Night) -> None:
    night.hearings.interrupted(PATH)
    night.hearings.begun(PATH, afresh=False)
    assert night.passed_by == {"dev"}


def test_where_a_watch_has_lost_its_place_it_is_looked_at(night: Night) -> None:
    night.hearings.interrupted(PATH)
    night.hearings.begun(PATH, afresh=True)
    assert night.passed_by == set()


def test_where_a_watch_hangs_it_is_looked_at(night: Night) -> None:
    """Behind a proxy that has dropped the connection there is no bookmark."""
    night.passes(400, paths=(OTHER,))
    assert night.passed_by == set()


def test_what_nobody_heard_when_it_was_listed_is_looked_at() -> None:
    night = Night()
    night.look(took=1)
    assert night.passed_by == set()


def test_once_an_hour_everything_is_looked_at(night: Night) -> None:
    """A fault of ours, or of the API server's, lasts no longer."""
    while night.now < TURN + HOUR - 100:
        night.passes(60)
    assert night.passed_by == {"dev"}
    night.passes(100)
    assert night.passed_by == set()
    night.look()
    assert night.passed_by == {"dev"}


def test_what_was_listed_an_hour_ago_is_listed_again_whoever_has_looked_at_it_since() -> None:
    """Where a look at the end of an hour had found nothing new in it, it was not listed in the next one either."""
    night = Night()
    while night.now < TURN + HOUR - 100:
        night.passes(60)
    night.look(kept=3000)
    assert night.passed_by == {"dev"}
    night.passes(120)
    assert night.passed_by == set()


@pytest.mark.parametrize(("back", "passed_by"), [(0, {"dev"}), (5, set()), (600, set())])
def test_where_the_clock_was_ahead_and_is_set_back_it_is_looked_at(
    night: Night, back: float, passed_by: set[str]
) -> None:
    """G1: what slept by a clock that was hours ahead slept on for up to an hour, for nothing was due before the clock's turn."""
    night.clock.at -= timedelta(minutes=back)
    assert night.passed_by == passed_by


def test_where_the_clock_goes_on_from_there_it_is_passed_by(night: Night) -> None:
    """What is due by then the scheduler sees."""
    night.clock.at += timedelta(hours=9)
    assert night.passed_by == {"dev"}


def test_where_something_else_has_to_be_said_of_it_it_is_looked_at(night: Night) -> None:
    """D7: "asleep until 22:00, asked for by ana" stood there for up to an hour longer, for at 22:00 nothing was due."""
    night.clock.at = night.said_until
    assert night.passed_by == set()


def test_of_a_namespace_that_has_gone_no_look_is_kept(night: Night) -> None:
    """A9: the next of its name is another."""
    assert night.resting.among(["test"]) == set()
    assert night.passed_by == set()


ENVS = ("dev", "test")
STEPS = st.one_of(
    st.tuples(st.sampled_from(["change", "look"]), st.sampled_from(ENVS)),
    st.tuples(st.sampled_from(["begin", "list", "end"]), st.sampled_from(ENVS)),
    st.tuples(st.just("tell"), st.just("")),
    st.tuples(st.sampled_from(["down", "go on", "afresh"]), st.just("")),
    st.tuples(st.just("wait"), st.sampled_from(["1", "100", "2000"])),
)


class World:
    """An API server with a number for each env, of which a watch tells later, and looks that take their time."""

    def __init__(self) -> None:
        self.night = Night()
        self.there = dict.fromkeys(ENVS, 0)
        self.untold: list[str] = []
        self.connected = True
        self.looks: dict[str, tuple[float, int] | None] = {}
        self.seen: dict[str, int] = {}

    def step(self, what: str, which: str) -> None:
        """Let one thing happen."""
        self.night.now += 0.001
        if what == "wait":
            self.night.now += float(which)
        elif what == "change":
            self.there[which] += 1
            self.untold.append(which)
        elif what == "look":
            for part in ("begin", "list", "end"):
                self.step(part, which)
        elif what == "begin":
            self.night.resting.forget(which)
            self.looks[which] = None
        elif what == "list" and which in self.looks:
            self.looks[which] = (self.night.now, self.there[which])
        elif what == "end" and (look := self.looks.pop(which, None)) is not None:
            self.night.resting.found(which, Look(BOTH, look[0], look[0], NOW, partial(gt, self.night.said_until)))
            self.seen[which] = look[1]
        else:
            self._watch(what)

    def _watch(self, what: str) -> None:
        if what == "tell" and self.connected and self.untold:
            self.night.hearings.line(PATH, "MODIFIED", readable=True)
            self.night.hearings.line(OTHER, "BOOKMARK", readable=True)
            self.night.resting.told(self.untold.pop(0))
        elif what == "down":
            self.connected = False
            self.night.hearings.interrupted(PATH)
        elif what in {"go on", "afresh"} and not self.connected:
            self.connected = True
            self.night.hearings.begun(PATH, afresh=what == "afresh")
            self.untold = [] if what == "afresh" else self.untold


@examples(100, 5000)
@given(steps=st.lists(STEPS, min_size=10, max_size=40))
def test_whatever_happens_who_is_passed_by_is_as_it_was_seen_but_for_what_a_watch_is_about_to_tell(
    steps: list[tuple[str, str]],
) -> None:
    """G1."""
    world = World()
    for step in steps:
        world.step(*step)
        for env in world.night.passed_by:
            assert world.seen[env] == world.there[env] or (world.connected and env in world.untold)


LISTED = Others(listed=(OTHER_KINDS["CronJob"],))


def at_rest(
    *parts: Part,
    wanted: Literal["Awake", "Asleep"] = "Asleep",
    others: Others = LISTED,
    kinds: tuple[str, ...] = ("Deployment", "CronJob"),
    **more: Any,
) -> bool:
    """Whether a look that finds these parts leaves an env at rest."""
    old = after_visits("Asleep", [sleeping()])
    found = finding(wanted, *parts, old=old, **more)
    seen = Seen(Workloads(kinds=kinds), others, (), 0.0, lambda _: True)
    return is_at_rest(next_status(old, found), found, seen)


def test_an_env_of_which_nothing_is_open_rests() -> None:
    assert at_rest(sleeping())


@pytest.mark.parametrize(
    "others",
    [
        pytest.param(Others(absent=("CronJob",)), id="served"),
        pytest.param(Others(unlisted={"CronJob": "no"}), id="granted"),
        pytest.param(Others(unanswered={"CronJob": "no"}), id="answered"),
    ],
)
def test_a_kind_that_may_be_there_later_has_it_looked_at(others: Others) -> None:
    """G2: a CRD that appears later is picked up."""
    assert not at_rest(sleeping(), others=others)


def test_a_kind_of_the_clusters_owner_has_it_looked_at() -> None:
    """G2: nothing tells that the ConfigMap has changed."""
    assert not at_rest(sleeping(), kinds=("Deployment", "Machine"))


@pytest.mark.parametrize(
    "part",
    [
        pytest.param(workload(), id="runs"),
        pytest.param(sleeping(pods=1), id="has pods that go"),
        pytest.param(sleeping(record="many"), id="has a record that nobody can read"),
        pytest.param(cloud(), id="runs in the cloud"),
    ],
)
def test_what_is_not_asleep_has_it_looked_at(part: Part) -> None:
    assert not at_rest(part)


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"fought": ("Deployment/web by kustomize",)}, id="a fight"),
        pytest.param({"frozen": True}, id="an operator that only reports"),
        pytest.param({"not_ready": ("InvalidSpec", "it is wrong")}, id="a schedule that is not followed"),
        pytest.param({"failures": (Mistake("Deployment/web", "refused"),)}, id="a write that failed"),
        pytest.param({"wanted": "Awake"}, id="it is to be awake"),
    ],
)
def test_whatever_else_is_open_has_it_looked_at(more: dict[str, Any]) -> None:
    assert not at_rest(sleeping(), **more)
