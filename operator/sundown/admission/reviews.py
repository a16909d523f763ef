"""AdmissionReviews, as the API server sends them and as it wants them answered. Pure."""

from __future__ import annotations

from base64 import b64encode
from typing import Annotated, Any

import orjson
from pydantic import Field

from sundown.admission.judging import ENABLED, Judgement, Written
from sundown.model.resources import Lenient

VERSION = "admission.k8s.io/v1"
_INVALID = 422
"""As the API server answers where a policy refuses."""


class _Resource(Lenient):
    resource: str = ""


class _Request(Lenient):
    uid: Annotated[str, Field(min_length=1, max_length=256)]
    resource: _Resource
    name: str = ""
    object: dict[str, Any] | None = None
    old_object: dict[str, Any] | None = None


class Review(Lenient):
    """What is asked."""

    request: _Request

    @property
    def written(self) -> Written:
        """The object that it is about."""
        asked = self.request
        now = asked.object or {}
        metadata = now.get("metadata")
        named = metadata.get("name") or metadata.get("generateName") if isinstance(metadata, dict) else None
        return Written(asked.resource.resource, asked.name or str(named or ""), now, asked.old_object)


def answer(review: Review, judgement: Judgement, *, label: str) -> bytes:
    """What is answered to it."""
    response: dict[str, Any] = {"uid": review.request.uid, "allowed": not judgement.refused}
    if judgement.refused:
        response["status"] = {"code": _INVALID, "reason": "Invalid", "message": judgement.refused}
    elif judgement.labelled:
        patch = orjson.dumps(_labelling(review.written, label))
        response |= {"patchType": "JSONPatch", "patch": b64encode(patch).decode()}
    return orjson.dumps({"apiVersion": VERSION, "kind": "AdmissionReview", "response": response})


def _labelling(written: Written, label: str) -> list[dict[str, Any]]:
    """A JSON patch that adds the label, and the map of labels where there is none."""
    metadata = written.now.get("metadata")
    there = isinstance(metadata, dict) and isinstance(metadata.get("labels"), dict)
    if not there:
        return [{"op": "add", "path": "/metadata/labels", "value": {label: ENABLED}}]
    key = label.replace("~", "~0").replace("/", "~1")
    return [{"op": "add", "path": f"/metadata/labels/{key}", "value": ENABLED}]
