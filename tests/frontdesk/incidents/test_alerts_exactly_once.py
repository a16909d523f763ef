"""Whatever happens in whatever order, and wherever a frontdesk ends: one message an incident, and none that is forgotten (I3)."""

from collections import Counter
from contextlib import suppress
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from sundown.frontdesk.incidents.telling import Alert
from support.effort import examples
from support.frontdesk.alert_world import NOW, Cluster, World, crashing, killed, node, pod
from support.frontdesk.fault_plan import Killed

OWNERS = ("web", "api", "db")
SPANS = st.sampled_from([timedelta(seconds=each) for each in (1, 13, 59, 61, 240, 601)])
FAULTS = st.lists(
    st.sampled_from(["", "", "busy", "refused", "lost", "silent after", "conflict", "killed before", "killed after"]),
    min_size=1,
    max_size=6,
)


class Alerts(RuleBasedStateMachine):
    """Three Deployments with a pod each and a node, in a cluster in which all can go wrong."""

    def __init__(self) -> None:
        super().__init__()
        self.cluster = Cluster()
        self.world = self.cluster.world
        self.cluster.look(node(), *(self._pod(owner) for owner in OWNERS))
        self.world.time += timedelta(minutes=1)

    def _pod(self, owner: str):  # type: ignore[no-untyped-def]
        return pod(f"{owner}-1", owner=owner)

    @rule(owner=st.sampled_from(OWNERS), restarts=st.sampled_from([1, 3, 4, 5, 11, 30]))
    def it_crashes(self, owner: str, restarts: int) -> None:
        self.world.has(crashing(f"{owner}-1", restarts, owner=owner))

    @rule(owner=st.sampled_from(OWNERS))
    def it_is_killed(self, owner: str) -> None:
        self.world.has(killed(f"{owner}-1", at=self.world.time, owner=owner))

    @rule(owner=st.sampled_from(OWNERS))
    def it_runs(self, owner: str) -> None:
        self.world.has(self._pod(owner))

    @rule(owner=st.sampled_from(OWNERS))
    def it_is_deleted(self, owner: str) -> None:
        self.world.pods.pop(("team-a", f"{owner}-1"), None)

    @rule(ready=st.sampled_from(["True", "False", "Unknown"]))
    def the_node_changes(self, ready: str) -> None:
        before = self.world.nodes.get("node-1")
        if before is None or before.ready != ready:
            self.world.has(node(ready, since=self.world.time))

    @rule()
    def the_node_is_deleted(self) -> None:
        self.world.nodes.pop("node-1", None)

    @rule(span=SPANS)
    def time_passes(self, span: timedelta) -> None:
        self.cluster.look(after=span)

    @rule()
    def it_is_restarted(self) -> None:
        self.cluster.restart()

    @rule(faults=FAULTS)
    def a_look_in_which_things_go_wrong(self, faults: list[str]) -> None:
        self.world.faults = faults
        try:
            self.cluster.look()
        except Killed:
            self.cluster.restart()
        self.world.faults = []

    @rule()
    def it_comes_to_rest(self) -> None:
        """Nothing is forgotten: when nothing changes for a while, people see what is so."""
        for number in range(26):
            if number == 12:
                self.cluster.restart()  # what Slack refused is not tried again for ten minutes
            self.cluster.look(after=timedelta(minutes=1))
        lost = any(one.ready != "True" for one in self.world.nodes.values())
        wanted = {("node-not-ready", "node-1")} if lost else set()
        seen = self._open()
        for owner in OWNERS:
            one = self.world.pods.get(("team-a", f"{owner}-1"))
            hidden = one is not None and one.node in self.world.nodes and lost
            ill = one is not None and any(c.waiting and c.restarts >= 3 for c in one.containers)
            for kind in ("crash-loop", "oom-killed"):
                about = (kind, f"Deployment/{owner}")
                if hidden or (one is not None and not one.ready and (kind == "oom-killed" or not ill)):
                    seen.pop(about, None)  # nothing is known of it
                elif kind == "crash-loop" and ill:
                    wanted.add(about)
        assert dict(seen) == dict.fromkeys(wanted, 1)
        assert all(one.ts for one in self.world.book().incidents.values() if one.said_at)

    @invariant()
    def nothing_is_posted_twice(self) -> None:
        assert all(count == 1 for count in self.world.posted.values()), self.world.posted

    @invariant()
    def there_is_at_most_one_open_message_of_an_incident(self) -> None:
        assert all(count == 1 for count in self._open().values()), self.world.shown()

    @invariant()
    def log_lines_stand_under_the_message_that_they_belong_to(self) -> None:
        tops = {one.ts for one in self.world.alerts}
        assert all(one.under in tops for one in self.world.messages if one.under)

    def _open(self) -> Counter[tuple[str, str]]:
        messages = (one.said.message for one in self.world.open)
        return Counter((one.incident.kind, one.incident.name) for one in messages if isinstance(one, Alert))


Alerts.TestCase.settings = examples(15, stateful_step_count=12)
test_alerts_exactly_once = Alerts.TestCase


def test_two_clusters_that_tell_one_channel_keep_their_messages_apart() -> None:
    """I3: the same names, the same second, and both are killed between a message and what is remembered of it."""
    eu = Cluster()
    us = Cluster(World(name="us", messages=eu.world.messages))
    for cluster in (eu, us):
        cluster.look(pod(), after=timedelta(seconds=1))
        cluster.world.faults = ["", "", "killed before"]
        with suppress(Killed):
            cluster.look(crashing())
        cluster.restart()
        cluster.world.faults = []
    assert len(eu.world.alerts) == 2
    for cluster in (eu, us):
        cluster.look(after=timedelta(seconds=15))
    us.look(pod(), after=timedelta(minutes=1))
    us.look(after=timedelta(minutes=11))
    assert [(one.key.partition("/")[0], one.is_over) for one in eu.world.alerts] == [("eu", False), ("us", True)]
    assert set((eu.world.posted + us.world.posted).values()) == {1}


def test_a_frontdesk_that_is_killed_at_each_of_its_steps_tells_everything_once() -> None:
    """I3: also between what is remembered and what is posted, before the one or the other."""
    for step in range(12):
        for how in ("killed before", "killed after"):
            cluster = Cluster()
            cluster.look(node("False", since=NOW - timedelta(hours=1)))
            cluster.world.faults = [""] * step + [how]
            try:
                cluster.look(crashing(), node())
            except Killed:
                cluster.restart()
            cluster.world.faults = []
            for _ in range(3):
                cluster.look(after=timedelta(seconds=15))
            assert [one for one in cluster.world.shown() if "crash-loop" in one] == [
                "open: crash-loop team-a/Deployment/web/main"
            ]
            assert set(cluster.world.posted.values()) == {1}
            assert len([one for one in cluster.world.messages if one.under]) == 1
