"""The simulator from Python: for tests, the demo, the story and the bench.

``Aws(url)`` talks to one that runs somewhere. What is there is made and looked at either with ``client``, an unmodified
boto3 client, or with the shorter ways below. All of it blocks: never call it on the event loop of what is under test.
"""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from sundown_lab.aws.keys import ACCOUNT, REGION, environment
from sundown_lab.aws.traffic import Call
from sundown_lab.errors import LabError

PATIENCE = 60.0

Json = dict[str, Any]


@dataclass(frozen=True)
class Seen:
    """Something in the simulated AWS: ``phase`` is AWS's word (``running``, ``available``, ``stopping``)."""

    kind: str
    id: str
    phase: str
    tags: Mapping[str, str]
    region: str
    account: str


class FaultBox:
    """What is broken; see `sundown_lab.aws.faults.Fault` for kinds and fields."""

    def __init__(self, aws: "Aws") -> None:
        self._aws = aws

    def add(self, kind: str, **fields: Any) -> None:
        """From the next call on, for ``times`` calls or until mended."""
        self._aws.ask("POST", "faults", {"kind": kind, **fields})

    def down(self, region: str) -> None:
        """A region takes connections and drops them, until mended."""
        self.add("dropped", region=region)

    def clear(self) -> None:
        """Mends everything."""
        self._aws.ask("DELETE", "faults")

    @property
    def listed(self) -> list[Json]:
        """Those in force; ``times`` is what is left."""
        return list(self._aws.ask("GET", "faults"))


