"""A frontdesk that tells of alerts, with the rights of ``deploy/components/alerts`` and holds that a test can wait for."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sundown.frontdesk.incidents.store import NAME
from sundown_lab.cluster import Cluster
from sundown_lab.slack.remote import Workspace
from support.apiserver import PATIENCE, Api, Json
from support.envs import Env
from support.frontdesks import NEEDED, Counter, Frontdesk
from support.kustomize import Kitchen
from support.operators import HOME, for_both_accounts

QUICK = """
from dataclasses import replace
from datetime import timedelta
from sundown.frontdesk.incidents import kinds
kinds.NOT_READY_FOR, kinds.NEW_NODE = timedelta(seconds=1), timedelta(0)
for name, row in kinds.ALERT_KINDS.items():
    short = timedelta(seconds=3)
    # What happens again and again happens as fast as a test can write it.
    calm = timedelta(seconds=10) if row.news_for else short
    kinds.ALERT_KINDS[name] = replace(row, closes_after=calm, gone_after=short, news_for=row.news_for and timedelta(seconds=15))
"""
"""The rows as they are, but for how long they wait."""

FAULT = "lab.sundown.dev/fault"
"""Annotation of a pod: what goes wrong in it."""
MEMORY = f"/api/v1/namespaces/{HOME}/configmaps/{NAME}"
Begin = Callable[..., Frontdesk]


@pytest.fixture(scope="session")
def alerts_granted(control_plane: Cluster, counter: Counter, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The frontdesk's account sees what alerts look at."""
    grant_alerts(control_plane, counter, tmp_path_factory.mktemp("alerts"))


def grant_alerts(cluster: Cluster, counter: Counter, folder: Path) -> None:
    """Let the frontdesk's account of a cluster see what alerts look at."""
    assert counter.account.exists()
    wanted = [each for each in Kitchen(cluster, folder).objects(("alerts", "split")) if each["kind"] in NEEDED]
    document = json.dumps({"apiVersion": "v1", "kind": "List", "items": for_both_accounts(wanted)})
    cluster.kubectl("apply", "--server-side", "--force-conflicts", "-f", "-", input=document)


@pytest.fixture
def begin(alerts_granted: None, api: Api, counter: Counter, slack: Workspace) -> Iterator[Begin]:
    """``begin("team-a")`` starts a frontdesk that tells #dev of alerts in these namespaces, and remembers none yet."""
    api.merge(MEMORY, {"data": None})

    def start(*namespaces: str, with_rows: str = QUICK, **settings: str) -> Frontdesk:
        chosen = alerts_of(*namespaces)
        one = counter.fresh(slack, with_rows=with_rows, **{**chosen, **settings})
        one.start()
        return one

    yield start
    counter.clear()


def alerts_of(*namespaces: str) -> dict[str, str]:
    """Settings by which #dev is told of alerts in these namespaces."""
    return {"SUNDOWN_ALERTS_CHANNEL": "#dev", "SUNDOWN_ALERTS_NAMESPACES": json.dumps({"*": namespaces})}


def crashing(env: Env, name: str = "web", *, why: str = "Error", replicas: int = 1) -> None:
    """A Deployment whose containers crash."""
    env.add(name, replicas, pod={FAULT: why})


def mended(env: Env, name: str = "web") -> None:
    """Its next pods are well."""
    env.edit(name, {"spec": {"template": {"metadata": {"annotations": {FAULT: None}}}}})


def attachment(message: Json) -> Json:
    """What an alert shows below its line."""
    (one,) = message["attachments"]
    return dict(one)


def fields(message: Json) -> dict[str, str]:
    """Its fields by name."""
    sections = [block for block in attachment(message)["blocks"] if block["type"] == "section"]
    texts = [field["text"] for block in sections for field in block["fields"]]
    return {name.strip("*"): value.strip("`") for name, _, value in (text.partition("\n") for text in texts)}


def alerts(slack: Workspace, *said: str, channel: str = "#dev") -> list[Json]:
    """The alerts in a channel that say all of this, without the log lines under them."""
    found = [each for each in slack.messages(channel) if each["attachments"]]
    return [each for each in found if all(text in _plain(each["text"]) for text in said)]


def alerted(slack: Workspace, *said: str, channel: str = "#dev", within: float = PATIENCE) -> Json:
    """The alert that says all of this, once it is there."""
    return slack.wait_for_message(
        lambda message: bool(message["attachments"]) and all(text in _plain(message["text"]) for text in said),
        channel=channel,
        within=within,
    )


def _plain(text: str) -> str:
    return text.replace("*", "").replace("`", "")
