"""What was listed counts until it can be otherwise (G1, G2): a watch tells of a change, or cannot be relied upon, or time is up."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundown.cluster.hearing import Hearings
from sundown.model.parts import Workload
from sundown.sleepers import kept_lists
from sundown.sleepers.kept_lists import KeptLists, again_after
from support.catalogued import KINDS
from support.samples import workload

ROW, OTHER = KINDS["CronJob"], KINDS["ScaledObject"]
PATH = ROW.collection()
MINUTE, HOUR = 60.0, 3600.0


class Night:
    """Kept lists, a watch of CronJobs from the first second of an hour on, and the seconds that have passed."""

    def __init__(self) -> None:
        self.now = HOUR
        self.hearings = Hearings(now=lambda: self.now)
        self.lists = KeptLists(self.hearings, again=timedelta(hours=1), now=lambda: self.now)
        self.lists.heed(ROW)
        self.hearings.begun(PATH, afresh=True)

    def passes(self, seconds: float) -> None:
        """Time goes by, in which the watch lives."""
        self.now += seconds
        self.hearings.line(PATH, "BOOKMARK", readable=True)

    def listed(self, *found: Workload, namespace: str = "dev", began: float | None = None) -> None:
        """A list ends now."""
        self.lists.keep(ROW, namespace, found, began=self.now if began is None else began)

    @property
    def kept(self) -> tuple[Workload, ...] | None:
        """What is kept of ``dev``."""
        return self.lists.of(ROW, "dev")


def test_what_was_listed_is_known_as_long_as_nothing_is_heard() -> None:
    night = Night()
    night.passes(10)
    night.listed(workload("job"))
    night.passes(1800)
    assert night.kept == (workload("job"),)


def test_that_there_is_nothing_is_known_too() -> None:
    """G2: most envs have nothing of most kinds."""
    night = Night()
    night.listed()
    assert night.kept == ()


def test_a_list_of_all_knows_of_envs_that_nobody_asked_about_and_of_those_that_have_none() -> None:
    """Design 10: who asks a moment later costs no list."""
    night = Night()
    night.lists.keep_all(ROW, {"dev": [workload("job")]}, began=night.now)
    assert (night.kept, night.lists.of(ROW, "other")) == ((workload("job"),), ())


def _told_of_another_env(night: Night) -> None:
    night.lists.told(PATH, "other")


def _told_of_another_kind(night: Night) -> None:
    night.lists.heed(OTHER)
    night.lists.told(OTHER.collection(), "dev")


def _told(night: Night) -> None:
    night.lists.told(PATH, "dev")


def _down(night: Night) -> None:
    night.hearings.interrupted(PATH)


def _hangs(night: Night) -> None:
    night.now += 600


def _hung(night: Night) -> None:
    night.now += 600
    night.passes(1)


def _afresh(night: Night) -> None:
    night.now += 1
    night.hearings.begun(PATH, afresh=True)


def _nobody_watches(night: Night) -> None:
    night.hearings.ended(PATH)


def _an_hour(night: Night) -> None:
    night.passes(HOUR)


def _written(night: Night) -> None:
    night.lists.forget("dev")


def _went_on(night: Night) -> None:
    night.hearings.interrupted(PATH)
    night.hearings.begun(PATH, afresh=False)


@pytest.mark.parametrize("of_all", [False, True], ids=["a list of one env", "a list of all"])
@pytest.mark.parametrize(
    ("then", "counts"),
    [
        (_told_of_another_env, True),
        (_told_of_another_kind, True),
        (_went_on, True),
        (_hung, True),
        (_told, False),
        (_down, False),
        (_hangs, False),
        (_afresh, False),
        (_nobody_watches, False),
        (_an_hour, False),
        (_written, False),
    ],
    ids=lambda value: value.__name__.strip("_").replace("_", " ") if callable(value) else "",
)
def test_what_ends_it(then: Callable[[Night], None], counts: bool, of_all: bool) -> None:
    night = Night()
    night.passes(10)
    if of_all:
        night.lists.keep_all(ROW, {"dev": [workload("job")]}, began=night.now)
    else:
        night.listed(workload("job"))
    night.passes(0.01)
    then(night)
    assert (night.kept is not None) == counts


def test_a_list_that_began_before_the_watch_does_not_count() -> None:
    """What was deleted between the two is told by nobody."""
    night = Night()
    night.listed(began=night.now - 1)
    assert night.kept is None


def test_a_list_of_while_the_watch_was_down_counts_once_it_goes_on() -> None:
    """It tells of all that has happened since it ended."""
    night = Night()
    night.hearings.interrupted(PATH)
    night.listed()
    assert night.kept is None
    night.hearings.begun(PATH, afresh=False)
    assert night.kept == ()


def test_nothing_is_kept_of_what_nobody_listens_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """J3, Design 10: a kind that may not be watched takes no room."""
    monkeypatch.setattr(kept_lists, "MOST", 1)
    night = Night()
    night.lists.keep(OTHER, "dev", (workload("a"),), began=night.now)
    night.listed(workload("b"))
    assert night.kept == (workload("b"),)


def test_a_list_counts_for_nothing_of_what_was_heard_while_it_was_under_way() -> None:
    """Another's list that this one joined may have begun before it was asked for."""
    night = Night()
    night.passes(10)
    began = night.now
    night.passes(1)
    night.lists.told(PATH, "dev")
    night.passes(1)
    night.listed(began=began)
    night.listed(namespace="other", began=began)
    assert (night.kept, night.lists.of(ROW, "other")) == (None, ())


