"""CRDs of kinds whose controllers nobody plays: any spec and any status is taken, as a namespace's object."""

from collections.abc import Sequence

from sundown_lab.wire import Json

_OPEN: Json = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}


def open_crd(
    group: str, versions: Sequence[str], kind: str, plural: str, *, count: Sequence[str] | None = None
) -> Json:
    """The CRD of a kind in these versions, the first of which is stored: with ``status``, and ``scale`` where it has a count.

    ``count`` is the path of the count's field.
    """
    schema = {"openAPIV3Schema": {"type": "object", "properties": {"spec": _OPEN, "status": _OPEN}}}
    below: Json = {"status": {}}
    if count is not None:
        below["scale"] = {"specReplicasPath": "." + ".".join(count), "statusReplicasPath": ".status.replicas"}
    served = [
        {"name": name, "served": True, "storage": name == versions[0], "schema": schema, "subresources": below}
        for name in versions
    ]
    names = {"kind": kind, "plural": plural, "singular": kind.lower(), "listKind": f"{kind}List"}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {"group": group, "scope": "Namespaced", "names": names, "versions": served},
    }
