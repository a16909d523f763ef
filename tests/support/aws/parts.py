"""Parts of AWS as the inventory has them, and whom it tells of them."""

from collections.abc import Iterable
from typing import Any

from sundown.aws.account_regions import Place
from sundown.model.cloud import CloudPart

FRANKFURT = Place(None, "", "eu-central-1")
IRELAND = Place(None, "", "eu-west-1")


def part(name: str = "i-1", namespace: str = "dev1", *, region: str = "eu-central-1", **fields: Any) -> CloudPart:
    return CloudPart(
        **{
            "kind": "EC2Instance",
            "arn": f"arn:aws:ec2:{region}:123456789012:instance/{name}",
            "identifier": name,
            "name": name,
            "namespace": namespace,
            "account": "123456789012",
            "region": region,
            "state": "running",
            "phase": "running",
            **fields,
        }
    )


def database(name: str = "db", namespace: str = "dev1", **fields: Any) -> CloudPart:
    arn = f"arn:aws:rds:eu-central-1:123456789012:db:{name}"
    return part(name, namespace, kind="RDSInstance", arn=arn, phase="available", **fields)


class Told:
    """Collects whom the inventory tells that something is different."""

    def __init__(self) -> None:
        self.namespaces: list[str] = []

    def __call__(self, namespaces: Iterable[str]) -> None:
        self.namespaces += sorted(namespaces)

    def since(self) -> list[str]:
        told, self.namespaces = self.namespaces, []
        return told
