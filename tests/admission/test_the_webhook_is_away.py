"""A12, Z (the webhook blocks namespace creation when the service is down): whatever becomes of the process, namespaces are made.

Installed as it is shipped: ``failurePolicy: Ignore``, two seconds.
"""

import secrets
from collections.abc import Callable, Iterator

import pytest

from support.admissions import MARK
from support.admitting import DEFAULTS, TEMPLATE, kind, refusal_of
from support.apiserver import Api, eventually
from support.envs import NAMESPACES
from support.webhooks import Porch, Webhook, shipped

pytestmark = pytest.mark.lab

Make = Callable[..., str | None]


@pytest.fixture
def webhook(porch: Porch) -> Iterator[Webhook]:
    """One that runs, asked as the manifests say."""
    (wait,) = {hook["timeoutSeconds"] for each in shipped("webhooks.yaml") for hook in each["webhooks"]}
    with porch.running(failure="Ignore", wait=wait) as one:
        yield one


@pytest.fixture
def make(api: Api) -> Iterator[Make]:
    """``make(scheduler=...)`` makes a namespace that a default covers; gives the value of its label ``scheduler``."""
    mark = f"away-{secrets.token_hex(4)}"
    spec = {"namespaceSelector": {"matchLabels": {MARK: mark}}, "template": TEMPLATE}
    api.create(DEFAULTS, {**kind("ClusterEnvSchedule"), "metadata": {"name": mark}, "spec": spec})
    made: list[str] = []

    def one(*, tried: bool = False, **labels: str) -> str | None:
        name = f"{mark}-{len(made)}"
        path = f"{NAMESPACES}?dryRun=All" if tried else NAMESPACES
        written = api.create(path, {"metadata": {"name": name, "labels": {**labels, MARK: mark}}})
        if not tried:
            made.append(name)
        return str(found) if (found := written["metadata"]["labels"].get("scheduler")) is not None else None

    yield one
    api.delete(f"{DEFAULTS}/{mark}")
    for name in made:
        api.delete(f"{NAMESPACES}/{name}")


def in_force(make: Make) -> None:
    eventually(lambda: make(tried=True) == "enabled", what="it is asked")


def test_one_that_was_killed_holds_up_no_namespace_and_goes_on_when_it_is_back(
    porch: Porch, webhook: Webhook, make: Make
) -> None:
    """A12, Z13"""
    in_force(make)
    webhook.kill()
    assert make() is None
    assert make(scheduler="whatever") == "whatever"
    with porch.running(failure="Ignore", wait=2):
        in_force(make)
        assert 'must be "enabled" or "disabled"' in refusal_of(lambda: make(scheduler="whatever"))


def test_one_that_hangs_holds_up_no_namespace(webhook: Webhook, make: Make) -> None:
    """A12, Z13: no more than two seconds are waited for it."""
    in_force(make)
    with webhook.held():
        assert make() is None
        assert make(scheduler="whatever") == "whatever"
    in_force(make)


def test_sigterm_ends_it_cleanly(webhook: Webhook) -> None:
    """F4"""
    assert webhook.probe("/livez") == (200, "ok\n")
    assert webhook.terminate() == 0
    assert "Traceback" not in webhook.output
