"""An alert that only this test knows: one row, and it works from a pod's status to Slack and back (docs/adding.md)."""

import pytest

from sundown_lab.slack.remote import Workspace
from support.alerting import Begin, alerted, attachment, fields
from support.apiserver import eventually
from support.envs import Env

pytestmark = pytest.mark.lab

AN_ALERT = """
from datetime import timedelta
from sundown.frontdesk.incidents import kinds
from sundown.frontdesk.incidents.incident import facts
from sundown.frontdesk.incidents.sights import Sight, by_container
def no_image(pod, container):
    if container.waiting != "ImagePullBackOff":
        return None
    return Sight(part=container.name, facts=facts(pod=pod.name, namespace=pod.namespace, container=container.name))
kinds.ALERT_KINDS["no-image"] = kinds.AlertKind(
    "no-image", ("image missing", "images missing"), "pods", by_container(no_image), "warning",
    "The image of {container} in {namespace} cannot be had", "The image of {container} in {namespace} is there",
    fields=("pod", "container"), closes_after=timedelta(seconds=1),
)
"""


def test_an_alert_is_a_row(begin: Begin, slack: Workspace, env: Env) -> None:
    """Opened, told in its colour with its fields, closed with OK, and chosen by the settings as the others are."""
    begin(env.name, with_rows=AN_ALERT, SUNDOWN_ALERTS_OFF='["rollout-complete"]')
    env.add("web", 1)
    eventually(lambda: env.workload("web").get("status", {}).get("readyReplicas") == 1, what="it runs")
    (pod,) = env.pods()
    path = f"{env.path}/pods/{pod['metadata']['name']}/status"
    container = env.api.get(path)["status"]["containerStatuses"][0]
    waiting = {**container, "ready": False, "state": {"waiting": {"reason": "ImagePullBackOff"}}}
    env.api.merge(path, {"status": {"containerStatuses": [waiting]}})
    told = alerted(slack, env.name, "The image of main")
    assert attachment(told)["color"] == "#FFA500"
    assert fields(told) == {"Pod": pod["metadata"]["name"], "Container": "main"}
    env.api.merge(path, {"status": {"containerStatuses": [container]}})
    over = alerted(slack, "OK", env.name, "is there")
    assert over["ts"] == told["ts"]
