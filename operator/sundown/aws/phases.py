"""AWS's words for the state of an instance, a database or a database cluster, and what each means: one table.

"Amazon EC2 instance state changes" (EC2 User Guide); "Viewing Amazon RDS DB instance status" (RDS User Guide) and "Working
with RDS Custom" for ``unsupported-configuration``; "Viewing DB cluster status" and "Viewing DB instance status in an Aurora
cluster" (Aurora User Guide). A word that stands in none of them is said, and nothing is done with what it is about.
"""

from __future__ import annotations

from dataclasses import dataclass

from sundown.model.cloud import CloudKind, CloudState


@dataclass(frozen=True, slots=True)
class Phase:
    """What one word means; ``state`` is None for what is gone, or going for good.

    Of what is broken ``means`` says in a few words what is wrong, and ``helps`` what a person can do.
    """

    state: CloudState | None
    means: str = ""
    helps: str = ""


_STARTING, _RUNNING, _STOPPING, _STOPPED = Phase("starting"), Phase("running"), Phase("stopping"), Phase("stopped")
_BUSY, _GONE, _UNKNOWN = Phase("busy"), Phase(None), Phase("unknown")

_INSTANCES: dict[str, Phase] = {
    "pending": _STARTING,
    "running": _RUNNING,
    "stopping": _STOPPING,
    "stopped": _STOPPED,
    "shutting-down": _GONE,
    "terminated": _GONE,
}

_KEY_LOST = Phase(
    "broken",
    "its KMS key cannot be used any more",
    "have the owner of the key give it back; what AWS cannot recover has to be restored from a backup",
)
_KEY_AWAY = Phase(
    "broken",
    "its KMS key cannot be used at the moment",
    "enable the key and allow its use again, then start it; after seven days it cannot be recovered any more",
)

_DATABASES: dict[str, Phase] = {
    "available": _RUNNING,
    "creating": _STARTING,
    "migrating": _STARTING,
    "preparing-data-migration": _STARTING,
    "rebooting": _STARTING,
    "starting": _STARTING,
    "stopped": _STOPPED,
    "stopping": _STOPPING,
    "delete-precheck": _GONE,
    "deleting": _GONE,
    "backing-up": _BUSY,
    "backtracking": _BUSY,
    "configuring-enhanced-monitoring": _BUSY,
    "configuring-iam-database-auth": _BUSY,
    "configuring-log-exports": _BUSY,
    "converting-to-vpc": _BUSY,
    "failing-over": _BUSY,
    "maintenance": _BUSY,
    "modifying": _BUSY,
    "moving-to-vpc": _BUSY,
    "promoting": _BUSY,
    "renaming": _BUSY,
    "resetting-master-credentials": _BUSY,
    "storage-config-upgrade": _BUSY,
    "storage-initialization": _BUSY,
    "storage-optimization": _BUSY,
    "update-iam-db-auth": _BUSY,
    "upgrading": _BUSY,
    "cloning-failed": Phase("broken", "it could not be cloned", "delete it, and clone it again"),
    "failed": Phase("broken", "AWS cannot recover it", "restore it to a point in time, or from a snapshot"),
    "inaccessible-encryption-credentials": _KEY_LOST,
    "inaccessible-encryption-credentials-recoverable": _KEY_AWAY,
    "incompatible-create": Phase(
        "broken",
        "what it needs does not fit together, so AWS cannot make it",
        "see its recent events in RDS, mend what they name, and make it again",
    ),
    "incompatible-network": Phase(
        "broken",
        "its VPC does not let AWS bring it up, often for want of a free address or of a subnet",
        "mend the subnet group and free addresses (AWS's runbook AWSSupport-ValidateRdsNetworkConfiguration finds what is "
        "wrong), then start it, or restore it from a snapshot",
    ),
    "incompatible-option-group": Phase(
        "broken",
        "its option group does not fit, and AWS cannot go back to the one before",
        "see its recent events in RDS, and give it an option group that fits",
    ),
    "incompatible-parameters": Phase(
        "broken",
        "it cannot start with its parameters",
        "put the parameter group right, or reset it, then reboot the database",
    ),
    "incompatible-restore": Phase(
        "broken",
        "AWS cannot restore it to that point in time",
        "delete it, and restore it to another point in time, or from a snapshot",
    ),
    "insufficient-capacity": Phase(
        "broken",
        "AWS had no room for it when it was made",
        "delete it, and make it again later, in another zone or of another class",
    ),
    "migration-failed": Phase("broken", "it could not be migrated", "delete it, and restore the snapshot again"),
    "restore-error": Phase(
        "broken", "it could not be restored", "see its recent events in RDS, delete it, and restore it again"
    ),
    "storage-full": Phase(
        "broken",
        "its storage is full, so that nothing can be written",
        "give it more storage; then it can be stopped again",
    ),
    "unsupported-configuration": Phase(
        "broken",
        "it was changed so that RDS Custom does not support it any more",
        "see its recent events in RDS, and take the change back",
    ),
}


def phase_of(kind: CloudKind, word: str) -> Phase:
    """What a word means for something of a kind."""
    table = _INSTANCES if kind == "EC2Instance" else _DATABASES
    return table.get(word.strip().lower(), _UNKNOWN)


def trouble_of(phase: Phase, word: str) -> str:
    """What to tell a person of one that is broken, or whose state nobody knows; nothing of any other."""
    if phase.state == "broken":
        return f"AWS says {word}: {phase.means}; {phase.helps}"
    if phase.state == "unknown":
        return f'AWS says "{word}", which Sundown does not know: it is left alone until AWS says something else'
    return ""
