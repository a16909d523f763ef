"""Where moto is not as AWS is, or needs seconds for what AWS does at once: mended in its own classes, once, when this is loaded.

Pages of GetResources end after so many tags in moto, even if only a number of resources was asked for ("GetResources" in the
tagging API's reference); each tag of an instance is found among the tags of all, and each instance in a copy of all. A transaction in DynamoDB copies the whole
table, down to the last attribute, once for each of its actions; and one that is cancelled takes back what others wrote meanwhile.
"""

import copy
import threading
from typing import Any

from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import Table
from moto.ec2.exceptions import InvalidInstanceIdError
from moto.ec2.models.core import TaggedEC2Resource
from moto.ec2.models.instances import InstanceBackend
from moto.resourcegroupstaggingapi.models import ResourceGroupsTaggingAPIBackend

NO_LIMIT = 10**9
_get_resources = ResourceGroupsTaggingAPIBackend.get_resources
_transact_write_items = DynamoDBBackend.transact_write_items
_one_at_a_time = threading.Lock()


def _get_tags(resource: Any) -> list[dict[str, str]]:
    kept = resource.ec2_backend.tags.get(resource.id, {})
    return [{"resource_id": resource.id, "key": key, "value": value} for key, value in kept.items()]


def _get_instance_by_id(backend: Any, instance_id: str) -> Any:
    """The instance, or None as in moto."""
    reservations = backend.reservations.values()
    return next((one for every in reservations for one in every.instances if one.id == instance_id), None)


def _get_instance(backend: Any, instance_id: str) -> Any:
    found = _get_instance_by_id(backend, instance_id)
    if found is None:
        raise InvalidInstanceIdError(instance_id)
    return found


def _resources(backend: Any, *args: Any, **fields: Any) -> Any:
    return _get_resources(backend, *args, **{**fields, "tags_per_page": NO_LIMIT})


def _transact(backend: Any, transact_items: list[dict[str, Any]]) -> None:
    with _one_at_a_time:
        _transact_write_items(backend, transact_items)


def _as_it_was(table: Any, _: dict[int, Any]) -> Any:
    """Enough to go back to: a transaction puts other items into the table, and leaves those that are there as they are."""
    kept = copy.copy(table)
    kept.items = table.items.copy()
    if table.range_key_attr is not None:
        for key, items in table.items.items():
            kept.items[key] = items.copy()
    return kept


def mend() -> None:
    """Mends all of it."""
    DynamoDBBackend.transact_write_items = _transact  # type: ignore[method-assign, assignment]
    Table.__deepcopy__ = _as_it_was  # type: ignore[attr-defined]
    setattr(InstanceBackend, "get_instance_by_id", _get_instance_by_id)  # noqa: B010
    setattr(InstanceBackend, "get_instance", _get_instance)  # noqa: B010
    setattr(TaggedEC2Resource, "get_tags", _get_tags)  # noqa: B010  (mypy lets nobody assign to a method)
    setattr(ResourceGroupsTaggingAPIBackend, "get_resources", _resources)  # noqa: B010
