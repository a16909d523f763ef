"""What AWS refuses and moto does not, or not as a whole: checked before a call is let through, so nothing is half done.

Rules: "Stop and start Amazon EC2 instances", "Stop and start Spot Instances", StopInstances and StartInstances in EC2's API
reference; "Stopping an Amazon RDS DB instance temporarily", "Stopping an Amazon Aurora DB cluster temporarily".
"""

from collections.abc import Callable, Mapping

from sundown_lab.aws import things
from sundown_lab.aws.answers import Refusal
from sundown_lab.aws.asked import Asked
from sundown_lab.aws.things import Thing

STOPPABLE = {"running", "stopping", "stopped"}
STARTABLE = {"stopped", "pending", "running"}


def refusal(call: Asked) -> Refusal | None:
    """Why AWS would not do it, or None: it would, or moto itself says why not."""
    rule = RULES.get((call.service, call.operation))
    return rule(call) if rule is not None else None


def _stop_instances(call: Asked) -> Refusal | None:
    return _each(call, _stop_instance)


def _start_instances(call: Asked) -> Refusal | None:
    return _each(call, _start_instance)


def _create_tags(call: Asked) -> Refusal | None:
    return _each(call, lambda _: None, field="ResourceId")


def _each(call: Asked, rule: Callable[[Thing], Refusal | None], *, field: str = "InstanceId") -> Refusal | None:
    wanted = [name for name in call.listed(field) if name.startswith("i-")]
    known = things.instances(call.account, call.region, frozenset(wanted))
    missing = [name for name in wanted if name not in known]
    if missing:
        several = len(missing) > 1
        said = f"The instance ID{'s' if several else ''} '{', '.join(missing)}' do{'' if several else 'es'} not exist"
        return Refusal("InvalidInstanceID.NotFound", said)
    return next((no for name in wanted if (no := rule(known[name])) is not None), None)


def _stop_instance(thing: Thing) -> Refusal | None:
    name, instance = thing.name, thing.it
    if thing.phase not in STOPPABLE:
        return _wrong_state(name, "stopped")
    if instance.disable_api_stop:
        modify = "Modify its 'disableApiStop' instance attribute and try again."
        return Refusal("OperationNotPermitted", f"The instance '{name}' may not be stopped. {modify}")
    if instance.lifecycle == "spot":
        because = "because it is associated with a one-time Spot Instance request."
        return Refusal("UnsupportedOperation", f"You can't stop the Spot Instance '{name}' {because}")
    if instance.root_device_type == "instance-store":
        why = "does not have an 'ebs' root device type and cannot be stopped"
        return Refusal("UnsupportedOperation", f"The instance '{name}' {why}")
    return None


def _start_instance(thing: Thing) -> Refusal | None:
    return None if thing.phase in STARTABLE else _wrong_state(thing.name, "started")


def _wrong_state(name: str, what: str) -> Refusal:
    why = f"The instance '{name}' is not in a state from which it can be {what}."
    return Refusal("IncorrectInstanceState", why)


def _stop_database(call: Asked) -> Refusal | None:
    thing = things.databases(call.account, call.region).get(call.said("DBInstanceIdentifier"))
    if thing is None:
        return None
    why = _unfit(thing)
    if why is None and thing.phase != "available":
        return Refusal("InvalidDBInstanceState", f"Instance {thing.name} is not in available state.")
    return why


def _unfit(thing: Thing) -> Refusal | None:
    database = thing.it
    engine = str(database.engine).lower()
    if _is_member(database):
        return Refusal(
            "InvalidParameterCombination", f"{engine} DB instances are not eligible for stopping or starting."
        )
    if database.is_replica:
        return Refusal("InvalidDBInstanceState", f"Cannot stop or start a read replica instance: {thing.name}")
    if database.read_replica_db_instance_identifiers:
        why = "Cannot stop or start a database that has read replicas"
        return Refusal("InvalidDBInstanceState", f"{why}: {thing.name}")
    if database.multi_az and engine.startswith("sqlserver"):
        why = "Cannot stop or start a SQL Server Multi-AZ DB instance"
        return Refusal("InvalidParameterCombination", f"{why}: {thing.name}")
    return None


def _start_database(call: Asked) -> Refusal | None:
    thing = things.databases(call.account, call.region).get(call.said("DBInstanceIdentifier"))
    if thing is None:
        return None
    if _is_member(thing.it):
        why = f"{thing.it.engine} DB instances are not eligible for stopping or starting."
        return Refusal("InvalidParameterCombination", why)
    if thing.phase != "stopped":
        why = f"Instance {thing.name} is not stopped, it cannot be started."
        return Refusal("InvalidDBInstanceState", why)
    return None


def _is_member(database: object) -> bool:
    return bool(getattr(database, "db_cluster_identifier", None))


def _stop_cluster(call: Asked) -> Refusal | None:
    return _cluster_is(call, "available")


def _start_cluster(call: Asked) -> Refusal | None:
    return _cluster_is(call, "stopped")


def _cluster_is(call: Asked, phase: str) -> Refusal | None:
    thing = things.clusters(call.account, call.region).get(call.said("DBClusterIdentifier"))
    if thing is None or thing.phase == phase:
        return None
    why = f"DbCluster {thing.name} is in {thing.phase} state but expected it to be one of {phase}."
    return Refusal("InvalidDBClusterStateFault", why)


RULES: Mapping[tuple[str, str], Callable[[Asked], Refusal | None]] = {
    ("ec2", "StopInstances"): _stop_instances,
    ("ec2", "StartInstances"): _start_instances,
    ("ec2", "CreateTags"): _create_tags,
    ("rds", "StopDBInstance"): _stop_database,
    ("rds", "StartDBInstance"): _start_database,
    ("rds", "StopDBCluster"): _stop_cluster,
    ("rds", "StartDBCluster"): _start_cluster,
}
