"""One look at one region of one account: which things are tagged, and how they are.

The tagging API says which there are, in pages of 100 whatever their kind; each service describes its own, for the tagging
API knows nothing of their state and lists what has been gone for an hour. What was known before is described too: the
tagging API hears of a change some seconds after the service.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, get_args

from sundown.aws import tags
from sundown.aws.account_regions import Place
from sundown.aws.describing import Context, cluster_arn, cluster_parts, ec2_parts, members_of, rds_parts
from sundown.aws.errors import CloudError, CloudGone
from sundown.aws.sessions import Answer, Sessions
from sundown.aws.stores import learn
from sundown.model.cloud import CloudKind, CloudPart

T = TypeVar("T")

KINDS: tuple[CloudKind, ...] = get_args(CloudKind)

TYPES = ("ec2:instance", "rds:db", "rds:cluster")
_TAGGED_A_PAGE = 100
_INSTANCES_A_CALL = 1000
"""As many as a bulk action of EC2 takes and as a page of DescribeInstances holds (Amazon EC2 API Reference)."""
_FILTERED_A_CALL = 200
"""Values of one filter ("Filter your resources", Amazon EC2 User Guide)."""
_DATABASES_A_CALL = 100
"""MaxRecords of DescribeDBInstances and DescribeDBClusters (Amazon RDS API Reference)."""

_BY_RESOURCE: tuple[tuple[str, CloudKind], ...] = (
    (":instance/", "EC2Instance"),
    (":db:", "RDSInstance"),
    (":cluster:", "AuroraCluster"),
)


@dataclass(slots=True)
class Listing:
    """What one look has found; a kind that could not be looked at is among the ``failures``.

    ``classes`` are the instance classes of the members of clusters, and ``clusters`` the namespace tags of the clusters
    that sleep, both by ARN. ``others`` are what the tagging API says of things that have the scheduler tag, and not so that
    they sleep.
    """

    parts: list[CloudPart] = field(default_factory=list)
    failures: dict[CloudKind, CloudError] = field(default_factory=dict)
    classes: dict[str, str] = field(default_factory=dict)
    clusters: dict[str, str] = field(default_factory=dict)
    others: list[Mapping[str, Any]] = field(default_factory=list)


async def discover(sessions: Sessions, place: Place, *, context: Context, known: Iterable[str]) -> Listing:
    """Look at a place. ``known`` are the ARNs of what was there before. Raises nothing: each failure is in the listing."""
    listing = Listing()
    try:
        tagged = await _tagged(sessions, place, context, into=listing)
    except CloudError as error:
        listing.failures = dict.fromkeys(KINDS, error)
        return listing
    wanted: dict[CloudKind, list[str]] = {kind: [] for kind in KINDS}
    for arn in sorted(tagged | set(known)):
        kind = kind_of(arn)
        if kind is not None:
            wanted[kind].append(arn)
    await asyncio.gather(
        _instances(sessions, place, wanted["EC2Instance"], context=context, into=listing),
        _databases(sessions, place, wanted, context=context, into=listing),
    )
    return listing


def kind_of(arn: str) -> CloudKind | None:
    """What an ARN names."""
    return next((kind for mark, kind in _BY_RESOURCE if mark in arn), None)


def identifier_of(arn: str) -> str:
    """What AWS calls the thing: the end of its ARN."""
    return arn.rsplit(":", 1)[-1].rsplit("/", 1)[-1]


async def _tagged(sessions: Sessions, place: Place, context: Context, *, into: Listing) -> set[str]:
    """Everything that is to sleep, and everything that Sundown stopped although nobody says any more that it should."""

    async def ask(question: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        pages = sessions.pages(
            place,
            "resourcegroupstaggingapi",
            "GetResources",
            TagFilters=[question],
            ResourceTypeFilters=list(TYPES),
            ResourcesPerPage=_TAGGED_A_PAGE,
        )
        return [one async for page in pages for one in page.get("ResourceTagMappingList", ())]

    # Whatever the value is: who wrote "Enabled" is to be told.
    scheduled, stopped = await asyncio.gather(ask({"Key": context.scheduler_tag}), ask({"Key": tags.PREVIOUS_STATE}))
    found = {str(one["ResourceARN"]) for one in stopped}
    for one in scheduled:
        if tags.as_mapping(one.get("Tags", ())).get(context.scheduler_tag) == tags.ENABLED:
            found.add(str(one["ResourceARN"]))
        else:
            into.others.append(one)
    return found


async def _instances(sessions: Sessions, place: Place, arns: Sequence[str], *, context: Context, into: Listing) -> None:
    async def describe(identifiers: list[str]) -> list[Answer]:
        try:
            return [await sessions.call(place, "ec2", "DescribeInstances", InstanceIds=identifiers)]
        except CloudGone:
            # One that is gone spoils the call for all; a filter leaves it out, but takes fewer at a time.
            filters = [[{"Name": "instance-id", "Values": some}] for some in _chunks(identifiers, _FILTERED_A_CALL)]
            return [await sessions.call(place, "ec2", "DescribeInstances", Filters=one) for one in filters]

    chunks = _chunks([identifier_of(arn) for arn in arns], _INSTANCES_A_CALL)
    try:
        answers = [answer for answers in await asyncio.gather(*map(describe, chunks)) for answer in answers]
    except CloudError as error:
        into.failures["EC2Instance"] = error
        return
    await learn(sessions, place, answers, context.stores)
    into.parts += [part for answer in answers for part in ec2_parts(answer, place, context)]


async def _databases(
    sessions: Sessions, place: Place, wanted: Mapping[CloudKind, Sequence[str]], *, context: Context, into: Listing
) -> None:
    """Databases and clusters: what is said of a member depends on its cluster, and what a cluster costs on its members."""
    instances: list[Answer] = []
    clusters: list[Answer] = []
    try:
        instances = await _described(sessions, place, "DBInstance", "db-instance-id", wanted["RDSInstance"])
    except CloudError as error:
        into.failures["RDSInstance"] = error
    joined = {arn for raw in instances if (arn := cluster_arn(raw))}
    try:
        clusters = await _described(
            sessions, place, "DBCluster", "db-cluster-id", sorted(joined.union(wanted["AuroraCluster"]))
        )
    except CloudError as error:
        into.failures["AuroraCluster"] = error
    into.clusters = {
        str(raw["DBClusterArn"]): written.namespace
        for raw in clusters
        if (written := tags.read(tags.as_mapping(raw.get("TagList", ())), context.keys)).enabled
    }
    into.classes = {str(raw["DBInstanceArn"]): str(raw["DBInstanceClass"]) for raw in instances if cluster_arn(raw)}
    await _learn_classes(sessions, place, clusters, context=context, into=into)
    clusters_known = into.clusters if "AuroraCluster" not in into.failures else context.clusters
    fresh = context.with_clusters(classes=into.classes, clusters=clusters_known)
    if "RDSInstance" not in into.failures:
        into.parts += rds_parts({"DBInstances": instances}, place, fresh)
    if "AuroraCluster" not in into.failures:
        into.parts += cluster_parts({"DBClusters": clusters}, place, fresh)


async def _learn_classes(
    sessions: Sessions, place: Place, clusters: Sequence[Answer], *, context: Context, into: Listing
) -> None:
    """Ask for the classes of members that are not tagged themselves, once: they are for the price only."""
    unknown = [
        str(raw["DBClusterArn"])
        for raw in clusters
        if str(raw["DBClusterArn"]) in into.clusters
        and any(arn not in into.classes and arn not in context.classes for arn in members_of(raw))
    ]
    try:
        members = await _described(sessions, place, "DBInstance", "db-cluster-id", unknown)
    except CloudError:
        return  # the price stays unknown; what is wrong with it has been found out with the databases themselves
    into.classes.update({str(raw["DBInstanceArn"]): str(raw["DBInstanceClass"]) for raw in members})


async def _described(
    sessions: Sessions, place: Place, noun: str, filter_name: str, arns: Collection[str]
) -> list[Answer]:
    """Describe by a filter, which says nothing of what does not exist, where a name would be refused."""
    found: list[Answer] = []
    for chunk in _chunks([identifier_of(arn) for arn in arns], _DATABASES_A_CALL):
        filters = [{"Name": filter_name, "Values": chunk}]
        async for page in sessions.pages(
            place, "rds", f"Describe{noun}s", Filters=filters, MaxRecords=_DATABASES_A_CALL
        ):
            found += page.get(f"{noun}s", ())
    return found


def _chunks(things: Sequence[T], size: int) -> list[list[T]]:
    return [list(things[start : start + size]) for start in range(0, len(things), size)]
