"""One ActionRequest as tests see it."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from support.apiserver import PATIENCE, Api, Json, eventually
from support.enders import let_end, may
from support.envs import SUNDOWN, Env, instant
from support.operators import HOME

FINISHED = {"Done", "Refused", "Rejected", "Withdrawn", "Timeout", "Expired", "Failed"}


@dataclass(frozen=True)
class Asked:
    """One ActionRequest through the eyes of an administrator."""

    api: Api
    name: str
    home: str = HOME

    @property
    def path(self) -> str:
        """The path of the object."""
        return f"{SUNDOWN}/namespaces/{self.home}/actionrequests/{self.name}"

    def status(self) -> Json:
        """What the operator says of it; empty while it says nothing."""
        found: Json = self.api.get(self.path).get("status", {})
        return found

    def until(self, *states: str, within: float = PATIENCE) -> Json:
        """The status, once its state is one of these."""

        def there() -> Json | None:
            status = self.status()
            return status if status.get("state") in states else None

        return eventually(there, what=f"{self.name} is {' or '.join(states)}", within=within)

    def finished(self) -> Json:
        """The status, once nothing will be done about it any more."""
        return self.until(*FINISHED)

    def reasons(self) -> list[str]:
        """The reasons of the operator's Events about it, the oldest first."""
        found = self.api.items(f"/apis/events.k8s.io/v1/namespaces/{self.home}/events")
        ours = [each for each in found if each["regarding"].get("name") == self.name]
        return [each["reason"] for each in sorted(ours, key=lambda each: str(each["eventTime"]))]


def request(env: Env, *, home: str = HOME, granted: bool = True, **spec: Any) -> Asked:
    """Ask for an env to be deleted; in order unless fields of the spec are given, by somebody who may unless ``granted`` is false."""
    asked = Asked(env.api, f"delete-{secrets.token_hex(4)}", home)
    uid = env.api.get(env.path)["metadata"]["uid"] if "target" not in spec else ""
    body = {
        "action": "Delete",
        "target": {"namespace": env.name, "uid": uid},
        "requestedBy": "ana@example.com",
        "via": "slack",
        "requestedAt": instant(),
        "expiresAt": instant(minutes=15),
        "confirmation": env.name,
    }
    kind = {"apiVersion": "sundown.dev/v1alpha1", "kind": "ActionRequest", "metadata": {"name": asked.name}}
    person = str(spec.get("requestedBy", body["requestedBy"]))
    if granted and not may(env, person):
        let_end(env, person)
    given = {key: value for key, value in {**body, **spec}.items() if value is not None}
    env.api.create(asked.path.rpartition("/")[0], {**kind, "spec": given})
    return asked


@contextmanager
def asking(api: Api, *, granted: bool = True) -> Iterator[Callable[..., Asked]]:
    """``ask(env, ...)`` as ``request``; what was asked for is deleted at the end of the block."""
    made: list[Asked] = []

    def ask(env: Env, **fields: Any) -> Asked:
        made.append(request(env, **{"granted": granted, **fields}))
        return made[-1]

    yield ask
    for asked in made:
        api.delete(asked.path)
