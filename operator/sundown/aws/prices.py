"""What an hour of an instance or database costs, from a table that people replace with their own.

An unknown price is None and never zero. Prices are of what runs: storage, addresses and licences that cost the same
asleep are none of Sundown's business.
"""

from __future__ import annotations

import datetime
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

import yaml
from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from sundown.errors import InvalidObject, Mistake
from sundown.model.base import Model, parse
from sundown.model.cloud import CloudKind

_LINUX: Final = "linux/unix"
"""What ``PlatformDetails`` of DescribeInstances says in most cases, and what is meant where nothing is said."""
_SERVICES: Final[dict[CloudKind, str]] = {"EC2Instance": "ec2", "RDSInstance": "rds", "AuroraCluster": "aurora"}

_Class = Annotated[str, StringConstraints(pattern=r"^(db\.)?[a-z0-9-]+\.[a-z0-9-]+$")]
_Region = Annotated[str, StringConstraints(pattern=r"^([a-z]{2}(-[a-z]+)+-\d|\*)$")]
_Word = Annotated[str, StringConstraints(min_length=1, max_length=64)]
_Key = tuple[str, str, str, str, bool]


class Price(Model):
    """One row: ``region`` may be ``*`` for all others; without ``engine`` it holds for all engines not named elsewhere."""

    service: Literal["ec2", "rds", "aurora"]
    class_: Annotated[_Class, Field(alias="class")]
    region: _Region
    hourly: Annotated[float, Field(gt=0, le=10_000, allow_inf_nan=False)]
    platform: _Word | None = None
    engine: _Word | None = None
    multi_az: bool = False

    @model_validator(mode="after")
    def _fits_its_service(self) -> Self:
        if self.class_.startswith("db.") != (self.service != "ec2"):
            raise PydanticCustomError("class", "class: those of databases begin with db., those of instances do not")
        if self.service == "ec2" and (self.engine is not None or self.multi_az):
            raise PydanticCustomError("field", "engine and multiAz are for databases; an instance has a platform")
        if self.service != "ec2" and self.platform is not None:
            raise PydanticCustomError("field", "platform is for instances; a database has an engine")
        if self.service == "aurora" and self.multi_az:
            raise PydanticCustomError(
                "field", "multiAz is for rds; what an Aurora cluster costs is the sum of its members"
            )
        return self

    @property
    def key(self) -> _Key:
        """What a price is looked up by."""
        variant = (self.platform or _LINUX if self.service == "ec2" else self.engine or "").lower()
        return self.service, self.class_, self.region, variant, self.multi_az


class _File(Model):
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    date: datetime.date
    source: str = ""
    prices: tuple[Price, ...]


class Prices:
    """A table of prices in one ``currency``, as of ``date``."""

    def __init__(self, listed: _File) -> None:
        self.currency = listed.currency
        self.date = listed.date
        self._hourly = {price.key: price.hourly for price in listed.prices}

    @classmethod
    def load(cls, path: Path | None = None) -> Prices:
        """The table in a file, or the sample that Sundown brings.

        Raises:
            InvalidObject: a mistake for each wrong row, with the line that it begins in, or one for the whole file.
        """
        if path is None:
            return cls(_read(files("sundown.aws").joinpath("data/prices.yaml").read_text("utf-8"), "prices.yaml"))
        try:
            text = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidObject((Mistake(str(path), f"cannot be read: {error}"),)) from None
        return cls(_read(text, str(path)))

    def hourly(
        self, kind: CloudKind, instance_class: str, region: str, *, engine: str = "", multi_az: bool = False
    ) -> float | None:
        """What an hour in use costs, in ``currency``; None where the table does not say.

        ``engine`` is that of a database (``postgres``), or the platform of an instance (``Windows``), where nothing means
        Linux. ``AuroraCluster`` stands for one member of a cluster.
        """
        variant = engine.lower()
        if kind == "EC2Instance":
            variants: tuple[str, ...] = (variant or _LINUX,)
        else:
            variants = (variant, "") if variant else ("",)
        for where in (region, "*"):
            for each in variants:
                price = self._hourly.get((_SERVICES[kind], instance_class, where, each, multi_az))
                if price is not None:
                    return price
        return None


def _read(text: str, name: str) -> _File:
    try:
        raw = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe
    except yaml.YAMLError as error:
        raise InvalidObject((Mistake(name, " ".join(str(error).split())),)) from None
    if not isinstance(raw, dict):
        raise InvalidObject((Mistake(name, "must be an object with currency, date and prices"),))
    try:
        listed = parse(_File, raw)
    except InvalidObject as error:
        raise InvalidObject(tuple(_placed(mistake, text, name) for mistake in error.mistakes)) from None
    twice = tuple(_twice(listed))
    if twice:
        raise InvalidObject(tuple(_placed(mistake, text, name) for mistake in twice))
    return listed


def _twice(listed: _File) -> list[Mistake]:
    seen: dict[_Key, int] = {}
    mistakes = []
    for index, price in enumerate(listed.prices):
        if price.key in seen:
            mistakes.append(Mistake(f"prices[{index}]", f"says the same as prices[{seen[price.key]}]"))
        seen.setdefault(price.key, index)
    return mistakes


def _placed(mistake: Mistake, text: str, name: str) -> Mistake:
    """The mistake with the line of its row: nobody counts the rows of a long list."""
    start, bracket, rest = mistake.path.partition("prices[")
    if start or not bracket:
        return Mistake(f"{name}: {mistake.path}", mistake.text)
    index = int(rest.partition("]")[0])
    line = _lines(text)[index]
    return Mistake(f"{name}, line {line}: {mistake.path}", mistake.text)


def _lines(text: str) -> list[int]:
    root: Any = yaml.compose(text, Loader=yaml.SafeLoader)
    (rows,) = (value for key, value in root.value if key.value == "prices")
    return [row.start_mark.line + 1 for row in rows.value]
