"""What envs of demo and story have in AWS: an EC2 instance and a PostgreSQL database each, and how the operator finds them."""

import json
import shlex
from collections.abc import Iterable, Mapping

from sundown_lab.aws.keys import REGION, environment
from sundown_lab.aws.remote import Aws

CLUSTER = "demo"
"""With AWS a cluster has to have a name."""
WORKER = "worker"
EC2_SECONDS, RDS_SECONDS = 3.0, 5.0
"""How long stopping and starting take: long enough to be seen, short enough to be waited for."""


def furnish(aws: Aws, namespaces: Iterable[str]) -> None:
    """Makes them, tagged for their envs; from now on stopping and starting take some seconds."""
    aws.delay(EC2_SECONDS, service="ec2")
    aws.delay(RDS_SECONDS, service="rds")
    for namespace in namespaces:
        aws.instance(namespace=namespace, name=WORKER)
        aws.database(database(namespace), namespace=namespace)


def database(namespace: str) -> str:
    """What the database of an env is called."""
    return f"{namespace.removeprefix('team-')}-db"


def settings(url: str) -> Mapping[str, str]:
    """The environment of whoever is to find AWS at this URL, and look at it as often as people who watch look."""
    return {
        **environment(url),
        "SUNDOWN_CLUSTER_NAME": CLUSTER,
        "SUNDOWN_AWS_REGIONS": json.dumps([REGION]),
        "SUNDOWN_AWS_INVENTORY_SECONDS": "5",
        "SUNDOWN_AWS_WATCH_SECONDS": "0.5",
    }


def exports(url: str) -> str:
    """The same for a shell."""
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in settings(url).items())
