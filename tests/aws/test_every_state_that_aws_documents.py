"""W13: each word of AWS's for a state, with its meaning; and each of EC2's reasons for one (W14).

The lists are those of AWS's documentation, written down here once more: "Viewing Amazon RDS DB instance status" (RDS User
Guide), "Viewing DB cluster status" and "Viewing DB instance status in an Aurora cluster" (Aurora User Guide), "InstanceState"
and "StateReason" (Amazon EC2 API Reference).
"""

from typing import Any

import botocore.session
import pytest

from sundown.aws.describing import cluster_parts, ec2_parts, rds_parts
from sundown.aws.state_reasons import failed_start, told
from sundown.model.cloud import CloudPart
from support.aws.described import HERE, cluster, clusters, database, databases, instance, instances, knowing

CONTEXT = knowing()
DATABASES = {
    "running": "available",
    "starting": "creating rebooting starting",
    "stopping": "stopping",
    "stopped": "stopped",
    "busy": """backing-up configuring-enhanced-monitoring configuring-iam-database-auth configuring-log-exports
        converting-to-vpc maintenance modifying moving-to-vpc renaming resetting-master-credentials storage-config-upgrade
        storage-initialization storage-optimization upgrading backtracking""",
    "broken": """failed inaccessible-encryption-credentials inaccessible-encryption-credentials-recoverable
        incompatible-create incompatible-network incompatible-option-group incompatible-parameters incompatible-restore
        insufficient-capacity restore-error storage-full unsupported-configuration""",
    "": "delete-precheck deleting",
}
CLUSTERS = {
    "running": "available",
    "starting": "creating migrating preparing-data-migration starting",
    "stopping": "stopping",
    "stopped": "stopped",
    "busy": """backing-up backtracking failing-over maintenance modifying promoting renaming resetting-master-credentials
        storage-optimization update-iam-db-auth upgrading""",
    "broken": """cloning-failed inaccessible-encryption-credentials inaccessible-encryption-credentials-recoverable
        migration-failed""",
    "": "deleting",
}
BROKEN = sorted({*DATABASES["broken"].split(), *CLUSTERS["broken"].split()})
FAILED_STARTS = {
    "Client.InternalError",
    "Client.InvalidSnapshot.NotFound",
    "Client.VolumeLimitExceeded",
    "Server.InsufficientInstanceCapacity",
    "Server.InternalError",
    "Server.SpotInstanceShutdown",
    "Server.SpotInstanceTermination",
}
ORDINARY_STOPS = {
    "Client.InstanceInitiatedShutdown",
    "Client.InstanceTerminated",
    "Client.UserInitiatedHibernate",
    "Client.UserInitiatedShutdown",
    "Server.ScheduledStop",
}


def words(table: dict[str, str]) -> list[Any]:
    return [pytest.param(word, state, id=word) for state, all_ in table.items() for word in all_.split()]


def only(parts: list[CloudPart]) -> CloudPart | None:
    return parts[0] if parts else None


@pytest.mark.parametrize(("word", "state"), words(DATABASES))
def test_a_database(word: str, state: str) -> None:
    """W13"""
    part = only(rds_parts(databases(database(phase=word)), HERE, CONTEXT))
    assert (part.state if part is not None else "") == state


@pytest.mark.parametrize(("word", "state"), words(CLUSTERS))
def test_a_cluster(word: str, state: str) -> None:
    """W13"""
    part = only(cluster_parts(clusters(cluster(phase=word)), HERE, CONTEXT))
    assert (part.state if part is not None else "") == state


def test_every_state_of_an_instance_is_known() -> None:
    """W13: as many as boto3 knows."""
    names = botocore.session.get_session().get_service_model("ec2").shape_for("InstanceStateName").enum
    found = {name: only(ec2_parts(instances(instance(phase=name)), HERE, CONTEXT)) for name in names}
    assert {name: part.state if part is not None else "" for name, part in found.items()} == {
        "pending": "starting",
        "running": "running",
        "stopping": "stopping",
        "stopped": "stopped",
        "shutting-down": "",
        "terminated": "",
    }


@pytest.mark.parametrize("word", BROKEN)
def test_what_is_broken_says_so_in_aws_own_word_and_what_helps(word: str) -> None:
    """W13"""
    part = only(rds_parts(databases(database(phase=word)), HERE, CONTEXT))
    assert part is not None
    said, means, helps = part.trouble.partition(": ")[0], *part.trouble.partition(": ")[2].split("; ", 1)
    assert said == f"AWS says {word}"
    assert min(len(means), len(helps)) > 10


@pytest.mark.parametrize("word", ["available", "stopped", "backing-up", "starting"])
def test_of_what_is_not_broken_nothing_is_said(word: str) -> None:
    part = only(rds_parts(databases(database(phase=word)), HERE, CONTEXT))
    assert part is not None
    assert part.trouble == ""


@pytest.mark.parametrize("word", ["incompatible-something-new", "hibernating", ""])
def test_a_word_that_nobody_knows_is_said_and_not_taken_for_busy(word: str) -> None:
    """W13"""
    for part in (
        only(rds_parts(databases(database(phase=word)), HERE, CONTEXT)),
        only(cluster_parts(clusters(cluster(phase=word)), HERE, CONTEXT)),
        only(ec2_parts(instances(instance(phase=word)), HERE, CONTEXT)),
    ):
        assert part is not None
        assert part.state == "unknown"
        assert f'AWS says "{word}", which Sundown does not know' in part.trouble


def documented() -> set[str]:
    """The codes that AWS's own description of a StateReason lists."""
    message = botocore.session.get_session().get_service_model("ec2").shape_for("StateReason").members["Message"]
    parts = message.documentation.replace("<code>", "\0").replace("</code>", "\0").split("\0")
    return {part for part in parts if part.startswith(("Client.", "Server."))}


def test_every_reason_that_aws_documents_stands_in_the_table() -> None:
    """W14"""
    assert documented() == FAILED_STARTS | ORDINARY_STOPS


@pytest.mark.parametrize("code", sorted(FAILED_STARTS | ORDINARY_STOPS))
def test_a_reason_has_a_meaning_and_something_that_helps(code: str) -> None:
    """W14"""
    text = told({"Code": code, "Message": f"{code}: said so"})
    assert text.startswith(f"{code}: ")
    assert len(text.partition("; ")[2]) > 10


@pytest.mark.parametrize("code", sorted(FAILED_STARTS))
def test_a_stopped_instance_that_could_not_start_says_why(code: str) -> None:
    """W14"""
    raw = instance(phase="stopped", StateReason={"Code": code, "Message": "no"})
    part = only(ec2_parts(instances(raw), HERE, CONTEXT))
    assert part is not None
    assert part.trouble.startswith(f"{code}: ")


@pytest.mark.parametrize("code", sorted(ORDINARY_STOPS))
def test_one_that_was_stopped_in_an_ordinary_way_is_in_no_trouble(code: str) -> None:
    """W14"""
    raw = instance(phase="stopped", StateReason={"Code": code, "Message": "no"})
    part = only(ec2_parts(instances(raw), HERE, CONTEXT))
    assert part is not None
    assert (part.trouble, part.reason.partition(":")[0]) == ("", code)


def test_a_reason_that_nobody_knows_is_told_as_aws_tells_it() -> None:
    """W14"""
    assert failed_start({"Code": "Client.NewKind", "Message": "Client.NewKind: The  moon is\nfull."}) == (
        "Client.NewKind: The moon is full"
    )
    assert failed_start({"Code": "", "Message": ""}) == ""
    assert failed_start({}) == ""
