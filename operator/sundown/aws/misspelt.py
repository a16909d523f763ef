"""Things in AWS that somebody tagged so that they sleep, and not quite as it has to be: found, and said.

The tagging API compares exactly, so what has the right key and another value is found with the rest, but a key that is
misspelt has to be looked for: among all keys that are in use, once in a while.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from sundown.aws import tags
from sundown.aws.account_regions import Place
from sundown.aws.discovery import TYPES, identifier_of, kind_of
from sundown.aws.problems import Problem
from sundown.aws.sessions import Sessions
from sundown.aws.tags import Keys

EVERY = timedelta(hours=1)
"""So often keys are looked through: it takes calls that hardly ever find something."""

_MOST_KEYS = 20
"""A bound for accounts in which keys are made by machines."""


async def with_misspelt_keys(sessions: Sessions, place: Place, keys: Keys) -> tuple[Problem, ...]:
    """What is tagged with a key that is nearly that of the scheduler.

    Raises:
        CloudError: when AWS does not say.
    """
    used = [
        str(key)
        async for page in sessions.pages(place, "resourcegroupstaggingapi", "GetTagKeys")
        for key in page.get("TagKeys", ())
    ]
    found: list[Problem] = []
    for key in tags.keys_like(used, keys.scheduler)[:_MOST_KEYS]:
        pages = sessions.pages(
            place,
            "resourcegroupstaggingapi",
            "GetResources",
            TagFilters=[{"Key": key}],
            ResourceTypeFilters=list(TYPES),
        )
        async for page in pages:
            found += slips(page.get("ResourceTagMappingList", ()), keys)
    return tuple(found)


def slips(mappings: Iterable[Mapping[str, Any]], keys: Keys) -> list[Problem]:
    """Of the things in a GetResources answer, those that somebody wanted to sleep and tagged otherwise."""
    found = []
    for mapping in mappings:
        arn, labels = str(mapping["ResourceARN"]), tags.as_mapping(mapping.get("Tags", ()))
        kind = kind_of(arn)
        if kind is None or not tags.is_meant_to_sleep(labels, keys):
            continue
        read = tags.read(labels, keys)
        _, _, _, region, account, _ = arn.split(":", 5)
        text = f"{read.misspelt}; until then it does not sleep"
        found.append(Problem(arn, f"{kind}/{identifier_of(arn)}", region, account, text, namespace=read.meant_for))
    return found
