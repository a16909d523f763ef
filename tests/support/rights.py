"""What the API server lets somebody do: asked of its authorizer, as `kubectl auth can-i` does, without a process for each question."""

from __future__ import annotations

from collections.abc import Sequence

from support.apiserver import Api

REVIEWS = "/apis/authorization.k8s.io/v1/subjectaccessreviews"


def may(
    api: Api, user: str, verb: str, resource: str, *, groups: Sequence[str] = (), namespace: str = "", name: str = ""
) -> bool:
    """Whether somebody may: ``resource`` as ``envschedules.sundown.dev/status``; in all namespaces where none is named.

    A binding counts a moment after it is made, so tests wait for what they have granted.
    """
    kind, _, subresource = resource.partition("/")
    plural, _, group = kind.partition(".")
    asked = {"verb": verb, "group": group, "resource": plural, "subresource": subresource, "name": name}
    who = {"user": user, "groups": [*groups, "system:authenticated"]}
    body = {"spec": {**who, "resourceAttributes": {**asked, "namespace": namespace}}}
    return bool(api.create(REVIEWS, body)["status"]["allowed"])
