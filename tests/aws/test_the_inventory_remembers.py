"""The inventory: by env and ARN, newer knowledge before older, and only those told whom a change concerns."""

from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from sundown.aws.account_regions import Place
from sundown.aws.discovery import KINDS, Listing
from sundown.aws.errors import CloudDenied, CloudError, CloudThrottled, CloudUnreachable
from sundown.aws.inventory import Inventory, Surroundings
from sundown.aws.settings import AwsSettings
from sundown.model.cloud import CloudKind, CloudPart
from sundown.model.cloud_refusal import Cause, Refusal
from support.aws.parts import FRANKFURT, IRELAND, Told, database, part

ENVS = frozenset({"dev1", "dev2", "qa"})


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def inventory(told: Told) -> Inventory:
    surroundings = Surroundings(cluster_name="default", known=ENVS.__contains__, changed=told)
    return Inventory(AwsSettings(regions=("eu-central-1", "eu-west-1")), (FRANKFURT, IRELAND), surroundings)


def look(inventory: Inventory, *parts: CloudPart, place: Place = FRANKFURT, **failures: CloudError) -> None:
    """A look at a place that brings these, and that failed for these kinds."""
    failed: dict[CloudKind, CloudError] = {kind: failures[kind] for kind in KINDS if kind in failures}
    inventory.take(place, Listing(parts=list(parts), failures=failed), begun=inventory.begin())


def test_each_env_has_its_own_parts(inventory: Inventory, told: Told) -> None:
    look(inventory, part("i-2"), part("i-1"), database(), part("i-3", "dev2"))
    assert [one.identifier for one in inventory.of("dev1")] == ["i-1", "i-2", "db"]
    assert [one.identifier for one in inventory.of("dev2")] == ["i-3"]
    assert inventory.of("qa") == ()
    assert told.since() == ["dev1", "dev2"]


def test_only_envs_whose_parts_are_different_are_told(inventory: Inventory, told: Told) -> None:
    look(inventory, part("i-1"), part("i-2", "dev2"))
    told.since()
    look(inventory, part("i-1"), part("i-2", "dev2"))
    assert told.since() == []
    look(inventory, part("i-1", state="stopping"), part("i-2", "dev2"))
    assert told.since() == ["dev1"]


def test_what_a_look_does_not_find_any_more_is_gone(inventory: Inventory, told: Told) -> None:
    look(inventory, part("i-1"), part("i-2", "dev2"))
    told.since()
    look(inventory, part("i-1"))
    assert inventory.of("dev2") == ()
    assert told.since() == ["dev2"]


def test_a_look_at_one_place_leaves_the_others_alone(inventory: Inventory) -> None:
    look(inventory, part("i-1"))
    look(inventory, part("i-2", region="eu-west-1"), place=IRELAND)
    look(inventory)
    assert [one.identifier for one in inventory.of("dev1")] == ["i-2"]


def test_a_part_that_is_tagged_for_another_env_moves_and_both_are_told(inventory: Inventory, told: Told) -> None:
    look(inventory, part("i-1"))
    told.since()
    look(inventory, part("i-1", "dev2"))
    assert inventory.of("dev1") == ()
    assert len(inventory.of("dev2")) == 1
    assert told.since() == ["dev1", "dev2"]


def test_a_part_that_two_envs_claim_is_shown_in_both(inventory: Inventory, told: Told) -> None:
    look(
        inventory,
        part("i-1", "dev1,dev2", refused=Refusal(Cause.TOLD, "its namespace tag names several envs (dev1, dev2)")),
    )
    assert [one.refused for one in inventory.of("dev1")] == [one.refused for one in inventory.of("dev2")]
    assert told.since() == ["dev1", "dev2"]
    assert "several envs" in inventory.problems[0].text


