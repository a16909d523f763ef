"""Many alerts at once are one message, and what is remembered of them has an end (I3, J6)."""

from dataclasses import replace
from datetime import timedelta

from sundown.frontdesk.incidents.incident import MOST_OPEN
from sundown.frontdesk.incidents.telling import Summary
from support.frontdesk.alert_world import Cluster, crashing, node, pod
from support.frontdesk.alert_world import Posted as Message

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def apart(*numbers: int, ready: bool = False):  # type: ignore[no-untyped-def]
    """Pods of so many Deployments, of which each crashes, or runs."""
    for number in numbers:
        name, owner, space = f"app{number}-1", f"app{number}", f"team-{number % 20}"
        made = pod if ready else crashing
        yield made(name, owner=owner, namespace=space)


def digests(cluster: Cluster) -> list[Message]:
    return [one for one in cluster.world.alerts if isinstance(one.said.message, Summary)]


def test_ten_are_told_each_and_eleven_as_one() -> None:
    few, many = Cluster(), Cluster()
    few.look(*apart(*range(10)))
    assert len(few.world.alerts) == 10
    many.look(*apart(*range(11)))
    assert many.world.shown() == ["open: 11 crash-loop and 0 more"]


def test_what_comes_one_after_the_other_within_a_minute_is_too_much_too() -> None:
    cluster = Cluster()
    for number in range(30):
        cluster.look(*apart(number))
    cluster.look(after=10 * SECOND)
    assert len(cluster.world.alerts) == 11
    assert cluster.world.shown()[-1] == "open: 20 crash-loop and 0 more"


def test_after_a_quiet_minute_each_is_told_by_itself_again() -> None:
    cluster = Cluster()
    cluster.look(*apart(*range(20)))
    cluster.look(*apart(20), after=2 * MINUTE)
    assert len(cluster.world.alerts) == 2


def test_a_thousand_are_one_message_and_what_is_remembered_fits_into_a_config_map() -> None:
    """A thousand pods that crash at once."""
    cluster = Cluster()
    cluster.look(*apart(*range(1000)))
    assert cluster.world.shown() == ["open: 500 crash-loop and 500 more"]
    assert len(cluster.world.book().incidents) == MOST_OPEN
    assert len(cluster.world.stored) < 700_000


def test_the_longest_names_fit_too() -> None:
    """J6: what tenants write, at its longest, as the readers of the cluster leave it."""
    cluster = Cluster()
    pods = [crashing(f"{n:03}{'p' * 250}", owner_kind="K" * 63, owner=f"{n:03}" + '"' * 117) for n in range(600)]
    cluster.look(*(replace(one, namespace="n" * 63, node="x" * 253) for one in pods))
    assert len(cluster.world.book().incidents) == MOST_OPEN
    assert len(cluster.world.stored.encode()) < 1_000_000


def test_a_digest_is_over_when_all_of_it_is_and_what_had_no_room_is_told_then() -> None:
    """I3"""
    cluster = Cluster()
    cluster.look(*apart(*range(600)))
    cluster.look(*apart(*range(599), ready=True))
    cluster.look(after=11 * MINUTE)
    cluster.look(after=MINUTE)
    assert [one.is_over for one in digests(cluster)] == [True]
    assert cluster.world.shown()[1:] == ["open: crash-loop team-19/Deployment/app599/main"]
    cluster.look(*apart(599, ready=True))
    cluster.look(after=11 * MINUTE)
    assert cluster.world.open == []
    assert cluster.world.book().incidents == {}
    assert cluster.world.book().digests == {}


def test_a_digest_survives_a_restart_and_is_posted_once() -> None:
    cluster = Cluster()
    cluster.look(*apart(*range(40)))
    cluster.restart()
    cluster.look(*apart(*range(40, 50)), after=10 * SECOND)
    cluster.look(after=10 * SECOND)
    assert cluster.world.shown() == ["open: 50 crash-loop and 0 more"]
    assert list(cluster.world.posted.values()) == [1]


def test_a_digest_is_written_again_at_most_every_five_seconds() -> None:
    cluster = Cluster()
    cluster.look(*apart(*range(20)))
    shown = {cluster.world.alerts[0].said.message.shown}
    for number in range(20, 60):
        cluster.look(*apart(number), after=SECOND / 4)
        shown.add(cluster.world.alerts[0].said.message.shown)
    assert len(shown) <= 4


def test_a_node_with_a_thousand_pods_that_is_lost_is_one_message() -> None:
    """Inhibition: its pods are not told."""
    cluster = Cluster()
    cluster.look(node(), *apart(*range(100), ready=True))
    cluster.look(node("Unknown", since=cluster.world.time), *apart(*range(100)), after=MINUTE)
    cluster.look(after=2 * MINUTE)
    assert cluster.world.shown() == ["open: node-not-ready /node-1/"]
