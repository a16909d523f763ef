"""Where moto is not as AWS is, or needs seconds for what AWS does at once: mended in its own classes, once, when this is loaded.

Pages of GetResources end after so many tags in moto, even if only a number of resources was asked for ("GetResources" in the
tagging API's reference); and each tag of an instance is found among the tags of all.
"""

from typing import Any

from moto.ec2.models.core import TaggedEC2Resource
from moto.resourcegroupstaggingapi.models import ResourceGroupsTaggingAPIBackend

NO_LIMIT = 10**9
_get_resources = ResourceGroupsTaggingAPIBackend.get_resources


def _get_tags(resource: Any) -> list[dict[str, str]]:
    kept = resource.ec2_backend.tags.get(resource.id, {})
    return [{"resource_id": resource.id, "key": key, "value": value} for key, value in kept.items()]


def _resources(backend: Any, *args: Any, **fields: Any) -> Any:
    return _get_resources(backend, *args, **{**fields, "tags_per_page": NO_LIMIT})


def mend() -> None:
    """Mends both."""
    setattr(TaggedEC2Resource, "get_tags", _get_tags)  # noqa: B010  (mypy lets nobody assign to a method)
    setattr(ResourceGroupsTaggingAPIBackend, "get_resources", _resources)  # noqa: B010
