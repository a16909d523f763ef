"""With every guard in force, operator and frontdesk do all that they do without (S4)."""

from collections.abc import Callable

import pytest

from sundown_lab.cluster import Cluster
from sundown_lab.slack.remote import Workspace
from support.apiserver import eventually
from support.audit import Audit
from support.envs import ALWAYS_AWAKE, DEFAULTS, Env, manifest
from support.frontdesk.deletable import deletable, forget, window_of
from support.frontdesk.saying import answer_to
from support.frontdesks import USER, Frontdesk
from support.operators import Stage

pytestmark = pytest.mark.lab

REFUSED = {403, 422}


@pytest.mark.usefixtures("with_and_without_policies")  # those of the hold write beside the operator
def test_an_env_sleeps_wakes_and_is_deleted_and_nothing_is_refused(
    control_plane: Cluster,
    stage: Stage,
    frontdesk: Frontdesk,
    slack: Workspace,
    make_env: Callable[..., Env],
    make_default: Callable[..., str],
) -> None:
    operator = stage.fresh()  # one that runs already has looked before they came, and does so again in minutes
    operator.start()
    audits = [Audit(control_plane), Audit(control_plane, user=USER)]
    default = make_default(ALWAYS_AWAKE, team="guards")
    covered = make_env({"team": "guards", "scheduler": "enabled"})
    env = deletable(make_env(annotations={"email": "ana@example.com"}))
    for kind in ("Deployment", "StatefulSet"):
        whole = manifest(kind, "web", 2)
        env.api.apply(f"{env.collection(kind)}/web", whole, manager="helm")  # who applies owns the count
    env.until("Awake")
    covered.until("Awake")
    ana = slack.act("ana")
    answer_to(ana, f"stop {env.name}")
    env.until("Asleep")
    assert [env.replicas("web", kind=kind) for kind in ("Deployment", "StatefulSet")] == [0, 0]
    answer_to(ana, f"start {env.name}")
    env.until("Awake")
    assert [env.replicas("web", kind=kind) for kind in ("Deployment", "StatefulSet")] == [2, 2]
    assert env.api.get(env.schedules("default"))["spec"]["override"]["by"] == "ana@example.com"
    assert "unverified" not in env.status()
    ana.submit(window_of(slack, env), {"name": env.name})
    ana.wait_for_message(lambda message: "is deleted" in message["text"], channel="@ana")
    forget(env)
    env.api.delete(f"{DEFAULTS}/{default}")
    eventually(lambda: covered.api.find(covered.schedules("default")) is None, what="what was made from it is deleted")
    eventually(lambda: "guards: complete" in operator.probe("/readyz")[1], what="the operator has seen them")
    assert [each for audit in audits for each in audit.requests() if each.code in REFUSED] == []