def test_it_says_nothing_of_the_same_kind_by_another_row() -> None:
    """A schedule's own patch reads the same objects otherwise."""
    night = Night()
    night.listed(workload("job"))
    assert night.lists.of(replace(ROW, patch='{"spec":{"a":1}}', own=True), "dev") is None


def test_lists_of_any_moment_end_together() -> None:
    """Design 10: they are made again for all envs at once, which is one request, not one an env."""
    night = Night()
    for minute in range(55):
        night.now = HOUR + 60 * minute
        night.passes(0)
        night.listed(namespace=f"team-{minute}")
    assert all(night.lists.of(ROW, f"team-{minute}") == () for minute in range(55))
    night.passes(6 * MINUTE)
    assert all(night.lists.of(ROW, f"team-{minute}") is None for minute in range(55))


def test_a_list_of_the_sweep_during_which_they_end_is_not_made_twice() -> None:
    """Design 10: who is looked at after the round moment asked for a second one. It counts until the next."""
    night = Night()
    night.passes(58 * MINUTE)
    night.lists.keep_all(ROW, {"dev": [workload("job")]}, began=night.now)
    night.passes(61 * MINUTE)
    assert night.kept == (workload("job"),)
    night.passes(2 * MINUTE)
    assert night.kept is None


def test_more_than_so_many_objects_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Design 10: memory. What goes makes room."""
    monkeypatch.setattr(kept_lists, "MOST", 3)
    night = Night()
    night.listed(workload("a"), workload("b"), namespace="first")
    night.listed(workload("c"), workload("d"))
    assert night.kept is None
    night.lists.keep_all(ROW, {"first": [workload("a")], "dev": [workload("c")]}, began=night.now)
    assert night.kept is None
    night.passes(1)
    night.lists.told(PATH, "first")
    night.listed(workload("c"), workload("d"))
    assert night.kept is not None


OF_WATCH = ("go on", "afresh", "down", "told")
ENVS = ("a", "b")


class World:
    """An API server with a number for each env, which a watch tells of later; and somebody who looks."""

    def __init__(self) -> None:
        self.now = 0.0
        self.hearings = Hearings(now=lambda: self.now)
        self.lists = KeptLists(self.hearings, again=timedelta(hours=1), now=lambda: self.now)
        self.lists.heed(ROW)
        self.there = dict.fromkeys(ENVS, 0)
        self.untold: list[str] = []
        self.written: set[str] = set()
        self.connected = False

    def change(self, env: str) -> None:
        self.written.discard(env)
        self.there[env] += 1
        self.untold.append(env)

    def write(self, env: str) -> None:
        """A change of Sundown's own, which waits for no watch to tell of it."""
        self.lists.forget(env)
        self.change(env)
        self.written.add(env)

    def watch(self, what: str) -> None:
        """Let the watch begin, break or tell the next change. One that begins afresh tells of what is there, and no other."""
        if what == "told" and self.connected and self.untold:
            self.hearings.line(PATH, "MODIFIED", readable=True)
            self.lists.told(PATH, self.untold.pop(0))
        elif what == "down":
            self.connected = False
            self.hearings.interrupted(PATH)
        elif what in {"go on", "afresh"} and not self.connected:
            self.connected = True
            self.hearings.begun(PATH, afresh=what == "afresh")
            self.untold = [] if what == "afresh" else self.untold

    def look(self, env: str, *, alone: bool) -> int:
        """What somebody sees who looks at a resting env, alone or with others."""
        kept = self.lists.of(ROW, env)
        if kept is None and not alone:
            everything = {one: [workload(replicas=self.there[one])] for one in ENVS if self.there[one]}
            self.lists.keep_all(ROW, everything, began=self.now)
            return self.there[env]
        if kept is None:
            kept = (workload(replicas=self.there[env]),)
            self.lists.keep(ROW, env, kept, began=self.now)
        return kept[0].replicas if kept else 0


STEPS = st.one_of(
    st.tuples(st.sampled_from(["change", "look", "look with others", "write"]), st.sampled_from(ENVS)),
    st.tuples(st.just("watch"), st.sampled_from(OF_WATCH)),
    st.tuples(st.just("wait"), st.sampled_from([1, 100, 2000])),
)


@given(steps=st.lists(STEPS, max_size=40))
def test_whatever_happens_a_look_is_behind_only_by_what_a_watch_is_about_to_tell(
    steps: list[tuple[str, str | int]],
) -> None:
    """G1."""
    world = World()
    for what, which in steps:
        world.now += 0.001
        if what == "wait":
            world.now += float(which)
        elif what == "watch":
            world.watch(str(which))
        elif what == "change":
            world.change(str(which))
        elif what == "write":
            world.write(str(which))
        else:
            env = str(which)
            behind = world.look(env, alone=what == "look") != world.there[env]
            assert not behind or (world.connected and env in world.untold and env not in world.written)


@pytest.mark.parametrize(
    ("sweep", "again"), [(0.02, 0.12), (10, 60), (30, 60), (60, 60), (1440, 60)], ids=lambda minutes: f"{minutes:g} min"
)
def test_everything_is_listed_once_an_hour_however_seldom_a_sweep_comes(sweep: float, again: float) -> None:
    """G1: by a sweep once an hour what no watch told was left for six."""
    assert again_after(timedelta(minutes=sweep)) == timedelta(minutes=again)
