"""Two people by the API of a frontdesk that runs, with the rights of the split installation: from the proposal to the deed (I6 I7)."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from sundown_lab.cluster import Cluster
from support.apiserver import Api
from support.asked import FINISHED, Asked
from support.envs import ALWAYS_AWAKE, Env
from support.frontdesk.callers import Program, program
from support.frontdesks import Frontdesk
from support.operating import let_operate
from support.operators import Stage
from support.requests import let_approve

pytestmark = pytest.mark.lab

ANA, BO = "ana@example.com", "bo@example.com"
UP = {"action": "Scale", "parameters": {"kind": "Deployment", "name": "web", "replicas": "3"}}


@dataclass(frozen=True)
class People:
    """Calls the API with the tokens of people."""

    door: Program

    def ask(self, token: str, path: str, body: object, *, status: int = 200) -> dict[str, object]:
        """What is answered, with that status."""
        said = self.door.ask("POST", f"/api/v1/{path}", body, token=token)
        assert said.status == status, said.body
        return said.body


@pytest.fixture
def env(stage: Stage, make_env: Callable[..., Env]) -> Env:
    """A guarded env that ana may operate, by either login, and bo may approve."""
    stage.usual()
    one = make_env({"sundown.dev/guarded": "true"})
    one.add("web", 2)
    one.schedule(ALWAYS_AWAKE)
    let_operate(one, ANA, "oidc:ana@example.com")
    let_approve(one, BO, ANA, "oidc:ana@example.com")
    one.until("Awake")
    return one


@pytest.fixture
def people(control_plane: Cluster, api: Api, frontdesk: Frontdesk, namespace: str) -> People:
    return People(program(control_plane, api, frontdesk, namespace))


def test_what_one_proposes_and_another_approves_is_done(people: People, env: Env) -> None:
    """F2 I6 I7: and never by a second login of the one who asked."""
    made = people.ask("token-of-ana", f"envs/{env.name}/requests", UP, status=201)
    where = f"requests/{made['name']}"
    assert made["change"] == "2 -> 3"
    people.ask("token-of-bo", f"{where}/confirm", {"confirmation": env.name}, status=403)
    people.ask("token-of-ana", f"{where}/confirm", {"confirmation": env.name})
    for token in ("token-of-ana", "second-token-of-ana"):
        people.ask(token, f"{where}/approve", {}, status=403)
    assert env.replicas("web") == 2
    approved = people.ask("token-of-bo", f"{where}/approve", {})
    assert approved["approvedBy"] == BO
    asked = Asked(env.api, str(made["name"]))
    status = asked.until(*FINISHED)
    assert (status["state"], env.replicas("web")) == ("Done", 3)
    assert asked.api.get(asked.path)["spec"]["approval"]["via"] == "api"
    late = people.door.ask("POST", f"/api/v1/{where}/withdraw", {}, token="token-of-ana")
    assert (late.status, late.reason) == (409, "TooLate")