class Aws:
    """A simulator, from outside. The region is ``eu-central-1`` where none is given, the account ``123456789012``."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self.faults = FaultBox(self)
        self._host = urlsplit(self.url).netloc
        self._clients: dict[tuple[str, str, str], Any] = {}

    def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """One request to the lab's own API. Raises LabError: it says no, or does not answer."""
        connection = http.client.HTTPConnection(self._host, timeout=PATIENCE)
        try:
            data = json.dumps(body).encode() if body is not None else None
            connection.request(method, f"/_lab/{path}", data, {"Content-Type": "application/json"})
            reply = connection.getresponse()
            text = reply.read().decode()
        except (OSError, http.client.HTTPException) as error:
            raise LabError(f"the AWS simulator at {self.url} does not answer: {error}") from error
        finally:
            connection.close()
        if reply.status >= 400:
            raise LabError(f"{method} {path}: {text[:500]}")
        return json.loads(text)

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to find it: AWS_ENDPOINT_URL, keys, a default region, and nobody's own settings."""
        return environment(self.url)

    @cached_property
    def _session(self) -> Any:
        import boto3  # noqa: PLC0415  (half a second, and not all who are here need it)

        return boto3.Session()

    def client(self, service: str, *, region: str = REGION, account: str = ACCOUNT) -> Any:
        """A boto3 client for a service, without retries: what fails is seen to fail."""
        key = (service, region, account)
        if key not in self._clients:
            from botocore.config import Config  # noqa: PLC0415

            said = environment(self.url, account)
            self._clients[key] = self._session.client(
                service,
                region_name=region,
                endpoint_url=self.url,
                aws_access_key_id=said["AWS_ACCESS_KEY_ID"],
                aws_secret_access_key=said["AWS_SECRET_ACCESS_KEY"],
                config=Config(retries={"total_max_attempts": 1}, read_timeout=PATIENCE, max_pool_connections=64),
            )
        return self._clients[key]

    def instances(self, count: int, *, namespace: str | None = None, **fields: Any) -> list[str]:
        """Makes EC2 instances in one go and returns their ids.

        ``tags``, ``scheduler`` (the tag's value; None: no such tag), and all of `sundown_lab.aws.making.Instances`.
        """
        tags = _tags(namespace, fields.pop("scheduler", "enabled"), fields.pop("tags", {}))
        return list(self.ask("POST", "instances", {"count": count, "region": REGION, "tags": tags, **fields}))

    def instance(self, *, namespace: str | None = None, name: str | None = None, **fields: Any) -> str:
        """Makes an EC2 instance and returns its id; fields as of ``instances``."""
        named = {"Name": name} if name is not None else {}
        return self.instances(1, namespace=namespace, **{**fields, "tags": {**named, **fields.get("tags", {})}})[0]

    def database(
        self,
        name: str,
        *,
        namespace: str | None = None,
        scheduler: str | None = "enabled",
        tags: Mapping[str, str] | None = None,
        region: str = REGION,
        account: str = ACCOUNT,
        **fields: Any,
    ) -> str:
        """Makes an RDS DB instance (PostgreSQL, db.t4g.medium) and returns its identifier; fields as of boto3."""
        wanted = {
            "Engine": "postgres",
            "DBInstanceClass": "db.t4g.medium",
            "AllocatedStorage": 20,
            "MasterUsername": "lab",
            "MasterUserPassword": "only-for-the-lab",
            "Tags": _listed(_tags(namespace, scheduler, tags or {})),
        }
        self.client("rds", region=region, account=account).create_db_instance(
            DBInstanceIdentifier=name, **{**wanted, **fields}
        )
        return name

    def aurora(
        self,
        name: str,
        *,
        namespace: str | None = None,
        scheduler: str | None = "enabled",
        tags: Mapping[str, str] | None = None,
        region: str = REGION,
        account: str = ACCOUNT,
        members: int = 1,
        **fields: Any,
    ) -> str:
        """Makes an Aurora cluster (PostgreSQL) with members ``<name>-0`` ... that carry the same tags; its identifier."""
        rds = self.client("rds", region=region, account=account)
        listed = _listed(_tags(namespace, scheduler, tags or {}))
        wanted = {"Engine": "aurora-postgresql", "MasterUsername": "lab", "MasterUserPassword": "only-for-the-lab"}
        rds.create_db_cluster(DBClusterIdentifier=name, Tags=listed, **{**wanted, **fields})
        for number in range(members):
            rds.create_db_instance(
                DBInstanceIdentifier=f"{name}-{number}",
                DBClusterIdentifier=name,
                Engine=fields.get("Engine", "aurora-postgresql"),
                DBInstanceClass="db.r6g.large",
                Tags=listed,
            )
        return name

    @property
    def everything(self) -> dict[str, Seen]:
        """All there is, in all accounts and regions, by id."""
        return {each["id"]: Seen(**each) for each in self.ask("GET", "state")}

    def state(self, name: str) -> str:
        """AWS's word for the state of something. Raises LabError: there is no such thing."""
        return self._seen(name).phase

    def tags(self, name: str) -> dict[str, str]:
        """Its tags. Raises LabError: there is no such thing."""
        return dict(self._seen(name).tags)

    def _seen(self, name: str) -> Seen:
        found = self.everything.get(name)
        if found is None:
            raise LabError(f"there is no {name} in the simulated AWS")
        return found

    def phase(self, name: str, phase: str, **more: Any) -> None:
        """Puts something into a state (``backing-up``): for good, or until ``seconds`` are over and it is ``then``.

        ``then`` without ``seconds``: until ``settle``. More fields as of `sundown_lab.aws.making.Mood`.
        """
        self.ask("POST", "phase", {"id": name, "phase": phase, **more})

    def starts_end(self, name: str, phase: str | None = None, *, code: str = "", message: str = "") -> None:
        """What starts of something lead to that AWS accepts: for an instance ``stopped``, with EC2's StateReason, for a
        database ``incompatible-network`` and its like; without a ``phase`` they are well again."""
        self.ask("POST", "starts-end", {"id": name, "phase": phase, "code": code, "message": message})

    def strip(self, name: str, *keys: str) -> None:
        """Takes tags off something, all where none is named, as terraform does with those that it does not know."""
        seen = self._seen(name)
        gone = list(keys or seen.tags)
        if seen.kind == "instance":
            ec2 = self.client("ec2", region=seen.region, account=seen.account)
            ec2.delete_tags(Resources=[name], Tags=[{"Key": key} for key in gone])
            return
        kind = {"database": "db", "cluster": "cluster"}[seen.kind]
        rds = self.client("rds", region=seen.region, account=seen.account)
        rds.remove_tags_from_resource(
            ResourceName=f"arn:aws:rds:{seen.region}:{seen.account}:{kind}:{name}", TagKeys=gone
        )

    def delay(self, seconds: float | None, *, service: str | None = None) -> None:
        """How long stopping and starting take from now on, of ``ec2``, ``rds``, or both; None: until ``settle``."""
        self.ask("POST", "delay", {"seconds": seconds, "service": service})

    def settle(self) -> None:
        """What is on its way arrives, and terminated instances are no longer shown."""
        self.ask("POST", "settle")

    @property
    def calls(self) -> list[Call]:
        """Every call since the last reset, those of these helpers included, oldest first."""
        return [Call(**each) for each in self.ask("GET", "traffic")["calls"]]

    def called(self, operation: str | None = None, *, service: str | None = None, since: int = 0) -> list[Call]:
        """Those of an operation, of a service, and with a number above ``since``."""
        listed = (Call(**each) for each in self.ask("GET", f"traffic?since={since}")["calls"])
        return [c for c in listed if operation in {None, c.operation} and service in {None, c.service}]

    @property
    def seq(self) -> int:
        """The number of the last call, for ``called(since=...)``."""
        return int(self.ask("GET", "traffic?since=999999999999")["seq"])

    def reset(self) -> None:
        """An AWS in which nothing is and nothing is broken; stopping and starting take no time."""
        self.ask("POST", "reset")


def _tags(namespace: str | None, scheduler: str | None, more: Mapping[str, str]) -> dict[str, str]:
    given = {"namespace": namespace, "scheduler": scheduler}
    return {**{key: value for key, value in given.items() if value is not None}, **more}


def _listed(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
