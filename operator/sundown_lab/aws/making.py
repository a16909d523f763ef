"""What is made without a call of AWS's: many instances at once, and facts and tags that only AWS itself can bring about."""

from collections.abc import Mapping
from typing import Annotated, Any

from moto.backends import get_backend
from pydantic import BaseModel, ConfigDict, Field

from sundown_lab.aws import things
from sundown_lab.aws.keys import ACCOUNT
from sundown_lab.aws.things import Thing
from sundown_lab.errors import LabError


class Instances(BaseModel):
    """``count`` instances of a type with the same tags, in a state of EC2's."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    count: Annotated[int, Field(ge=1, le=10_000)] = 1
    type: str = "t3.small"
    tags: Mapping[str, str] = Field(default_factory=dict)
    state: str = "running"
    region: str
    account: str = ACCOUNT
    spot: bool = False
    stop_protected: bool = False
    root_device: str = "ebs"


class StartsEnd(BaseModel):
    """What all starts of something lead to from now on, though AWS accepts them; without a ``phase`` they are well again."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    phase: str | None = None
    code: str = ""
    message: str = ""


class Mood(BaseModel):
    """A state for something: for good, or for so many seconds (None: until settled) if ``then`` says what follows.

    ``code`` and ``message`` are why an instance is in it, EC2's StateReason.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    phase: str
    then: str | None = None
    seconds: float | None = None
    code: str = ""
    message: str = ""


def make_instances(wanted: Instances) -> list[str]:
    """Makes them, and returns their ids."""
    backend = get_backend("ec2")[wanted.account][wanted.region]
    reservation = backend.run_instances(
        "ami-12c6146b",
        wanted.count,
        None,
        [],
        instance_type=wanted.type,
        is_instance_type_default=True,  # it is not looked up, which takes a millisecond an instance
        region_name=wanted.region,
        tags={"instance": dict(wanted.tags)},
        disable_api_stop=wanted.stop_protected,
        instance_market_options="spot" if wanted.spot else {},
        block_device_mappings=[],
        nics={},
    )
    for instance in reservation.instances:
        instance.root_device_type = wanted.root_device
        Thing("instance", instance.id, wanted.account, wanted.region, instance).be(wanted.state)
    return [instance.id for instance in reservation.instances]


def found(name: str) -> Thing:
    """What AWS calls so, wherever it is. Raises LabError: there is none."""
    for thing in things.everything():
        if thing.name == name:
            return thing
    raise LabError(f"there is no {name}")


def described(thing: Thing) -> dict[str, Any]:
    """A thing as the control API gives it."""
    return {
        "kind": thing.kind,
        "id": thing.name,
        "phase": thing.phase,
        "tags": thing.tags,
        "region": thing.region,
        "account": thing.account,
    }
