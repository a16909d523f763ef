"""Where the cluster keeps what everybody in Slack may do, and a cluster whose owner has taken that away."""

from collections.abc import Iterator
from contextlib import contextmanager

from sundown.cluster.reviews import REVIEWS
from sundown.frontdesk.people.rights import EVERYBODY as GROUP
from support.apiserver import Api, eventually

RBAC = "/apis/rbac.authorization.k8s.io/v1"
EVERYBODY = f"{RBAC}/clusterrolebindings/sundown-slack"
SEEING = {"group": "sundown.dev", "resource": "envschedules", "verb": "get"}


@contextmanager
def without_everybody(api: Api) -> Iterator[None]:
    """Who has no right of their own has none in the block; the API server learns of both changes before this goes on."""
    binding = api.get(EVERYBODY)
    api.delete(EVERYBODY)
    try:
        eventually(lambda: not _everybody_sees(api), what="the right of everybody is gone")
        yield
    finally:
        binding["metadata"] = {"name": "sundown-slack", "labels": binding["metadata"]["labels"]}
        api.create(f"{RBAC}/clusterrolebindings", binding)
        eventually(lambda: _everybody_sees(api), what="the right of everybody is back")


def _everybody_sees(api: Api) -> bool:
    spec = {"user": "bo@example.com", "groups": [GROUP], "resourceAttributes": SEEING}
    return bool(api.create(REVIEWS, {"spec": spec})["status"]["allowed"])
