"""What the API server makes of the patch that puts an object to sleep. Pure.

A default takes the place of a field that is taken out, a schema drops a field that it does not have, admission sets what it
likes. What became of a patch then is nobody's wish, and what stood there before is given back all the same.
"""

from __future__ import annotations

import orjson

from sundown.cluster.ownership import is_updated_by_us
from sundown.model.cutting import clip
from sundown.model.switch import Path
from sundown.sleepers.merge_patches import Json, at_path, found_at, holds, leaves, merged
from sundown.sleepers.taken_parts import as_owned, owned_by

_SHOWN = 60


def made_of(patch: Json, found: Json) -> str | None:
    """What is said of an object that a write of this patch has left otherwise than it asks; None where it is as asked."""
    if holds(patch, found):
        return None
    told = "; ".join(
        _told(path, value, found_at(found, path)) for path, value in leaves(patch) if _differs(path, value, found)
    )
    return f"cannot sleep by its patch, and is left running: {told}"


def as_sundown_left_it(patch: Json, found: Json) -> Json:
    """The fields of a patch that are otherwise than it asks and that nobody has set since: what became of Sundown's own write.

    That is known as long as the second of two writes has not been made, after which Sundown owns nothing any more.
    """
    entries = [one for one in found["metadata"].get("managedFields") or () if not is_updated_by_us(one)]
    theirs = [one.get("fieldsV1") or {} for one in entries if one.get("subresource") != "status"]
    ours: Json = {}
    for path, value in leaves(patch):
        if _differs(path, value, found) and not any(owned_by(fields, as_owned(path)) for fields in theirs):
            ours = merged(ours, at_path(path, value))
    return ours


def _differs(path: Path, value: object, found: Json) -> bool:
    return not holds(at_path(path, value), found)


def _told(path: Path, value: object, there: object) -> str:
    name = ".".join(path)
    if there is None and value is not None:
        return f"the API server drops {name}, which its schema does not have, or admission takes off"
    made, asked = (clip(orjson.dumps(one).decode(), _SHOWN) for one in (there, value))
    return (
        f"the API server makes {made} of {name}, where the patch says {asked} (a default of its schema, or admission)"
    )
