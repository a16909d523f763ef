"""audit: what people did, as far as the one who asks may see."""

import pytest

from sundown_lab.slack.remote import Workspace
from support.apiserver import eventually
from support.asked import request
from support.envs import ALWAYS_AWAKE, Env
from support.frontdesk.saying import answer_to, words
from support.operators import Stage

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("frontdesk")]


def test_the_audit_tells_who_asked_for_what_and_what_came_of_it(slack: Workspace, stage: Stage, env: Env) -> None:
    """I8, G7: by request, and by a wish on the environment."""
    stage.usual()
    env.schedule(ALWAYS_AWAKE)
    env.until("Awake")
    env.wish("Asleep", by="bo@example.com")
    env.until("Asleep")
    asked = request(env, granted=False)
    assert asked.finished()["state"] == "Refused"
    try:
        said = eventually(
            lambda: next(
                (one for one in [words(answer_to(slack.act("ana"), f"audit {env.name}"))] if "bo@" in one), None
            ),
            what="the audit knows both",
        )
        assert f"ana@example.com delete {env.name}: refused" in said.replace("*", "")
        assert f"bo@example.com stop {env.name}: done" in said.replace("*", "")
    finally:
        env.api.delete(asked.path)
