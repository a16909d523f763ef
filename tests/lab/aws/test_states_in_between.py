"""Stopping and starting take time in AWS; in the simulator as long as is said, or until it is told to settle."""

from sundown_lab.aws.remote import Aws
from support.aws.refusals import refusal


def test_nothing_takes_time_unless_it_is_said_so(aws: Aws) -> None:
    instance, database, cluster = aws.instance(), aws.database("db"), aws.aurora("au")

    answer = aws.client("ec2").stop_instances(InstanceIds=[instance])["StoppingInstances"][0]
    aws.client("rds").stop_db_instance(DBInstanceIdentifier=database)
    aws.client("rds").stop_db_cluster(DBClusterIdentifier=cluster)

    assert answer["CurrentState"]["Name"] == "stopping"
    assert [aws.state(each) for each in (instance, database, cluster)] == ["stopped"] * 3


def test_an_instance_is_stopping_and_pending_until_it_settles(aws: Aws) -> None:
    aws.delay(None)
    instance, ec2 = aws.instance(), aws.client("ec2")

    def shown() -> str:
        (reservation,) = ec2.describe_instances(InstanceIds=[instance])["Reservations"]
        return str(reservation["Instances"][0]["State"]["Name"])

    seen = [shown()]
    for change in (ec2.stop_instances, ec2.start_instances):
        change(InstanceIds=[instance])
        seen.append(shown())
        aws.settle()
        seen.append(shown())

    assert seen == ["running", "stopping", "stopped", "pending", "running"]


def test_a_database_is_stopping_and_starting_until_it_settles(aws: Aws) -> None:
    aws.delay(None)
    name, rds = aws.database("db"), aws.client("rds")

    seen = []
    for change in (rds.stop_db_instance, rds.start_db_instance):
        seen.append(change(DBInstanceIdentifier=name)["DBInstance"]["DBInstanceStatus"])
        seen.append(rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]["DBInstanceStatus"])
        aws.settle()
        seen.append(rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]["DBInstanceStatus"])

    assert seen == ["stopping", "stopping", "stopped", "starting", "starting", "available"]


def test_the_members_of_a_cluster_go_with_it(aws: Aws) -> None:
    aws.delay(None)
    cluster = aws.aurora("au", members=2)

    answer = aws.client("rds").stop_db_cluster(DBClusterIdentifier=cluster)["DBCluster"]
    before = [aws.state(each) for each in ("au", "au-0", "au-1")]
    aws.settle()

    assert (answer["Status"], before) == ("stopping", ["stopping"] * 3)
    assert [aws.state(each) for each in ("au", "au-0", "au-1")] == ["stopped"] * 3


def test_a_delay_is_over_by_itself(aws: Aws) -> None:
    aws.delay(0.05)
    instance = aws.instance()

    aws.client("ec2").stop_instances(InstanceIds=[instance])
    while aws.state(instance) != "stopped":
        pass


def test_a_delay_can_be_that_of_one_service(aws: Aws) -> None:
    aws.delay(None, service="rds")
    instance, database = aws.instance(), aws.database("db")

    aws.client("ec2").stop_instances(InstanceIds=[instance])
    aws.client("rds").stop_db_instance(DBInstanceIdentifier=database)

    assert (aws.state(instance), aws.state(database)) == ("stopped", "stopping")


def test_aws_refuses_to_start_what_is_stopping_and_to_stop_what_is_starting(aws: Aws) -> None:
    aws.delay(None)
    instance, database, cluster = aws.instance(), aws.database("db"), aws.aurora("au")
    ec2, rds = aws.client("ec2"), aws.client("rds")
    ec2.stop_instances(InstanceIds=[instance])
    rds.stop_db_instance(DBInstanceIdentifier=database)
    rds.stop_db_cluster(DBClusterIdentifier=cluster)

    assert refusal(lambda: ec2.start_instances(InstanceIds=[instance]))[0] == "IncorrectInstanceState"
    assert refusal(lambda: rds.start_db_instance(DBInstanceIdentifier=database))[0] == "InvalidDBInstanceState"
    assert refusal(lambda: rds.start_db_cluster(DBClusterIdentifier=cluster))[0] == "InvalidDBClusterStateFault"

    aws.settle()
    ec2.start_instances(InstanceIds=[instance])
    rds.start_db_instance(DBInstanceIdentifier=database)
    rds.start_db_cluster(DBClusterIdentifier=cluster)

    assert refusal(lambda: ec2.stop_instances(InstanceIds=[instance]))[0] == "IncorrectInstanceState"
    assert refusal(lambda: rds.stop_db_instance(DBInstanceIdentifier=database))[0] == "InvalidDBInstanceState"
    assert refusal(lambda: rds.stop_db_cluster(DBClusterIdentifier=cluster))[0] == "InvalidDBClusterStateFault"


def test_a_database_can_be_in_maintenance_for_a_while(aws: Aws) -> None:
    name, rds = aws.database("db"), aws.client("rds")
    aws.phase(name, "maintenance", then="available")

    assert rds.describe_db_instances()["DBInstances"][0]["DBInstanceStatus"] == "maintenance"
    assert refusal(lambda: rds.stop_db_instance(DBInstanceIdentifier=name)) == ("InvalidDBInstanceState", 400)
    aws.settle()
    rds.stop_db_instance(DBInstanceIdentifier=name)


def test_terminated_instances_are_shown_until_they_vanish(aws: Aws) -> None:
    instance, ec2 = aws.instance(), aws.client("ec2")
    ec2.terminate_instances(InstanceIds=[instance])
    assert aws.state(instance) == "terminated"
    assert refusal(lambda: ec2.stop_instances(InstanceIds=[instance]))[0] == "IncorrectInstanceState"

    aws.settle()

    assert refusal(lambda: ec2.describe_instances(InstanceIds=[instance]))[0] == "InvalidInstanceID.NotFound"
    assert ec2.describe_instances()["Reservations"] == []