def test_what_was_described_since_a_look_began_counts_more_than_what_it_brings(inventory: Inventory) -> None:
    look(inventory, part("i-1"), part("i-2"))
    begun = inventory.begin()
    inventory.put([part("i-1", state="stopping", record="running")])
    inventory.drop([part("i-2").arn])
    inventory.put([part("i-3")])
    inventory.take(FRANKFURT, Listing(parts=[part("i-1"), part("i-2")]), begun=begun)
    assert [(one.identifier, one.state) for one in inventory.of("dev1")] == [("i-1", "stopping"), ("i-3", "running")]


def test_a_look_that_began_later_counts_more_than_what_was_described_before(inventory: Inventory) -> None:
    inventory.put([part("i-1", state="stopping")])
    look(inventory, part("i-1", state="stopped"))
    assert inventory.of("dev1")[0].state == "stopped"


def test_what_nobody_wants_to_sleep_any_more_is_kept_as_long_as_it_has_to_be_woken(inventory: Inventory) -> None:
    look(inventory, part("i-1", enabled=False, record="running"), part("i-2", enabled=False))
    assert [one.identifier for one in inventory.of("dev1")] == ["i-1"]
    inventory.put([part("i-1", enabled=False)])
    assert inventory.of("dev1") == ()


def test_a_kind_that_cannot_be_looked_at_is_kept_and_marked_and_the_others_are_not(inventory: Inventory) -> None:
    look(inventory, part("i-1"), database())
    look(inventory, part("i-1", state="stopped"), RDSInstance=CloudDenied("not allowed", code="AccessDenied"))
    instance, base = inventory.of("dev1")
    assert (instance.state, instance.unreachable) == ("stopped", "")
    assert (base.state, base.unreachable) == ("running", "not allowed")
    look(inventory, part("i-1", state="stopped"), database())
    assert inventory.of("dev1")[1].unreachable == ""


def test_a_place_that_stays_down_is_said_once_and_told_once(inventory: Inventory, told: Told) -> None:
    look(inventory, part("i-1"))
    told.since()
    with capture_logs() as logs:
        for attempt in range(3):
            down = CloudUnreachable(f"no answer to request {attempt}")
            look(inventory, EC2Instance=down, RDSInstance=down, AuroraCluster=down)
    assert [log["event"] for log in logs] == ["cloud-unreachable"] * 3  # one for each kind
    assert told.since() == ["dev1"]
    assert inventory.of("dev1")[0].unreachable == "no answer to request 0"


def test_a_place_that_has_been_asked_too_much_is_not_taken_for_unreachable(inventory: Inventory) -> None:
    look(inventory, part("i-1"))
    look(inventory, EC2Instance=CloudThrottled("slow down", code="RequestLimitExceeded"))
    assert [(one.identifier, one.unreachable) for one in inventory.of("dev1")] == [("i-1", "")]


def test_another_reason_is_said_again_and_the_end_of_it_too(inventory: Inventory) -> None:
    look(inventory, EC2Instance=CloudUnreachable("no answer"))
    with capture_logs() as logs:
        look(inventory, EC2Instance=CloudDenied("expired", code="ExpiredToken"))
        look(inventory)
        look(inventory)
    assert [log["event"] for log in logs] == ["cloud-unreachable", "cloud-reachable-again"]


def test_what_a_watcher_describes_is_reachable_again(inventory: Inventory) -> None:
    look(inventory, part("i-1"))
    look(inventory, EC2Instance=CloudUnreachable("no answer"))
    inventory.put([part("i-1")])
    assert inventory.of("dev1")[0].unreachable == ""


def test_a_part_without_a_namespace_tag_is_warned_about_once_and_belongs_to_nobody(
    inventory: Inventory, told: Told
) -> None:
    """E3."""
    with capture_logs() as logs:
        look(inventory, part("i-1", ""))
        look(inventory, part("i-1", ""))
    warned = [log["part"] for log in logs if log["log_level"] == "warning"]
    assert warned == ["EC2Instance/i-1"]
    assert told.since() == []
    assert "no namespace tag" in str(inventory.problems[0])


@pytest.mark.parametrize("name", ["dev.1", "dev_1", "-"])
def test_a_namespace_tag_that_can_be_no_name_is_a_problem(inventory: Inventory, name: str) -> None:
    look(inventory, part("i-1", name))
    assert "cannot be the name of a namespace" in inventory.problems[0].text


def test_a_namespace_that_does_not_exist_is_a_problem_until_it_exists(told: Told) -> None:
    envs = set(ENVS)
    surroundings = Surroundings(cluster_name="default", known=envs.__contains__, changed=told)
    inventory = Inventory(AwsSettings(regions=("eu-central-1",)), (FRANKFURT,), surroundings)
    look(inventory, part("i-1", "dev3"))
    assert "there is no namespace dev3" in inventory.problems[0].text
    envs.add("dev3")
    assert inventory.problems == ()


def test_what_was_stopped_for_an_env_that_is_gone_is_a_problem(inventory: Inventory) -> None:
    look(inventory, part("i-1", "old", state="stopped", record="running", holder="default/old"))
    assert "stopped for the env old, which is gone" in inventory.problems[0].text


def test_a_part_that_turns_out_to_be_protected_is_refused_and_its_env_told(inventory: Inventory, told: Told) -> None:
    look(inventory, part("i-1"))
    told.since()
    inventory.protect(part("i-1").arn, protected=True)
    assert "disableApiStop" in str(inventory.of("dev1")[0].refused)
    assert told.since() == ["dev1"]
    inventory.protect(part("i-1").arn, protected=False)
    assert inventory.of("dev1")[0].refused is None


def test_one_that_sundown_has_stopped_is_not_refused_because_it_was_protected_meanwhile(inventory: Inventory) -> None:
    asleep = part("i-1", state="stopped", record="running", holder="default/dev1")
    look(inventory, asleep)
    inventory.protect(asleep.arn, protected=True)
    assert inventory.of("dev1")[0].refused is None


def test_what_was_known_before_a_restart_is_known_at_once(inventory: Inventory, told: Told) -> None:
    elsewhere = part("i-9", region="us-east-1")
    inventory.remember([part("i-1", state="stopped", record="running"), elsewhere])
    assert [one.identifier for one in inventory.of("dev1")] == ["i-1"]
    assert told.since() == ["dev1"]
    look(inventory)
    assert inventory.of("dev1") == ()


def test_what_was_known_before_a_restart_counts_for_less_until_it_is_seen(inventory: Inventory, told: Told) -> None:
    """A16: its env is told, though all is as it was."""
    inventory.remember([part("i-1")])
    assert [one.recalled for one in inventory.of("dev1")] == [True]
    look(inventory, EC2Instance=CloudThrottled("slow down"))
    assert [one.recalled for one in inventory.of("dev1")] == [True]
    told.since()
    look(inventory, part("i-1"))
    assert [one.recalled for one in inventory.of("dev1")] == [False]
    assert told.since() == ["dev1"]


def test_what_was_remembered_of_another_cluster_is_not_taken_for_ours(inventory: Inventory) -> None:
    inventory.remember([part("i-1", state="stopped", record="running", holder="other/dev1")])
    assert "stopped by other/dev1" in str(inventory.of("dev1")[0].refused)


def test_only_what_has_changed_is_to_be_saved(inventory: Inventory) -> None:
    look(inventory, part("i-1"), part("i-2"))
    parts, gone = inventory.unsaved()
    assert (len(parts), gone) == (2, [])
    look(inventory, part("i-1", state="stopping"))
    parts, gone = inventory.unsaved()
    assert [one.identifier for one in parts] == ["i-1"]
    assert gone == [part("i-2").arn]
    assert inventory.unsaved() == ([], [])


def test_an_inventory_tells_of_equal_parts_nothing(inventory: Inventory, told: Told) -> None:
    inventory.put([part("i-1")])
    told.since()
    inventory.put([replace(part("i-1"))])
    assert told.since() == []
